import Foundation
import TestSupport
import Testing

@Suite("A login without the usual surroundings")
struct LoginStreamTests {
  /// What comes of a script of bash in the stage's folder, where `$0` is xauth.
  private func run(_ script: String, on stage: LoginStage) throws -> Child.Outcome {
    try Child.run(
      "/bin/bash", ["-c", script, Child.built("xauth")], environment: LoginStage.environment,
      folder: stage.folder.path)
  }

  @Test(
    "Ctrl-C ends it at once by the signal, and the port is free again",
    arguments: [SIGINT, SIGTERM])
  func interrupted(signal: Int32) throws {
    let stage = try LoginStage()
    let child = try stage.start()
    _ = child.authorizeAddress()
    child.signal(signal)
    let outcome = child.wait(seconds: 5)
    #expect(outcome.status == 128 + signal)
    #expect(try stage.login().status == 0)
  }

  @Test("A signal during the exchange waits for the save and for the browser's answer")
  func interruptedExchange() throws {
    let stage = try LoginStage(sandbox: ["--auto-approve", "--delay", "2000"])
    let child = try stage.start()
    let browser = try Child(
      stage.folder.file("browser"), [child.authorizeAddress()],
      environment: LoginStage.environment, folder: stage.folder.path)
    #expect(stage.awaitsExchange(by: child))
    child.signal(SIGINT)
    let outcome = child.wait()
    _ = browser.wait()
    #expect(outcome.status == 130)
    #expect(outcome.errors.contains("tokens are being fetched and saved"))
    #expect(stage.page?.heading == "You’re signed in")
    #expect(stage.value("X_OAUTH2_ACCESS_TOKEN")?.hasPrefix("sandbox-access-") == true)
  }

  @Test(
    "Closed streams do no harm",
    arguments: ["<&-", ">&-", "2>&-", "<&- >&- 2>&-", "</dev/null >/dev/null"])
  func closedStreams(redirection: String) throws {
    let stage = try LoginStage()
    let outcome = try run("exec \"$0\" login --browser ./browser \(redirection)", on: stage)
    #expect(outcome.status == 0)
    #expect(stage.page?.heading == "You’re signed in")
    #expect(try stage.run("show").status == 0)
  }

  @Test("Closed standard output under --json is a failure that says so, after the save")
  func closedOutputJSON() throws {
    let stage = try LoginStage()
    let outcome = try run("exec \"$0\" login --json --browser ./browser >&-", on: stage)
    #expect(outcome.status == 1)
    let file = stage.folder.file(".env")
    #expect(outcome.errors.contains("; signed in, and the tokens are saved in \(file)"))
    #expect(try stage.run("show").status == 0)
  }

  @Test("A closed standard error doesn't end the login")
  func goneReader() throws {
    let stage = try LoginStage()
    let outcome = try run(
      "\"$0\" login --browser ./browser 2>&1 | head -n 1; echo ${PIPESTATUS[0]}", on: stage)
    #expect(outcome.output.hasSuffix("\n0\n"))
    #expect(try stage.run("show").status == 0)
  }

  @Test("Without a terminal a .env is created only if it is named")
  func noFile() throws {
    let stage = try LoginStage()
    let folder = TemporaryFolder()
    let variables = [
      "CLIENT_ID": "sandbox-client", "X_API_BASE_URL": stage.api,
      "X_OAUTH2_AUTHORIZE_URL": "\(stage.api)/i/oauth2/authorize", "PATH": "/usr/bin:/bin",
      "X_OAUTH_CALLBACK_PORT": stage.value("X_OAUTH_CALLBACK_PORT") ?? "",
    ]
    func login(_ arguments: [String]) throws -> Child.Outcome {
      try Child.run(
        Child.built("xauth"), ["login", "--browser", stage.folder.file("browser")] + arguments,
        environment: variables, folder: folder.path)
    }
    let unnamed = try login([])
    #expect(unnamed.status == 4)
    #expect(unnamed.errors.contains(folder.file(".env")) && unnamed.errors.contains("--env-file"))
    #expect(unnamed.errors.contains("a login creates none unasked"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    #expect(try login(["--env-file", ".env"]).status == 0)
    #expect(folder.text(".env")?.contains("X_OAUTH2_ACCESS_TOKEN=sandbox-access-") == true)
  }

  @Test("Without a terminal nothing is asked: no CLIENT_ID is exit 4, --paste is exit 2")
  func neverAsks() throws {
    let stage = try LoginStage()
    let file = stage.folder.text(".env") ?? ""
    stage.folder.write(file.replacingOccurrences(of: "CLIENT_ID=", with: "#"), to: ".env")
    let outcome = try stage.login(["--json"])
    #expect(outcome.status == 4)
    #expect(outcome.error["code"] as? String == "client_id_missing")
    stage.folder.write(file, to: ".env")
    let paste = try stage.start(["--paste", "--json"]).wait()
    #expect(paste.status == 2)
    #expect(paste.error["code"] as? String == "paste_without_terminal")
  }

  @Test("In CI a login needs the hook or --allow-rotate too, before anybody is asked for anything")
  func continuousIntegration() throws {
    let stage = try LoginStage()
    let before = stage.folder.text(".env")
    let refused = try stage.login(["--json"], environment: ["CI": "true"])
    #expect(refused.status == 4)
    #expect(refused.error["code"] as? String == "rotation_in_ci")
    #expect(stage.log.isEmpty)
    #expect(stage.folder.text(".env") == before)
    for (arguments, value) in [
      (["--on-rotate", "cat > hooked"], "true"), (["--allow-rotate"], "1"), ([], "false"),
    ] {
      let outcome = try stage.login(arguments + ["--force"], environment: ["CI": value])
      #expect(outcome.status == 0, "\(outcome.errors)")
    }
    #expect(stage.folder.text("hooked")?.contains("X_OAUTH2_ACCESS_TOKEN=") == true)
  }

  @Test("Options that contradict each other are a usage error")
  func contradictions() throws {
    let stage = try LoginStage()
    #expect(try stage.login(["--no-browser"]).status == 2)
    #expect(try stage.start(["--paste", "--listen", "0.0.0.0"]).wait().status == 2)
    #expect(try stage.start(["--paste", "--browser", "true"]).wait().status == 2)
  }

  @Test("A browser that fails, hangs or writes to the terminal changes nothing")
  func badBrowsers() throws {
    let stage = try LoginStage()
    stage.folder.write("#!/bin/sh\nexit 3\n", to: "fails", mode: 0o700)
    stage.folder.write("#!/bin/sh\necho noise; echo noise >&2\n", to: "noisy", mode: 0o700)
    let fails = try stage.start(["--browser", stage.folder.file("fails")])
    #expect(eventually { fails.errorsSoFar.contains("the browser could not be opened") })
    try stage.browse(fails.authorizeAddress())
    #expect(fails.wait().status == 0)
    let noisy = try stage.start(["--force", "--browser", stage.folder.file("noisy")])
    try stage.browse(noisy.startAddress())
    let outcome = noisy.wait()
    #expect(outcome.status == 0)
    #expect(!outcome.errors.contains("noise"))
  }

  @Test("BROWSER's alternatives are tried until one works, and get neither secret")
  func alternatives() throws {
    let stage = try LoginStage(
      sandbox: ["--auto-approve", "--client-secret", "s3cret"])
    // The client from the environment, which the file therefore must not name.
    let port = try #require(stage.value("X_OAUTH_CALLBACK_PORT"))
    stage.folder.write("X_OAUTH_CALLBACK_PORT=\(port)\n", to: ".env")
    stage.folder.write("#!/bin/sh\nexit 3\n", to: "fails", mode: 0o700)
    stage.folder.write("#!/bin/sh\nenv > seen\nexec ./browser \"$1\"\n", to: "works", mode: 0o700)
    let child = try stage.start(
      [],
      environment: [
        "BROWSER": "/nowhere/x:\(stage.folder.file("fails")):\(stage.folder.file("works")) %s",
        "CLIENT_ID": "sandbox-client", "CLIENT_SECRET": "s3cret", "X_API_BASE_URL": stage.api,
        "X_OAUTH2_AUTHORIZE_URL": "\(stage.api)/i/oauth2/authorize",
      ])
    let outcome = child.wait()
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(stage.folder.text("seen")?.contains("s3cret") == false)
  }

  @Test("So it is where a browser was opened, but on the other side of an editor")
  func openedElsewhere() throws {
    let stage = try LoginStage()
    for environment in [["CODESPACES": "true"], [:]] {
      let outcome = try stage.login(["--force"], environment: environment)
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.errors.contains("Opening "))
      #expect(outcome.errors.contains("VS Code forwards port") == !environment.isEmpty)
    }
  }

  @Test(
    "Where the browser is likely elsewhere, it is said how it gets here",
    arguments: [
      (["SSH_CONNECTION": "192.0.2.1 5000 192.0.2.7 2222", "USER": "me"], "-p 2222 me@192.0.2.7"),
      (["container": "podman"], "X_OAUTH_CALLBACK_LISTEN is 0.0.0.0"),
      (["container": "docker", "REMOTE_CONTAINERS": "true"], "VS Code forwards port"),
      (["CODESPACES": "true"], "VS Code forwards port"),
      (
        ["VSCODE_IPC_HOOK_CLI": "/run/user/1000/vscode-ipc.sock", "SSH_CONNECTION": "a 1 b 22"],
        "VS Code forwards port"
      ),
    ])
  func elsewhere(environment: [String: String], hint: String) throws {
    let stage = try LoginStage()
    let child = try stage.start(environment: environment)
    try stage.browse(child.authorizeAddress())
    let outcome = child.wait()
    #expect(outcome.status == 0)
    #expect(outcome.errors.contains(hint))
    if hint.hasPrefix("-p") {
      let port = stage.value("X_OAUTH_CALLBACK_PORT") ?? ""
      #expect(outcome.errors.contains("ssh -L \(port):127.0.0.1:\(port) \(hint)"))
    }
  }
}
