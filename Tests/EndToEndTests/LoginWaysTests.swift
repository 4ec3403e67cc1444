import Foundation
import TestSupport
import Testing

/// The complete sessions are in the folder Sessions: what the user sees is compared word for word.
@Suite("Every way in which a login reaches the user")
struct LoginWaysTests {
  /// Leaves the place to listen to the defaults, where its being set would answer the question.
  private static let unset = ["X_OAUTH_CALLBACK_LISTEN": ""]

  @Test("The browser of this machine")
  func browser() throws {
    let stage = try LoginStage()
    try TerminalSession.login(
      stage, ["--browser", stage.folder.file("browser")], doing: [], as: "login-browser")
    #expect(stage.page?.heading == "You’re signed in")
  }

  @Test("Over SSH the command that leads the callback here is printed")
  func ssh() throws {
    let stage = try LoginStage()
    try TerminalSession.login(
      stage, [],
      environment: Self.unset.merging([
        "SSH_CONNECTION": "192.0.2.1 50000 192.0.2.7 2222", "USER": "me",
      ]) { $1 }, doing: [.address] + .browse, as: "login-ssh")
  }

  @Test("A narrow terminal breaks lines between words, but neither the address nor a command")
  func narrow() throws {
    let stage = try LoginStage()
    let outcome = try TerminalSession.login(
      stage, [],
      environment: Self.unset.merging([
        "SSH_CONNECTION": "192.0.2.1 50000 192.0.2.7 2222", "USER": "me",
      ]) { $1 }, columns: 40, doing: [.address] + .browse)
    #expect(outcome.status == 0, "\(outcome.screen)")
    let lines = outcome.raw.components(separatedBy: "\r\n")
    let whole = lines.filter { $0.hasPrefix("http") || $0.hasPrefix("  ssh -L") }
    #expect(whole.count == 2 && whole.allSatisfy { $0.count > 40 })
    #expect(whole.contains { $0.hasSuffix("-p 2222 me@192.0.2.7") })
    // The countdown moves the cursor.
    for line in lines where !whole.contains(line) && !line.contains("\u{1B}") {
      #expect(line.count <= 40 || !line.contains(" "), "\(line)")
    }
    #expect(lines.contains("Browser says it can't connect? Paste the"))
  }

  @Test("In a container, as its engine names it")
  func container() throws {
    let stage = try LoginStage()
    try TerminalSession.login(
      stage, [], environment: Self.unset.merging(["container": "podman"]) { $1 },
      doing: [.address] + .browse, as: "login-container")
  }

  @Test("In a container, as the mark at its root tells", .enabled(if: Elsewhere.isPossible))
  func markedContainer() throws {
    let stage = try LoginStage()
    try TerminalSession.login(
      stage, [], by: Elsewhere.launcher(mark: "/.dockerenv"), environment: Self.unset,
      doing: [.address] + .browse, as: "login-container")
  }

  @Test("In WSL, with Windows' browser", .enabled(if: Elsewhere.isPossible))
  func wsl() throws {
    let stage = try LoginStage()
    stage.folder.write("#!/bin/sh\nexec ./browser \"$1\"\n", to: "wslview", mode: 0o700)
    try TerminalSession.login(
      stage, [], by: Elsewhere.launcher(),
      environment: Self.unset.merging([
        "WSL_DISTRO_NAME": "Debian", "PATH": "\(stage.folder.path):/usr/bin:/bin",
      ]) { $1 }, doing: [], as: "login-wsl")
  }

  @Test("On a machine with neither marks nor a browser", .enabled(if: Elsewhere.isPossible))
  func plain() throws {
    let stage = try LoginStage()
    try TerminalSession.login(
      stage, [], by: Elsewhere.launcher(), environment: Self.unset,
      doing: [.address] + .browse, as: "login-no-browser")
  }

  @Test(
    "Behind a proxy that terminates TLS; while it rewrites the Host, it is said what it must do")
  func reverseProxy() throws {
    let stage = try LoginStage(registered: "https://auth.example.com/oauth/callback")
    let address = "127.0.0.1:\(stage.value("X_OAUTH_CALLBACK_PORT") ?? "")"
    try TerminalSession.login(
      stage,
      environment: [
        "X_OAUTH_CALLBACK_HOST": "auth.example.com", "X_OAUTH_CALLBACK_PORT": "443",
        "X_OAUTH_CALLBACK_SCHEME": "https", "X_OAUTH_CALLBACK_LISTEN": address,
      ],
      doing: [
        .address, .fetch("${address}"), .pass(to: address, host: "127.0.0.1:8976"),
        .expect("another host name"), .pass(to: address, host: ""),
      ], as: "login-reverse-proxy")
  }

  @Test(
    "A name that leads to loopback here: it is listened everywhere, and said why",
    .enabled(if: Elsewhere.isPossible))
  func ownName() throws {
    let certificate = TemporaryFolder()
    let stage = try LoginStage(
      tls: TestCertificate(in: certificate, for: "DNS:box.example"), host: "box.example")
    // As Debian's installer writes it.
    stage.folder.write("127.0.0.1 localhost\n127.0.1.1 box.example box\n", to: "hosts", mode: 0o644)
    try TerminalSession.login(
      stage, by: Elsewhere.launcher(), environment: Self.unset, doing: .paste, as: "login-own-name")
    let doctor = Elsewhere.launcher() + [Child.built("xauth"), "doctor"]
    let foreseen = try Child.run(
      doctor[0], Array(doctor.dropFirst()), environment: LoginStage.environment,
      folder: stage.folder.path)
    #expect(
      foreseen.output.contains(
        "On this machine box.example means 127.0.1.1, which no other machine can reach"))
  }

  @Test("Closed standard input: nothing can be pasted, and nothing is offered")
  func closedInput() throws {
    let stage = try LoginStage()
    let outcome = try TerminalSession.login(
      stage, by: ["/bin/sh", "-c", "exec \"$0\" \"$@\" <&-"], doing: [.address] + .browse,
      as: "login-closed-input")
    #expect(outcome.echo)
  }

  @Test("Closed standard output changes nothing")
  func closedOutput() throws {
    let stage = try LoginStage()
    let outcome = try TerminalSession.login(
      stage, by: ["/bin/sh", "-c", "exec \"$0\" \"$@\" >&-"], doing: .paste, as: "login-pasted")
    #expect(outcome.echo)
  }

  @Test("A terminal that belongs to another program: one line instead of a countdown")
  func noControllingTerminal() throws {
    let stage = try LoginStage()
    let outcome = try TerminalSession.login(
      stage, by: ["/usr/bin/setsid", "--wait"],
      doing: [
        .expect("\n(?P<address>http://127\\.0\\.0\\.1:\\S+)\r\n.*waiting 5 min")
      ] + .browse, as: "login-no-controlling-terminal")
    #expect(outcome.echo)
  }
}

/// Another machine, as far as its root tells: see Drivers/elsewhere.sh.
enum Elsewhere {
  /// What is put before a command.
  static func launcher(mark: String = "") -> [String] {
    ["/usr/bin/unshare", "-rm", "/bin/sh", TerminalSession.folder + "/Drivers/elsewhere.sh", mark]
  }

  /// Whether a namespace can be made in which something is mounted: not in every container.
  static let isPossible: Bool = {
    let folder = TemporaryFolder()
    let command = launcher() + ["/bin/true"]
    let run = try? Child.run(
      command[0], Array(command.dropFirst()), environment: LoginStage.environment,
      folder: folder.path)
    return run?.status == 0
  }()
}
