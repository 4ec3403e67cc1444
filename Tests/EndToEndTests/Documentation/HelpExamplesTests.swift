import Foundation
import TestSupport
import Testing

@Suite("The help's examples, run as they are written")
struct HelpExamplesTests {
  static let trials: [String: Trial] = [
    tokenTrials, scriptTrials, helpTrials, topicTrials, monitoringTrials, serverTrials,
    remoteTrials, ciTrials, fleetTrials, kubernetesTrials,
  ]
  .reduce(into: [String: Trial]()) { $0.merge($1) { first, _ in first } }

  @Test("every example that the help shows is run here, and no other")
  func complete() throws {
    let shown = Set(try HelpExamples.all().map(HelpExamples.name))
    let run = Set(Self.trials.keys)
    #expect(shown.subtracting(run) == [])
    #expect(run.subtracting(shown) == [])
  }

  @Test(
    "it does what is said of it", .enabled(if: ReaderMachine.isPossible, ReaderMachine.need),
    arguments: trials.keys.sorted())
  func trial(example: String) async throws {
    let trial = try #require(Self.trials[example])
    try await trial(HelpExamples.text(named: example))
  }

  /// Where an example leaves the URL to its reader.
  static let url = "URL=https://api.x.com/2/users/me\n"

  private static let tokenTrials: [String: Trial] = [
    "xauth login": { example in
      let machine = try ReaderMachine()
      _ = try machine.output(of: example)
      #expect(machine.value("X_OAUTH2_ACCESS_TOKEN")?.hasPrefix("sandbox-access-") == true)
    },
    "xauth login --no-browser": { example in
      let machine = try ReaderMachine()
      let outcome = try machine.loginElsewhere(example)
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.errors.contains("signed in as @sandbox"))
      #expect(machine.calls(of: "browser") == [])
    },
    "xauth login --scopes 'users.read tweet.read offline.access'": { example in
      let machine = try ReaderMachine()
      _ = try machine.output(of: example)
      let granted = machine.value("X_OAUTH2_GRANTED_SCOPES")?.split(separator: ",") ?? []
      #expect(Set(granted) == ["users.read", "tweet.read", "offline.access"])
    },
    "xauth refresh": { example in
      let machine = try ReaderMachine.signedIn(lifetime: 600)
      let before = machine.value("X_OAUTH2_REFRESH_TOKEN")
      _ = try machine.output(of: example)
      #expect(machine.value("X_OAUTH2_REFRESH_TOKEN") != before)
    },
    "xauth refresh --quiet --env-file /srv/xmcp/.env": { example in
      let machine = try ReaderMachine.signedIn(lifetime: 600)
      let before = machine.value("X_OAUTH2_REFRESH_TOKEN")
      let outcome = try machine.shell("cd /\n\(example)")
      #expect(outcome.status == 0)
      #expect(outcome.output + outcome.errors == "")
      #expect(machine.value("X_OAUTH2_REFRESH_TOKEN") != before)
    },
    "xauth refresh --min-validity 45m --on-rotate 'docker restart xmcp'": { example in
      for (lifetime, restarts) in [(3600, []), (600, ["restart xmcp"])] {
        let machine = try ReaderMachine.signedIn(lifetime: lifetime)
        machine.play("docker")
        _ = try machine.output(of: example)
        #expect(machine.calls(of: "docker") == restarts)
      }
    },
    "curl -H \"Authorization: Bearer $(xauth token)\" \"$URL\"": { example in
      let answer = try ReaderMachine.signedIn().output(of: url + example)
      #expect(answer.contains("\"username\":\"sandbox\""))
    },
    "xauth token --min-validity 10m": { example in
      for (lifetime, renews) in [(7200, false), (500, true)] {
        let machine = try ReaderMachine.signedIn(lifetime: lifetime)
        let before = machine.value("X_OAUTH2_ACCESS_TOKEN")
        let token = try machine.output(of: example)
        #expect(token == "\(machine.value("X_OAUTH2_ACCESS_TOKEN") ?? "")\n")
        #expect((machine.value("X_OAUTH2_ACCESS_TOKEN") != before) == renews)
      }
    },
    "xauth show": { example in
      let report = try ReaderMachine.signedIn().output(of: example)
      #expect(report.hasPrefix("token     valid until "))
    },
    "xauth show --json | jq -r .callback.url": { example in
      let machine = try ReaderMachine.signedIn()
      let callback = "http://127.0.0.1:8976/oauth/callback\n"
      #expect(try machine.output(of: example) == callback)
    },
    "xauth revoke": { example in
      let machine = try ReaderMachine.signedIn()
      let token = try machine.output(of: "xauth token")
      _ = try machine.output(of: example)
      #expect(machine.value("X_OAUTH2_REFRESH_TOKEN") == "")
      #expect(try !machine.accepts(token))
    },
    "xauth revoke --local": { example in
      let machine = try ReaderMachine.signedIn()
      let token = try machine.output(of: "xauth token")
      _ = try machine.output(of: example)
      #expect(machine.value("X_OAUTH2_REFRESH_TOKEN") == "")
      #expect(try machine.accepts(token))
    },
  ]
}
