import Foundation
import TestSupport
import Testing

/// Tokens in CI: `help ci`.
extension HelpExamplesTests {
  /// The secrets of an environment, from a laptop.
  static let bootstrap = """
    xauth login
    gh api --silent --method PUT 'repos/{owner}/{repo}/environments/x-token'
    xauth export | gh secret set --env x-token -f -
    """

  static let ciTrials: [String: Trial] = [
    """
    xauth refresh --on-rotate \\
      'grep ^X_OAUTH2_ACCESS_TOKEN= | gh secret set -f - --repo you/project'
    """: { try pushesAccessTokenAlone($0) },
    bootstrap: { example in
      let machine = try ReaderMachine()
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
    "name: Renew the X token": { example in
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

  /// The machine that renews gives the jobs the access token, and nothing else.
  static func pushesAccessTokenAlone(_ example: String) throws {
    let machine = try ReaderMachine.signedIn(lifetime: 600)
    machine.play("gh", "cat >secrets")
    _ = try machine.output(of: example)
    #expect(machine.calls(of: "gh") == ["secret set -f - --repo you/project"])
    let token = try #require(machine.value("X_OAUTH2_ACCESS_TOKEN"))
    #expect(machine.folder.text("srv/xmcp/secrets") == "X_OAUTH2_ACCESS_TOKEN=\(token)\n")
  }
}
