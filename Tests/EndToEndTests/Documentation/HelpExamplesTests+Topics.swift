import Foundation
import TestSupport
import Testing

extension HelpExamplesTests {
  static let topicTrials: [String: Trial] = [
    "xauth token --json | jq -r .error.code": { example in
      let outcome = try ReaderMachine().shell(example)
      #expect(outcome.output == "no_token\n")
      #expect(outcome.status == 3)
    },
    """
    xauth login
    gh api --silent --method PUT 'repos/{owner}/{repo}/environments/x-token'
    xauth export | gh secret set --env x-token -f -
    """: { example in
      let machine = try ReaderMachine()
      machine.play("gh", "[ \"$1\" = api ] || cat >secrets")
      _ = try machine.output(of: example)
      let token = try #require(machine.value("X_OAUTH2_REFRESH_TOKEN"))
      #expect(machine.folder.text("srv/xmcp/secrets")?.contains(token) == true)
    },
    "xauth refresh --on-rotate 'gh secret set --env x-token -f -'": { example in
      let machine = try ReaderMachine.signedIn(lifetime: 600)
      machine.play("gh", "cat >secrets")
      let job = ["CI": "true"]
      #expect(try machine.shell("xauth refresh", environment: job).status == 4)
      _ = try machine.output(of: example, environment: job)
      let token = try #require(machine.value("X_OAUTH2_REFRESH_TOKEN"))
      #expect(machine.folder.text("srv/xmcp/secrets")?.contains(token) == true)
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
    XAUTH_ON_ROTATE=systemctl --user restart xmcp
    */20 * * * * /usr/local/bin/xauth refresh --quiet --env-file /srv/xmcp/.env
    """: { example in
      let machine = try ReaderMachine.signedIn(lifetime: 600)
      machine.play("systemctl", "test \"$XDG_RUNTIME_DIR\" = /run/user/1000")
      let lines = example.split(separator: "\n").map(String.init)
      let outcome = try #require(try machine.cron(lines).first)
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(machine.calls(of: "systemctl") == ["--user restart xmcp"])
    },
    """
    [Unit]
    Description=Renew the X token of xmcp

    [Service]
    Type=oneshot
    ExecStart=/usr/local/bin/xauth refresh --env-file /srv/xmcp/.env
    Environment="XAUTH_ON_ROTATE=systemctl --user restart xmcp"
    """: { try isBlockOfReadme($0, "systemd-service") },
    """
    [Unit]
    Description=Renew the X token of xmcp every 20 minutes

    [Timer]
    OnCalendar=*:0/20
    RandomizedDelaySec=60
    Persistent=true

    [Install]
    WantedBy=timers.target
    """: { try isBlockOfReadme($0, "systemd-timer") },
    """
    systemctl --user daemon-reload
    systemctl --user enable --now xauth.timer
    loginctl enable-linger
    """: { example in
      let machine = try ReaderMachine()
      machine.play("systemctl")
      machine.play("loginctl")
      _ = try machine.output(of: example)
      #expect(
        machine.calls(of: "systemctl") == [
          "--user daemon-reload", "--user enable --now xauth.timer",
        ])
      #expect(machine.calls(of: "loginctl") == ["enable-linger"])
    },
  ]

  /// The README has the same, and its tests carry the units out.
  private static func isBlockOfReadme(_ example: String, _ name: String) throws {
    let blocks = FencedBlock.all(in: try Repository.text("README.md"))
    #expect(blocks.first { $0.name == name }?.text == "\(example)\n")
  }
}
