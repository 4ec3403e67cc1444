import Foundation
import TestSupport
import Testing

/// In CI.
extension ReadmeExamplesTests {
  static let jobTrials: [String: Trial] = [
    "ci-bootstrap": { example in
      let machine = try ReaderMachine.signedIn()
      machine.play("gh", "[ \"$1\" = api ] || cat >secrets")
      _ = try machine.output(of: example)
      #expect(
        machine.calls(of: "gh") == [
          "api --silent --method PUT repos/{owner}/{repo}/environments/x-token",
          "secret set --env x-token -f -",
        ])
      let secrets = try #require(machine.folder.text("srv/xmcp/secrets"))
      for name in ["CLIENT_ID", "X_OAUTH2_ACCESS_TOKEN", "X_OAUTH2_REFRESH_TOKEN"] {
        #expect(secrets.contains("\(name)=\(machine.value(name) ?? "none")\n"))
      }
    },
    "ci-handed-over": { example in
      let machine = try ReaderMachine.signedIn()
      let token = try machine.output(of: "xauth token")
      _ = try machine.output(of: example)
      #expect(machine.value("X_OAUTH2_ACCESS_TOKEN") == "")
      #expect(machine.value("X_OAUTH2_REFRESH_TOKEN") == "")
      #expect(try machine.accepts(token))
    },
    "github-actions": { example in
      let runner = try WorkflowMachine(Workflow(example))
      let before = try runner.secrets()
      for step in ["Prove", "Renew"] {
        let outcome = try runner.run(step, before)
        #expect(outcome.status == 0, "\(outcome.errors)")
      }
      let after = try runner.secrets()
      for name in ["X_OAUTH2_ACCESS_TOKEN", "X_OAUTH2_REFRESH_TOKEN"] {
        #expect(after[name] != before[name])
      }
      #expect(after["X_TOKEN_CHECKED_AT"] != nil)
      #expect(try runner.machine.accepts(after["X_OAUTH2_ACCESS_TOKEN"] ?? ""))
    },
  ]
}
