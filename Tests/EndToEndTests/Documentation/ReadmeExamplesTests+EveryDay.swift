import Foundation
import TestSupport
import Testing

/// Keeping a token alive, and using it.
extension ReadmeExamplesTests {
  static let everyDayTrials: [String: Trial] = [
    "cron": { example in
      for lifetime in [7200, 600] {
        let machine = try ReaderMachine.signedIn(lifetime: lifetime)
        let before = machine.folder.text("srv/xmcp/.env")
        let outcome = try #require(try machine.cron(lines(of: "cron")).first)
        #expect(outcome.status == 0)
        #expect(outcome.output + outcome.errors == "")
        #expect((before == machine.folder.text("srv/xmcp/.env")) == (lifetime == 7200))
      }
    },
    "cron-on-rotate": { _ in
      let machine = try ReaderMachine.signedIn(lifetime: 600)
      machine.play("systemctl", "test \"$XDG_RUNTIME_DIR\" = /run/user/1000")
      let outcome = try #require(try machine.cron(lines(of: "cron-on-rotate")).first)
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(machine.calls(of: "systemctl") == ["--user restart xmcp"])
    },
    "mail": { example in
      let machine = try ReaderMachine.signedIn(lifetime: 600)
      _ = try machine.output(
        of: """
          grep -v -e TOKEN= -e EXPIRES_AT= -e GRANTED_SCOPES= .env >elsewhere.env
          xauth login --env-file elsewhere.env
          """)
      let outcome = try #require(try machine.cron(lines(of: "cron")).first)
      #expect(outcome.status == 3)
      #expect(machine.stable(outcome.output + outcome.errors) == machine.stable(example))
    },
    "on-rotate": { example in
      let machine = try ReaderMachine.signedIn(lifetime: 600)
      machine.play("systemctl")
      _ = try machine.output(of: example)
      #expect(machine.calls(of: "systemctl") == ["--user restart xmcp"])
    },
    "proxy": { example in
      let machine = try ReaderMachine.signedIn(lifetime: 600)
      try machine.putPython(in: "srv/xmcp", HelpExamplesTests.asksX)
      #expect(try machine.output(of: example).contains(#""username":"sandbox""#))
    },
    "mcp": { example in
      try HelpExamplesTests.answersClient(
        HelpExamplesTests.configured(example, under: "mcpServers"))
    },
    "systemd-service": { example in
      let machine = try ReaderMachine.signedIn(lifetime: 600)
      machine.play("systemctl")
      // systemd.exec(5): the whole assignment may be in double quotes, as a shell has it too.
      let environment = try setting("Environment", in: example)
      let command = try setting("ExecStart", in: example)
      let outcome = try machine.shell("env \(environment) \(command)", in: "/")
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.errors.contains("renewed: valid until "))
      #expect(machine.calls(of: "systemctl") == ["--user restart xmcp"])
      #expect(try machine.complaints(of: example, as: "xauth.service") == [])
    },
    "systemd-timer": { example in
      let machine = try ReaderMachine()
      try machine.putUnit(try text(of: "systemd-service"), as: "xauth.service")
      #expect(try machine.complaints(of: example, as: "xauth.timer") == [])
      let times = try setting("OnCalendar", in: example)
      let next = try machine.output(
        of: "systemd-analyze calendar --iterations=3 --base-time='2026-01-01 00:00:01' '\(times)'")
      for time in ["00:20:00", "00:40:00", "01:00:00"] { #expect(next.contains(time), "\(next)") }
    },
    "systemd": { example in
      let machine = try ReaderMachine()
      machine.play(
        "systemctl",
        """
        [ "$2" != enable ] || [ -f "$HOME/.config/systemd/user/$4" ]
        """)
      machine.play("loginctl")
      #expect(try machine.shell(example).status != 0)
      try machine.putUnit(try text(of: "systemd-timer"), as: "xauth.timer")
      _ = try machine.output(of: example)
      #expect(machine.calls(of: "loginctl") == ["enable-linger"])
    },
    "use": { example in
      let machine = try ReaderMachine.signedIn()
      machine.folder.write(
        """
        #!/bin/sh
        echo "report with ${X_OAUTH2_ACCESS_TOKEN:?} and ${X_OAUTH2_REFRESH_TOKEN-nothing more}"
        """, to: "srv/xmcp/report.py", mode: 0o755)
      let output = try machine.output(of: example)
      #expect(output.hasPrefix("sandbox-access-"))
      #expect(output.contains("\"username\":\"sandbox\""))
      #expect(output.contains("report with sandbox-access-"))
      #expect(output.contains(" and nothing more\n"))
      #expect(output.contains("the token of @sandbox"))
      #expect(try machine.shell("xauth token").status == 3)
    },
    "header": { example in
      let output = try ReaderMachine.signedIn().output(of: example)
      #expect(output.contains("\"username\":\"sandbox\""))
    },
  ]

  /// The value of `key` in a unit.
  private static func setting(_ key: String, in unit: String) throws -> String {
    let line = try #require(
      unit.split(separator: "\n").first { $0.hasPrefix("\(key)=") }, "\(key)")
    return String(line.dropFirst(key.count + 1))
  }
}
