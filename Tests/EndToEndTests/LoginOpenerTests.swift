import Foundation
import TestSupport
import Testing

/// Which program gets the address to open, and how; what comes of programs that misbehave.
@Suite("A login's browser")
struct LoginOpenerTests {
  /// A system, the programs that it has, and the arguments that the one that works should get.
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var environment: [String: String] = [:]
    var options: [String] = []
    /// Programs that are there and fail.
    var failing: [String] = []
    let working: String
    /// `URL` stands for the address.
    let arguments: [String]
  }

  private static let display = ["DISPLAY": ":0"]
  private static let wsl = ["WSL_DISTRO_NAME": "Debian"]

  @Test(
    "Whatever opens it gets the start address, which leads through X and back",
    arguments: [
      Case(
        testDescription: "xdg-open", environment: display, working: "xdg-open", arguments: ["URL"]),
      Case(
        testDescription: "gio, where xdg-open fails", environment: display, failing: ["xdg-open"],
        working: "gio", arguments: ["open", "URL"]),
      Case(testDescription: "wslview", environment: wsl, working: "wslview", arguments: ["URL"]),
      Case(
        testDescription: "PowerShell, where wslview fails", environment: wsl, failing: ["wslview"],
        working: "powershell.exe",
        arguments: ["-NoProfile", "-NonInteractive", "-Command", "Start-Process 'URL'"]),
      Case(
        testDescription: "--browser", environment: ["BROWSER": "fails"],
        options: ["--browser", "mine"], failing: ["fails"], working: "mine", arguments: ["URL"]),
      Case(
        testDescription: "--browser with arguments and %s",
        options: ["--browser", "mine --app=%s 'a b' -x"], working: "mine",
        arguments: ["--app=URL", "a b", "-x"]),
      Case(
        testDescription: "BROWSER with arguments and without %s",
        environment: ["BROWSER": "mine --new-window"], working: "mine",
        arguments: ["--new-window", "URL"]),
      Case(
        testDescription: "BROWSER's alternatives, before the system's",
        environment: display.merging(["BROWSER": "absent:fails %s -a:mine -b %s &"]) { $1 },
        failing: ["fails", "xdg-open"], working: "mine", arguments: ["-b", "URL"]),
      Case(
        testDescription: "the system's, where BROWSER's alternatives all fail",
        environment: display.merging(["BROWSER": "fails:fails %s"]) { $1 }, failing: ["fails"],
        working: "xdg-open", arguments: ["URL"]),
    ])
  func opens(system: Case) throws {
    let stage = try LoginStage()
    for name in system.failing { stage.folder.write("#!/bin/sh\nexit 3\n", to: name, mode: 0o700) }
    stage.folder.write(
      """
      #!/bin/sh
      printf '%s\\n' "$@" > opened
      exec ./browser "$(grep -o "http[^']*" opened)"

      """, to: system.working, mode: 0o700)
    let environment = system.environment.merging(["PATH": "\(stage.folder.path):/usr/bin:/bin"]) {
      $1
    }
    let child = try stage.start(system.options, environment: environment)
    let address = child.startAddress()
    let outcome = child.wait()
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(stage.page?.heading == "You’re signed in")
    let expected = system.arguments.map { $0.replacingOccurrences(of: "URL", with: address) + "\n" }
    #expect(address.hasPrefix("http://127.0.0.1:\(stage.port)/"))
    #expect(stage.folder.text("opened") == expected.joined())
  }

  @Test(
    "The project's own programs open nothing, whatever PATH says, not even for the system's opener",
    arguments: [
      (["DISPLAY": ":0"], "xdg-open"), (["DISPLAY": ":0"], "gio"), (wsl, "wslview"),
      (["BROWSER": "mine"], "mine"), (["DISPLAY": ":0", "BROWSER": "launcher"], "firefox"),
    ])
  func relativePath(environment: [String: String], name: String) throws {
    let stage = try LoginStage()
    mkdir(stage.folder.file("bin"), 0o700)
    stage.folder.write("#!/bin/sh\nfirefox \"$1\"\n", to: "bin/launcher", mode: 0o700)
    stage.folder.write("#!/bin/sh\n: > ran\n", to: name, mode: 0o700)
    let child = try stage.start(
      [], environment: environment.merging(["PATH": ":.:\(stage.folder.file("bin")):"]) { $1 })
    try stage.browse(child.authorizeAddress())
    #expect(child.wait().status == 0)
    #expect(stage.folder.text("ran") == nil)
  }

  @Test("One that hangs is neither waited for nor ended")
  func hangs() throws {
    let stage = try LoginStage()
    stage.folder.write(
      "#!/bin/sh\necho $$ > pid.part\nmv pid.part pid\nexec sleep 60\n", to: "hangs", mode: 0o700)
    let child = try stage.start(["--browser", stage.folder.file("hangs")])
    let address = child.startAddress()
    #expect(eventually { stage.folder.text("pid") != nil })
    let id = try #require(Int32((stage.folder.text("pid") ?? "").dropLast()))
    defer { kill(id, SIGKILL) }
    try stage.browse(address)
    let outcome = child.wait(seconds: 15)
    #expect(outcome.status == 0)
    #expect(!outcome.errors.contains("browser could not be opened"))
    #expect(kill(id, 0) == 0)
  }

  @Test(
    "One that is there and can't be started is named, with the reason",
    arguments: [
      ("exec true\n", "it is no program, and as a script it has no #! in its first line"),
      ("#!/nonexistent/sh\n", "what its first line names behind #! is not there"),
    ])
  func cannotStart(text: String, reason: String) throws {
    let stage = try LoginStage()
    let opener = stage.folder.write(text, to: "opener", mode: 0o700)
    let child = try stage.start(["--browser", opener])
    let address = child.authorizeAddress()
    try stage.browse(address)
    let outcome = child.wait()
    #expect(outcome.status == 0)
    let warning = "\(opener) can't be executed: \(reason)\n"
    #expect(outcome.errors.contains(warning), "\(outcome.errors)")
    #expect(outcome.errors.contains("No browser can be opened from here."))
  }

  @Test(
    "One that isn't there is named, with where its name comes from",
    arguments: [
      (["--browser", "absent"], "--browser: absent was not found on PATH\n"),
      (["--browser", "/none/absent --new"], "--browser: /none/absent was not found\n"),
      ([], "BROWSER: gone was not found on PATH\n"),
    ])
  func absent(options: [String], warning: String) throws {
    let stage = try LoginStage()
    let child = try stage.start(options, environment: ["BROWSER": "gone"])
    try stage.browse(child.authorizeAddress())
    let outcome = child.wait()
    #expect(outcome.status == 0)
    #expect(outcome.errors.contains("warning: \(warning)"), "\(outcome.errors)")
    #expect(outcome.errors.contains("No browser can be opened from here."))
  }

  @Test("One that writes to the terminal and reads from it finds none")
  func noisy() throws {
    let stage = try LoginStage()
    stage.folder.write(
      """
      #!/bin/sh
      echo noise
      echo noise >&2
      (echo noise > /dev/tty) 2> /dev/null
      cat > eaten
      exec ./browser "$1"

      """, to: "noisy", mode: 0o700)
    let outcome = try TerminalSession.login(
      stage, ["--browser", stage.folder.file("noisy")], doing: [])
    #expect(outcome.status == 0)
    #expect(outcome.echo)
    #expect(stage.folder.text("eaten") == "")
    // The very session of a browser that keeps quiet.
    try TerminalSession.compare(outcome, of: stage, to: "login-browser")
  }
}
