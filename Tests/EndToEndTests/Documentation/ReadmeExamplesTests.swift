import Foundation
import TestSupport
import Testing

@Suite("The README's examples, run as they are written")
struct ReadmeExamplesTests {
  private let blocks: [String: FencedBlock]

  init() throws {
    blocks = Dictionary(
      uniqueKeysWithValues: FencedBlock.all(in: try Repository.text("README.md"))
        .map { ($0.name, $0) })
  }

  private func block(_ name: String) throws -> FencedBlock { try #require(blocks[name]) }

  @Test("the session prints what it says")
  func session() throws {
    let machine = try ReaderMachine()
    let session = try block("session").lines
    var printed: [String] = []
    for line in session where line.hasPrefix("$ ") {
      let outcome = try machine.shell("\(line.dropFirst(2)) 2>&1")
      #expect(outcome.status == 0, "\(line)")
      printed += [line] + outcome.output.split(separator: "\n").map(String.init)
    }
    // What a terminal shows only while it waits, what the test's port adds, and the machine.
    printed.removeAll {
      $0.hasPrefix("waiting ") || $0.hasPrefix("This is a container")
        || $0.contains("X_OAUTH_CALLBACK_PORT=\(machine.callbackPort)")
    }
    #expect(printed.map(machine.asWritten) == session.map(machine.stable))
  }

  @Test("the cron line is silent when nothing is due, and when it renews")
  func cron() throws {
    for lifetime in [7200, 600] {
      let machine = try ReaderMachine(sandbox: ["--access-lifetime", "\(lifetime)"])
      #expect(try machine.shell("xauth login").status == 0)
      let before = try String(contentsOfFile: machine.envFile, encoding: .utf8)
      let outcome = try #require(try machine.cron(try block("cron").lines).first)
      #expect(outcome.status == 0)
      #expect(outcome.output + outcome.errors == "")
      let after = try String(contentsOfFile: machine.envFile, encoding: .utf8)
      #expect((before == after) == (lifetime == 7200))
    }
  }

  @Test("the cron lines with a command restart the server once a token has been renewed")
  func cronOnRotate() throws {
    let machine = try ReaderMachine(sandbox: ["--access-lifetime", "600"])
    machine.play("systemctl")
    #expect(try machine.shell("xauth login").status == 0)
    let outcome = try #require(try machine.cron(try block("cron-on-rotate").lines).first)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(machine.calls(of: "systemctl") == ["--user restart xmcp"])
  }

  @Test("the mail says what the README says once a login elsewhere has ended the grant")
  func mail() throws {
    let machine = try ReaderMachine(sandbox: ["--access-lifetime", "600"])
    #expect(try machine.shell("xauth login").status == 0)
    let elsewhere = try machine.shell(
      "grep -v -e TOKEN= -e EXPIRES_AT= -e GRANTED_SCOPES= .env >2.env; xauth login --env-file 2.env"
    )
    #expect(elsewhere.status == 0, "\(elsewhere.errors)")
    let outcome = try #require(try machine.cron(try block("cron").lines).first)
    #expect(outcome.status == 3)
    #expect(machine.asWritten(outcome.output + outcome.errors) == (try block("mail").text))
  }

  @Test("--on-rotate restarts the server")
  func onRotate() throws {
    let machine = try ReaderMachine(sandbox: ["--access-lifetime", "600"])
    machine.play("systemctl")
    #expect(try machine.shell("xauth login").status == 0)
    let outcome = try machine.shell(try block("on-rotate").text)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(machine.calls(of: "systemctl") == ["--user restart xmcp"])
  }

  @Test("another machine gets a token through SSH")
  func remoteToken() throws {
    let machine = try ReaderMachine()
    machine.play("ssh", "shift; exec \"$@\"")
    #expect(try machine.shell("xauth login").status == 0)
    let outcome = try machine.shell(try block("remote-token").text)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.hasPrefix("sandbox-access-"))
  }

  @Test("a container listens everywhere, for a redirect URI that stays the same")
  func container() throws {
    let machine = try ReaderMachine()
    machine.play(
      "docker", "while [ \"$1\" != xmcp ]; do shift; done; shift; exec \"$@\"")
    // Nobody comes: it is about where it listens, and for what.
    let outcome = try machine.shell(
      try block("container").text, environment: ["X_OAUTH_CALLBACK_TIMEOUT": "1"])
    #expect(outcome.status == 3)
    #expect(outcome.errors.contains("  http://127.0.0.1:\(machine.callbackPort)/oauth/callback\n"))
    #expect(machine.calls(of: "docker").first?.contains("-v \(machine.project):") == true)
  }

  @Test("each way of using the token works, down to signing out")
  func use() throws {
    let machine = try ReaderMachine()
    #expect(try machine.shell("xauth login").status == 0)
    machine.folder.write(
      """
      #!/bin/sh
      echo "report with ${X_OAUTH2_ACCESS_TOKEN:?} and ${X_OAUTH2_REFRESH_TOKEN-nothing more}"
      """, to: "srv/xmcp/report.py", mode: 0o755)
    let outcome = try machine.shell(try block("use").text)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.hasPrefix("sandbox-access-"))
    #expect(outcome.output.contains("\"username\":\"sandbox\""))
    #expect(outcome.output.contains("report with sandbox-access-"))
    #expect(outcome.output.contains(" and nothing more\n"))
    #expect(outcome.output.contains("the token of @sandbox"))
    #expect(try machine.shell("xauth token").status == 3)
  }

  @Test("the grant moves from a laptop into secrets, and the laptop keeps none")
  func bootstrap() throws {
    let machine = try ReaderMachine()
    machine.play("gh", "[ \"$1\" = api ] || cat >secrets")
    #expect(try machine.shell("xauth login").status == 0)
    let before = try machine.shell("grep ^X_OAUTH2_.*TOKEN= .env").output
    let outcome = try machine.shell(try block("ci-bootstrap").text)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(
      machine.calls(of: "gh") == [
        "api --silent --method PUT repos/{owner}/{repo}/environments/x-token",
        "secret set --env x-token -f -",
      ])
    let secrets = try #require(machine.folder.text("srv/xmcp/secrets"))
    for line in before.split(separator: "\n") { #expect(secrets.contains("\(line)\n")) }
    #expect(secrets.contains("CLIENT_ID=sandbox-client\n"))
    #expect(try machine.shell(try block("ci-handed-over").text).status == 0)
    #expect(try machine.shell("grep -c TOKEN=. .env || true").output == "0\n")
  }

  @Test("curl gets its header without anybody seeing it")
  func header() throws {
    let machine = try ReaderMachine()
    #expect(try machine.shell("xauth login").status == 0)
    let outcome = try machine.shell(try block("header").text)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("\"username\":\"sandbox\""))
  }

  @Test("the certificate and the proxy give the redirect URIs that the README names")
  func redirects() throws {
    let machine = try ReaderMachine()
    for (name, uri) in [
      ("tailnet", "https://box.example.ts.net:8976/oauth/callback"),
      ("reverse-proxy", "https://auth.example.com/oauth/callback"),
    ] {
      machine.folder.write(try block(name).text, to: "srv/xmcp/\(name).env")
      let outcome = try machine.shell(
        "X_OAUTH_CALLBACK_PORT= xauth show --env-file \(name).env || test $? = 3")
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.output.contains("callback     \(uri)\n"), "\(outcome.output)")
    }
  }

  @Test("logging in is as short as it says")
  func login() throws {
    let machine = try ReaderMachine()
    #expect(try machine.shell(try block("login").text).status == 0)
    #expect(machine.value("X_OAUTH2_ACCESS_TOKEN")?.hasPrefix("sandbox-access-") == true)
  }

  @Test("the port that SSH leads here is the one that the login waits at")
  func ssh() throws {
    let machine = try ReaderMachine()
    machine.play("ssh")
    let lines = try block("ssh").text.replacingOccurrences(
      of: "8976", with: "\(machine.callbackPort)")
    let outcome = try machine.shell(
      "X_OAUTH_CALLBACK_TIMEOUT=1\nexport X_OAUTH_CALLBACK_TIMEOUT\n\(lines)")
    #expect(outcome.status == 3)
    let forward = "\(machine.callbackPort):127.0.0.1:\(machine.callbackPort)"
    #expect(machine.calls(of: "ssh") == ["-L \(forward) you@server"])
    #expect(outcome.errors.contains("http://127.0.0.1:\(machine.callbackPort)/oauth/callback"))
    #expect(machine.calls(of: "browser") == [])
  }

  @Test("the certificate is put where the settings look for it")
  func certificate() throws {
    let machine = try ReaderMachine()
    machine.play("tailscale", "touch \"$3\" \"$5\"")
    #expect(try machine.shell(try block("tailnet-certificate").text).status == 0)
    for line in try block("tailnet").lines where line.hasPrefix("TLS_") {
      let name = try #require(line.split(separator: "=").last)
      #expect(machine.folder.bytes("srv/xmcp/\(name)") != nil)
    }
  }

  @Test("the timer is started once its units are there")
  func timer() throws {
    let machine = try ReaderMachine()
    machine.play(
      "systemctl",
      """
      [ "$2" != enable ] || [ -f "$HOME/.config/systemd/user/$4" ]
      """)
    machine.play("loginctl")
    #expect(try machine.shell(try block("systemd").text).status != 0)
    let units = ".config/systemd/user"
    try FileManager.default.createDirectory(
      atPath: machine.folder.file(units), withIntermediateDirectories: true)
    machine.folder.write(try block("systemd-timer").text, to: "\(units)/xauth.timer")
    #expect(try machine.shell(try block("systemd").text).status == 0)
    #expect(machine.calls(of: "loginctl") == ["enable-linger"])
  }

  @Test("the service, started as its unit says, renews and restarts the server")
  func service() throws {
    let machine = try ReaderMachine(sandbox: ["--access-lifetime", "600"])
    machine.play("systemctl")
    #expect(try machine.shell("xauth login").status == 0)
    let lines = try block("systemd-service").lines
    func value(_ key: String) throws -> String {
      let line = try #require(lines.first { $0.hasPrefix("\(key)=") })
      return String(line.dropFirst(key.count + 1))
    }
    // systemd.exec(5): the whole assignment may be in double quotes, as a shell has it too.
    let outcome = try machine.shell("env \(value("Environment")) \(value("ExecStart"))")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.errors.contains("renewed: good until "))
    #expect(machine.calls(of: "systemctl") == ["--user restart xmcp"])
  }

  @Test("the proxy's line is the one that the program itself asks for")
  func proxy() throws {
    let line = try #require(
      try block("reverse-proxy-host").text.split(separator: "\n").first { $0.contains("Host") })
    let help = try ReaderMachine().shell("xauth help environment").output
    let words = line.split(separator: " ").joined(separator: " ").dropLast()
    #expect(help.split(whereSeparator: \.isWhitespace).joined(separator: " ").contains(words))
  }

  @Test("no example is forgotten here")
  func complete() throws {
    let tests = try ["ReadmeExamplesTests", "WorkflowTests"].map {
      try Repository.text("Tests/EndToEndTests/Documentation/\($0).swift")
    }.joined()
    // Scripts of this repository: CI runs the checks, InstallTests installs, and a release is tried in
    // a clean Debian by `scripts/release --verify`.
    let scripts: Set = ["try", "contribute", "install", "rename", "layout", "from-release"]
    for name in blocks.keys where !scripts.contains(name) {
      #expect(tests.contains("\"\(name)\""), "\(name)")
    }
  }

  @Test("the units are what systemd understands", .enabled(if: Tools.has("systemd-analyze")))
  func units() throws {
    let machine = try ReaderMachine()
    for (name, file) in [("systemd-service", "xauth.service"), ("systemd-timer", "xauth.timer")] {
      let text = try block(name).text.replacingOccurrences(
        of: "/usr/local/bin", with: machine.folder.file("bin"))
      machine.folder.write(text, to: file)
    }
    let outcome = try Child.run(
      "/usr/bin/systemd-analyze",
      ["verify", "--man=no"] + ["xauth.service", "xauth.timer"].map(machine.folder.file),
      environment: ["PATH": "/usr/bin:/bin"])
    let complaints = outcome.errors.split(separator: "\n").filter { $0.contains("xauth.") }
    #expect(complaints == [])
  }
}

/// Programs that a test may find on this machine.
enum Tools {
  static func has(_ name: String) -> Bool {
    FileManager.default.isExecutableFile(atPath: "/usr/bin/\(name)")
  }
}
