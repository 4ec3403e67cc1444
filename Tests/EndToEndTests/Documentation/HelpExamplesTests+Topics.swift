import Foundation
import TestSupport
import Testing

extension HelpExamplesTests {
  private static let renewService = """
    [Unit]
    Description=Renew the X token of xmcp

    [Service]
    Type=oneshot
    ExecStart=/usr/local/bin/xauth refresh --min-validity 45m
    Environment=XAUTH_ENV_FILE=/srv/xmcp/.env
    Environment="XAUTH_ON_ROTATE=systemctl --user restart xmcp"
    """
  private static let renewTimer = """
    [Unit]
    Description=Renew the X token of xmcp every 20 minutes

    [Timer]
    OnCalendar=*:0/20
    RandomizedDelaySec=60
    Persistent=true

    [Install]
    WantedBy=timers.target
    """

  static let topicTrials: [String: Trial] = [
    "xauth refresh --json | jq -r .error.code": { example in
      let outcome = try ReaderMachine().shell(example)
      #expect(outcome.output == "no_token\n")
      #expect(outcome.status == 3)
    },
    "*/20 * * * * /usr/local/bin/xauth refresh --quiet --env-file /srv/xmcp/.env": { example in
      let machine = try ReaderMachine.signedIn(lifetime: 600)
      let before = machine.value("X_OAUTH2_REFRESH_TOKEN")
      let outcome = try #require(try machine.cron([example]).first)
      #expect(outcome.status == 0)
      #expect(outcome.output + outcome.errors == "")
      #expect(machine.value("X_OAUTH2_REFRESH_TOKEN") != before)
    },
    """
    XDG_RUNTIME_DIR=/run/user/1000
    XAUTH_ENV_FILE=/srv/xmcp/.env
    XAUTH_ON_ROTATE=systemctl --user restart xmcp
    */20 * * * * /usr/local/bin/xauth refresh --quiet --min-validity 45m
    """: { example in
      let machine = try ReaderMachine.signedIn(lifetime: 600)
      machine.play("systemctl", "test \"$XDG_RUNTIME_DIR\" = /run/user/1000")
      let lines = example.split(separator: "\n").map(String.init)
      let outcome = try #require(try machine.cron(lines).first)
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(machine.calls(of: "systemctl") == ["--user restart xmcp"])
    },
    renewService: { example in
      let machine = try ReaderMachine.signedIn(lifetime: 600)
      machine.play("systemctl")
      // systemd.exec(5): the whole assignment may be in double quotes, as a shell has it too.
      let environment = try settings("Environment", in: example).joined(separator: " ")
      let command = try #require(try settings("ExecStart", in: example).first)
      let outcome = try machine.shell("env \(environment) \(command)", in: "/")
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.errors.contains("renewed: valid until "))
      #expect(machine.calls(of: "systemctl") == ["--user restart xmcp"])
      #expect(try machine.complaints(of: example, as: "xauth.service") == [])
    },
    renewTimer: { example in
      let machine = try ReaderMachine()
      try machine.putUnit(renewService, as: "xauth.service")
      #expect(try machine.complaints(of: example, as: "xauth.timer") == [])
      let times = try #require(try settings("OnCalendar", in: example).first)
      let next = try machine.output(
        of: "systemd-analyze calendar --iterations=3 --base-time='2026-01-01 00:00:01' '\(times)'")
      for time in ["00:20:00", "00:40:00", "01:00:00"] { #expect(next.contains(time), "\(next)") }
    },
    """
    systemctl --user daemon-reload
    systemctl --user enable --now xauth.timer
    loginctl enable-linger
    """: { example in
      let machine = try ReaderMachine()
      machine.play("systemctl", "[ \"$2\" != enable ] || [ -f \"$HOME/.config/systemd/user/$4\" ]")
      machine.play("loginctl")
      #expect(try machine.shell(example).status != 0)
      try machine.putUnit(renewTimer, as: "xauth.timer")
      _ = try machine.output(of: example)
      #expect(machine.calls(of: "loginctl") == ["enable-linger"])
    },
  ]

  /// The trials of `help monitoring`.
  static let monitoringTrials: [String: Trial] = [
    "xauth show --min-validity 30m": { example in
      for (lifetime, status) in [(1860, 0), (1740, 75)] as [(Int, Int32)] {
        let outcome = try ReaderMachine.signedIn(lifetime: lifetime).shell(example)
        #expect(outcome.status == status)
      }
    },
    """
    MAILTO=you@example.org
    */20 * * * * /usr/local/bin/xauth refresh --quiet --env-file /srv/xmcp/.env
    """: { example in
      let machine = try deadGrant()
      let lines = example.split(separator: "\n").map(String.init)
      let first = try #require(try machine.cron(lines).first)
      #expect(first.status == 3)
      #expect(first.errors.contains("X refused the refresh token"))
      #expect(first.errors.contains("; the token of @sandbox in /srv/xmcp/.env may work until "))
      let second = try #require(try machine.cron(lines).first)
      #expect(second.status == 3)
      #expect(second.output + second.errors == "")
    },
    """
    #!/bin/sh
    m=$(/usr/local/bin/xauth refresh --quiet --env-file /srv/xmcp/.env 2>&1) ||
    [ -z "$m" ] || logger -t x-token -p user.err "$m"
    """: { example in
      let machine = try deadGrant()
      machine.play("logger")
      let line = "*/20 * * * * \(machine.folder.file("bin/renew"))"
      machine.folder.write(example + "\n", to: "bin/renew", mode: 0o755)
      for _ in 1...3 { _ = try machine.cron([line]) }
      let told = machine.calls(of: "logger").joined(separator: "\n")
      #expect(told.hasPrefix("-t x-token -p user.err xauth: X refused the refresh token: "))
      #expect(told.components(separatedBy: "X refused").count == 2)
      let healthy = try ReaderMachine.signedIn(lifetime: 600)
      healthy.play("logger")
      #expect(try healthy.shell(example, in: "/").status == 0)
      #expect(healthy.calls(of: "logger") == [])
    },
    """
    [Unit]
    Description=Check the X token of xmcp
    OnFailure=xauth-alert.service

    [Service]
    Type=oneshot
    Environment=XAUTH_ENV_FILE=/srv/xmcp/.env
    ExecStart=/usr/local/bin/xauth show --min-validity 30m
    """: { example in
      let lines = example.split(separator: "\n").suffix(2).map { $0.drop { $0 != "=" }.dropFirst() }
      let command = "env " + lines.joined(separator: " ")
      let machine = try ReaderMachine.signedIn()
      #expect(try machine.shell(command, in: "/").status == 0)
      #expect(try deadGrant().shell(command, in: "/").status == 75)
      #expect(try machine.complaints(of: example, as: "xauth-check.service") == [])
    },
    """
    [Unit]
    Description=Check the X token of xmcp every 10 minutes

    [Timer]
    OnCalendar=*:5/10
    Persistent=true

    [Install]
    WantedBy=timers.target
    """: { example in
      let machine = try ReaderMachine()
      try machine.putUnit(
        "[Service]\nType=oneshot\nExecStart=/bin/true\n", as: "xauth-check.service")
      #expect(try machine.complaints(of: example, as: "xauth-check.timer") == [])
      let next = try machine.output(
        of: "systemd-analyze calendar --iterations=2 --base-time='2026-01-01 00:00:01' '*:5/10'")
      for time in ["00:05:00", "00:15:00"] { #expect(next.contains(time), "\(next)") }
    },
    """
    [Unit]
    Description=Report that the X token of xmcp needs you

    [Service]
    Type=oneshot
    ExecStart=/usr/bin/logger -p user.err "the X token of xmcp needs you"
    """: { example in
      let machine = try ReaderMachine()
      #expect(try machine.complaints(of: example, as: "xauth-alert.service") == [])
    },
    """
    systemctl --user daemon-reload
    systemctl --user enable --now xauth-check.timer
    """: { example in
      let machine = try ReaderMachine()
      machine.play("systemctl")
      _ = try machine.output(of: example)
      #expect(machine.calls(of: "systemctl").last == "--user enable --now xauth-check.timer")
    },
    """
    /usr/local/bin/xauth show --min-validity 30m --env-file /srv/xmcp/.env
    case $? in 0) exit 0 ;; 75) exit 1 ;; *) exit 2 ;; esac
    """: { example in
      #expect(try ReaderMachine.signedIn().check(example) == 0)
      let dead = try deadGrant()
      #expect(try dead.check(example) == 1)
      _ = try dead.shell("xauth refresh")
      #expect(try dead.check(example) == 2)
    },
  ]

  /// A machine whose grant X has ended, because there was a login elsewhere.
  private static func deadGrant() throws -> ReaderMachine {
    let machine = try ReaderMachine.signedIn(lifetime: 600)
    _ = try machine.output(
      of: """
        grep -v -e TOKEN= -e EXPIRES_AT= -e GRANTED_SCOPES= .env >elsewhere.env
        xauth login --env-file elsewhere.env
        """)
    return machine
  }

  /// The values of `key` in a unit.
  private static func settings(_ key: String, in unit: String) throws -> [String] {
    unit.split(separator: "\n").filter { $0.hasPrefix("\(key)=") }.map {
      String($0.dropFirst(key.count + 1))
    }
  }
}

extension ReaderMachine {
  /// What a monitor's check, a script of these lines, ends with.
  fileprivate func check(_ script: String) throws -> Int32 {
    try shell("set +e\n\(script)").status
  }
}
