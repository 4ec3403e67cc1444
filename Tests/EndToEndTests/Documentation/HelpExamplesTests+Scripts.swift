import Foundation
import TestSupport
import Testing

extension HelpExamplesTests {
  static let scriptTrials: [String: Trial] = [
    "xauth export | gh secret set -f -": { example in
      let machine = try ReaderMachine.signedIn()
      machine.play("gh", "cat >secrets")
      _ = try machine.output(of: example)
      #expect(machine.calls(of: "gh") == ["secret set -f -"])
      let secrets = try #require(machine.folder.text("srv/xmcp/secrets"))
      for name in ["CLIENT_ID", "X_OAUTH2_ACCESS_TOKEN", "X_OAUTH2_REFRESH_TOKEN"] {
        #expect(secrets.contains("\(name)=\(machine.value(name) ?? "none")\n"))
      }
    },
    "eval \"$(xauth export --format shell --only X_OAUTH2_ACCESS_TOKEN)\"": { example in
      let machine = try ReaderMachine.signedIn()
      let seen = try machine.output(of: "\(example)\nenv | grep ^X_OAUTH2")
      #expect(seen == "X_OAUTH2_ACCESS_TOKEN=\(machine.value("X_OAUTH2_ACCESS_TOKEN") ?? "")\n")
    },
    "xauth export --format github-env --only X_OAUTH2_ACCESS_TOKEN": { example in
      let machine = try ReaderMachine.signedIn()
      let token = try #require(machine.value("X_OAUTH2_ACCESS_TOKEN"))
      let file = machine.folder.write("BEFORE=1\n", to: "github")
      let log = try machine.output(of: example, environment: ["GITHUB_ENV": file])
      #expect(log == "::add-mask::\(token)\n")
      #expect(machine.folder.text("github") == "BEFORE=1\nX_OAUTH2_ACCESS_TOKEN=\(token)\n")
    },
    "xauth exec -- python3 bookmarks.py": { example in
      let machine = try ReaderMachine.signedIn()
      machine.folder.write(
        "import os\nprint(os.environ['X_OAUTH2_ACCESS_TOKEN'])\n", to: "srv/xmcp/bookmarks.py")
      #expect(try machine.output(of: example) == machine.output(of: "xauth token"))
    },
    "xauth exec --min-validity 30m -- ./nightly.sh": { example in
      let machine = try ReaderMachine.signedIn(lifetime: 600)
      let before = machine.value("X_OAUTH2_ACCESS_TOKEN")
      machine.folder.write(
        "#!/bin/sh\necho $X_OAUTH2_ACCESS_TOKEN\n", to: "srv/xmcp/nightly.sh", mode: 0o755)
      let seen = try machine.output(of: example)
      #expect(seen == "\(machine.value("X_OAUTH2_ACCESS_TOKEN") ?? "")\n")
      #expect(machine.value("X_OAUTH2_ACCESS_TOKEN") != before)
    },
    "xauth header --curl \"$URL\" | curl -K - \"$URL\"": { example in
      let answer = try ReaderMachine.signedIn().output(of: url + example)
      #expect(answer.contains("\"username\":\"sandbox\""))
    },
    "xauth header --data status=hello \"$URL\"": { example in
      let names = ["CONSUMER_KEY", "CONSUMER_SECRET", "ACCESS_TOKEN", "ACCESS_TOKEN_SECRET"]
      let keys = Dictionary(uniqueKeysWithValues: names.map { ("X_OAUTH_\($0)", "value") })
      let header = try ReaderMachine().output(of: url + example, environment: keys)
      #expect(header.hasPrefix("Authorization: OAuth "))
      #expect(header.contains("oauth_signature=\""))
    },
    "xauth doctor": { example in
      let report = try ReaderMachine.signedIn().output(of: example)
      #expect(report.contains("ok       token        valid until "))
      #expect(!report.contains("failed"))
    },
    "xauth doctor --json | jq '.checks[] | select(.status == \"failed\")'": { example in
      let machine = try ReaderMachine.signedIn()
      #expect(try machine.output(of: example) == "")
      chmod(machine.folder.file("srv/xmcp/.env"), 0o400)
      let outcome = try machine.shell(example)
      #expect(outcome.status == 4)
      #expect(outcome.output.contains("\"check\": \"file\""))
    },
  ]

  static let helpTrials: [String: Trial] = [
    "source <(xauth completion bash)": { example in
      let seen = try ReaderMachine().output(of: "\(example)\ncomplete -p xauth")
      #expect(seen == "complete -F _xauth xauth\n")
    },
    "xauth completion fish | source": { example in
      let seen = try ReaderMachine().output(
        of: "fish --no-config -c '\(example); complete -C \"xauth hea\"'")
      #expect(seen == "header\tprint the Authorization header for a request\n")
    },
    "xauth help login": { example in
      let page = try ReaderMachine().output(of: example)
      #expect(page == (try Repository.text("Tests/Golden/help/login.txt")))
    },
    "xauth help exit-codes": { example in
      let page = try ReaderMachine().output(of: example)
      #expect(page == (try Repository.text("Tests/Golden/help/exit-codes.txt")))
    },
    "xauth help --man | man -l -": { example in
      let page = try ReaderMachine().output(
        of: example, environment: ["MANPAGER": "cat", "LC_ALL": "C.UTF-8"])
      #expect(page.contains("SEE ALSO"))
    },
    "xauth help --man refresh | man -l -": { example in
      let page = try ReaderMachine().output(
        of: example, environment: ["MANPAGER": "cat", "LC_ALL": "C.UTF-8"])
      #expect(page.hasPrefix("XAUTH-REFRESH(1)"))
      #expect(page.contains("xauth refresh [OPTIONS]"))
    },
    "xauth version --json": { example in
      let object = try ReaderMachine().output(of: example)
      #expect(object.hasPrefix("{\"version\":1,\"xauth\":\""))
    },
    "xauth version --verbose": { example in
      let said = try ReaderMachine().output(of: example)
      #expect(said.hasSuffix("\nOpenSSL and libcurl are the system's\n"))
    },
  ]
}
