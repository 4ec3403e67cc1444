import Foundation
import TestSupport
import Testing

@Suite("The help's examples, run as they are written")
struct HelpExamplesTests {
  /// Runs an example on a machine that is made for it, and looks at what came of it.
  typealias Trial = @Sendable (_ example: String) throws -> Void

  static let trials = [tokenTrials, scriptTrials, helpTrials, topicTrials]
    .reduce(into: [String: Trial]()) { $0.merge($1) { first, _ in first } }

  @Test("every example that the help shows is run here, and no other")
  func complete() throws {
    let shown = Set(try HelpExamples.all())
    let run = Set(Self.trials.keys)
    #expect(shown.subtracting(run) == [])
    #expect(run.subtracting(shown) == [])
  }

  @Test("it does what is said of it", arguments: trials.keys.sorted())
  func trial(example: String) throws {
    let trial = try #require(Self.trials[example])
    try trial(example)
  }

  /// The machine of somebody who has logged in, with a token that lives so long.
  static func signedIn(lifetime: Int = 7200) throws -> ReaderMachine {
    let machine = try ReaderMachine(sandbox: ["--access-lifetime", "\(lifetime)"])
    let outcome = try machine.shell("xauth login")
    try #require(outcome.status == 0, "\(outcome.errors)")
    return machine
  }

  /// What `example` prints on `machine`, where it must succeed.
  static func output(
    of example: String, on machine: ReaderMachine, environment: [String: String] = [:]
  ) throws -> String {
    let outcome = try machine.shell(example, environment: environment)
    #expect(outcome.status == 0, "\(outcome.errors)")
    return outcome.output
  }

  /// Where an example leaves the URL to its reader.
  static let url = "URL=https://api.x.com/2/users/me\n"

  private static let tokenTrials: [String: Trial] = [
    "xauth login": { example in
      let machine = try ReaderMachine()
      _ = try output(of: example, on: machine)
      #expect(machine.value("X_OAUTH2_ACCESS_TOKEN")?.hasPrefix("sandbox-access-") == true)
    },
    "xauth login --no-browser": { example in
      let machine = try ReaderMachine()
      machine.play("elsewhere", "exec curl --silent --location --output /dev/null \"$1\"")
      // The person reads the address, and opens it on a machine whose browser gets back here.
      let outcome = try machine.shell(
        """
        \(example) 2>said &
        until grep -q '^http.*code_challenge' said; do sleep 0.02; done
        elsewhere "$(grep '^http.*code_challenge' said)"
        wait $!
        cat said
        """)
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.output.contains("signed in as @sandbox"))
      #expect(machine.calls(of: "browser") == [])
    },
    "xauth login --scopes 'users.read tweet.read offline.access'": { example in
      let machine = try ReaderMachine()
      _ = try output(of: example, on: machine)
      let granted = machine.value("X_OAUTH2_GRANTED_SCOPES")?.split(separator: ",") ?? []
      #expect(Set(granted) == ["users.read", "tweet.read", "offline.access"])
    },
    "xauth refresh": { example in
      let machine = try signedIn(lifetime: 600)
      let before = machine.value("X_OAUTH2_REFRESH_TOKEN")
      _ = try output(of: example, on: machine)
      #expect(machine.value("X_OAUTH2_REFRESH_TOKEN") != before)
    },
    "xauth refresh --quiet --env-file /srv/xmcp/.env": { example in
      let machine = try signedIn(lifetime: 600)
      let before = machine.value("X_OAUTH2_REFRESH_TOKEN")
      let outcome = try machine.shell("cd /\n\(example)")
      #expect(outcome.status == 0)
      #expect(outcome.output + outcome.errors == "")
      #expect(machine.value("X_OAUTH2_REFRESH_TOKEN") != before)
    },
    "xauth refresh --on-rotate 'systemctl --user restart xmcp'": { example in
      let machine = try signedIn(lifetime: 600)
      machine.play("systemctl")
      _ = try output(of: example, on: machine)
      #expect(machine.calls(of: "systemctl") == ["--user restart xmcp"])
    },
    "curl -H \"Authorization: Bearer $(xauth token)\" \"$URL\"": { example in
      let answer = try output(of: url + example, on: signedIn())
      #expect(answer.contains("\"username\":\"sandbox\""))
    },
    "xauth token --min-validity 10m": { example in
      for (lifetime, renews) in [(7200, false), (500, true)] {
        let machine = try signedIn(lifetime: lifetime)
        let before = machine.value("X_OAUTH2_ACCESS_TOKEN")
        let token = try output(of: example, on: machine)
        #expect(token == "\(machine.value("X_OAUTH2_ACCESS_TOKEN") ?? "")\n")
        #expect((machine.value("X_OAUTH2_ACCESS_TOKEN") != before) == renews)
      }
    },
    "xauth show": { example in
      let report = try output(of: example, on: signedIn())
      #expect(report.hasPrefix("token        usable, "))
    },
    "xauth show --json | jq -r .callback.url": { example in
      let machine = try signedIn()
      let callback = "http://127.0.0.1:\(machine.callbackPort)/oauth/callback\n"
      #expect(try output(of: example, on: machine) == callback)
    },
    "xauth revoke": { example in
      let machine = try signedIn()
      let token = try output(of: "xauth token", on: machine)
      _ = try output(of: example, on: machine)
      #expect(machine.value("X_OAUTH2_REFRESH_TOKEN") == "")
      #expect(try !machine.accepts(token))
    },
    "xauth revoke --local": { example in
      let machine = try signedIn()
      let token = try output(of: "xauth token", on: machine)
      _ = try output(of: example, on: machine)
      #expect(machine.value("X_OAUTH2_REFRESH_TOKEN") == "")
      #expect(try machine.accepts(token))
    },
  ]
}
