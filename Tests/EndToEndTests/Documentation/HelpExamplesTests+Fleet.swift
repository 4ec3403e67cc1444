import Foundation
import TestSupport
import Testing

extension HelpExamplesTests {
  /// What the other host prints, as a script.
  private static let printsToken = """
    #!/bin/sh
    echo X_OAUTH2_ACCESS_TOKEN=a-token
    echo X_OAUTH2_EXPIRES_AT=$(($(date +%s) + 7000))

    """

  static let fleetTrials: [String: Trial] = [
    """
    #!/bin/sh
    exec ssh -o BatchMode=yes server /usr/local/bin/xauth export \\
      --env-file /srv/xmcp/.env --min-validity 75m \\
      --only X_OAUTH2_ACCESS_TOKEN --only X_OAUTH2_EXPIRES_AT \\
      --only X_OAUTH2_GRANTED_SCOPES
    """: { example in
      let machine = try ReaderMachine.signedIn(lifetime: 600)
      let before = machine.value("X_OAUTH2_ACCESS_TOKEN")
      // The other host is this one.
      machine.play("ssh", "shift 3\nexec \"$@\"")
      let printed = try machine.output(of: example)
      let token = try #require(machine.value("X_OAUTH2_ACCESS_TOKEN"))
      #expect(token != before)
      #expect(printed.contains("X_OAUTH2_ACCESS_TOKEN=\(token)\n"))
      #expect(printed.contains("X_OAUTH2_EXPIRES_AT=") && !printed.contains("REFRESH"))
    },
    """
    export X_OAUTH2_STORE=follow:x-token-of-server
    xauth refresh --env-file /srv/xmcp/.env
    """: { example in
      let machine = try ReaderMachine()
      machine.folder.write(printsToken, to: "local-bin/x-token-of-server", mode: 0o755)
      _ = try machine.output(of: example)
      #expect(machine.value("X_OAUTH2_ACCESS_TOKEN") == "a-token")
    },
    """
    X_OAUTH2_STORE=follow:/usr/local/bin/x-token-of-server
    */20 * * * * /usr/local/bin/xauth refresh --quiet --env-file /srv/xmcp/.env
    """: { example in
      let machine = try ReaderMachine()
      machine.folder.write(printsToken, to: "local-bin/x-token-of-server", mode: 0o755)
      let lines = example.split(separator: "\n").map(String.init)
      let outcome = try #require(try machine.cron(lines).first)
      #expect(outcome.status == 0 && outcome.errors == "", "\(outcome.errors)")
      #expect(machine.value("X_OAUTH2_ACCESS_TOKEN") == "a-token")
    },
  ]
}
