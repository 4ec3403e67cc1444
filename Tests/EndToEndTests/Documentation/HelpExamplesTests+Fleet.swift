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
    """
    vault policy write x-token - <<'END'
    path "secret/data/x-token" { capabilities = ["create", "read", "update"] }
    END
    """: { example in
      let machine = try ReaderMachine()
      machine.play("vault", "cat >policy")
      _ = try machine.output(of: example)
      #expect(machine.calls(of: "vault") == ["policy write x-token -"])
      #expect(machine.folder.text("srv/xmcp/policy")?.hasPrefix("path \"secret/data/") == true)
    },
    """
    echo X_OAUTH2_STORE=vault:secret/x-token >> .env
    xauth login
    """: { example in
      // Vault itself is tried elsewhere.
      let outcome = try ReaderMachine().shell(example)
      #expect(outcome.status == 4)
      #expect(outcome.errors.contains("vault:secret/x-token can't be used: VAULT_ADDR is not set"))
    },
    """
    VAULT_ADDR=https://vault.example.org:8200
    */10 * * * * /usr/local/bin/xauth refresh --quiet --env-file /srv/xmcp/.env
    """: { example in
      let machine = try ReaderMachine.signedIn(lifetime: 600)
      let lines = example.split(separator: "\n").map(String.init)
      let outcome = try #require(try machine.cron(lines).first)
      #expect(outcome.status == 0 && outcome.errors == "", "\(outcome.errors)")
    },
    "xauth exec --store vault:secret/x-token -- ./nightly.sh": { example in
      let machine = try ReaderMachine()
      machine.folder.write("#!/bin/sh\n", to: "srv/xmcp/nightly.sh", mode: 0o755)
      let outcome = try machine.shell(example, environment: ["CI": "true"])
      #expect(outcome.status == 4)
      #expect(outcome.errors.contains("VAULT_ADDR is not set"))
    },
  ]

  /// The manifest of the help, whose setting is one that works in a pod alone.
  static let kubernetesTrials: [String: Trial] = {
    let manifest = (try? HelpExamples.all())?.first { $0.hasPrefix("apiVersion: v1\n") }
    guard let manifest else { return [:] }
    let trial: Trial = { _ in
      let setting = try #require(
        manifest.firstMatch(of: /name: X_OAUTH2_STORE, value: "(.*)"/)?.1)
      let outcome = try ReaderMachine().shell(
        "xauth refresh --quiet", environment: ["X_OAUTH2_STORE": String(setting)])
      #expect(outcome.status == 4)
      #expect(outcome.errors.contains("KUBERNETES_SERVICE_HOST and _PORT are not set"))
    }
    return [HelpExamples.name(of: manifest): trial]
  }()
}
