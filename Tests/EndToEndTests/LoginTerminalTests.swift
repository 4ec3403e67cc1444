import Foundation
import TestSupport
import Testing

@Suite("A login at a terminal")
struct LoginTerminalTests {
  @Test(
    "The first run explains the console, asks without showing the secret, and saves what worked")
  func firstRun() throws {
    let stage = try LoginStage(sandbox: ["--auto-approve", "--client-secret", "s3cret"])
    stage.forgetClient()
    let outcome = try TerminalSession.login(
      stage,
      doing: [
        .expect("1 or 2 .*: "), .send("\n"), .expect("Client ID: "), .send("\n"),
        .next("Client ID: "), .send("  sandbox-client \n"),
        .expect("Client Secret.*: "), .echo(false), .send("s3cret\n"),
      ] + .paste, as: "login-first-run")
    #expect(!outcome.raw.contains("s3cret"))
    #expect(stage.value("CLIENT_ID") == "sandbox-client")
    #expect(stage.value("CLIENT_SECRET") == "s3cret")
    // What was asked for once is asked for by the next login, too.
    let scopes = stage.value("X_OAUTH2_SCOPES") ?? ""
    #expect(scopes.contains("bookmark.read") && !scopes.contains("write"))
    #expect(try stage.run("refresh", "--force").status == 0)
  }

  @Test("Credentials that X refuses aren't saved, and are asked for again")
  func firstRunRefused() throws {
    let stage = try LoginStage(sandbox: ["--auto-approve", "--client-secret", "s3cret"])
    stage.forgetClient()
    let outcome = try TerminalSession.login(
      stage,
      doing: [
        .expect("1 or 2 .*: "), .send("x\n"), .next("1 or 2 .*: "), .send("2\n"),
        .expect("Client ID: "), .send("sandbox-client\n"),
        .expect("Client Secret.*: "), .echo(false), .send("wrong\n"),
      ] + .paste + [
        .expect("type them again.*Client ID \\[sandbox-client\\]: "), .send("\n"),
        .next("Client Secret.*: "), .echo(false), .send("s3cret\n"),
        .expect("type them again.*\n(?P<address>http://127\\.0\\.0\\.1:\\S+)\r\n.*left"),
        .echo(false),
        .fetch("${address}"), .send("${redirect}\n"),
      ])
    #expect(outcome.status == 0, "\(outcome.screen)")
    #expect(stage.value("CLIENT_SECRET") == "s3cret" && stage.value("X_OAUTH2_SCOPES") == nil)
    #expect(outcome.screen.contains("App permissions   Read and write"))
  }

  @Test("Mistyping and stopping: each time it helps; scopes that are set aren't asked for")
  func firstRunSlips() throws {
    let stage = try LoginStage()
    stage.forgetClient(adding: "X_OAUTH2_SCOPES=users.read,tweet.read,offline.access\n")
    let outcome = try TerminalSession.login(
      stage,
      doing: [
        .expect("Client ID: "), .stop, .next("Client ID: "), .send("sandbox client\n"),
        .expect("spaces.*Client ID: "), .send("CLIENT_ID='sandbox-client'\n"),
        .expect("Client Secret.*: "), .echo(false), .send("\n"),
      ] + .paste)
    #expect(outcome.status == 0, "\(outcome.screen)")
    #expect(stage.value("CLIENT_ID") == "sandbox-client" && stage.value("CLIENT_SECRET") == "")
  }

  @Test("An API key in the place of the client ID gets a word of warning")
  func firstRunKey() throws {
    let stage = try LoginStage()
    stage.forgetClient()
    let outcome = try TerminalSession.login(
      stage,
      doing: [
        .expect("1 or 2 .*: "), .send("1\n"), .expect("Client ID: "),
        .send("a1B2c3D4e5F6g7H8i9J0k1L2m\n"), .expect("looks like the API key"),
        .expect("Client Secret.*: "), .echo(false), .send("\u{4}"),
      ])
    #expect(outcome.status == 3, "\(outcome.screen)")
  }

  @Test("Ending the questions changes nothing")
  func firstRunDeclined() throws {
    let stage = try LoginStage()
    let file = stage.forgetClient()
    let outcome = try TerminalSession.login(
      stage, doing: [.expect("1 or 2 .*: "), .send("\n"), .expect("Client ID: "), .send("\u{4}")])
    #expect(outcome.status == 3)
    #expect(
      outcome.screen.hasSuffix("Client ID:\nxauth: the login was cancelled; no token was changed\n")
    )
    #expect(stage.folder.text(".env") == file)
  }

  @Test(
    "Asks before tokens go where others can read them, and changes the mode on a yes alone",
    arguments: [("\n", 0o600), ("n\n", 0o644)] as [(String, UInt16)])
  func openToOthers(answer: String, mode: UInt16) throws {
    let stage = try LoginStage()
    chmod(stage.folder.file(".env"), 0o644)
    let outcome = try TerminalSession.login(
      stage,
      doing: [.expect("Make .*[.]env readable by its owner only\\? \\[Y/n\\] "), .send(answer)]
        + .paste)
    #expect(outcome.status == 0, "\(outcome.screen)")
    #expect(outcome.screen.contains("can reach"))
    let now = try FileManager.default.attributesOfItem(atPath: stage.folder.file(".env"))
    #expect(now[.posixPermissions] as? UInt16 == mode)
  }

  @Test(
    "What the browser ended on can be pasted: the URL, its query, the bare code, mangled by a chat",
    arguments: [
      ("^", ""), ("^[^?]*", ""), ("^[^?]*[?]", ""), ("^.*code=([^&]*).*$", "\\1"), ("&", "&amp;"),
      ("^(.{60})(.*)$", " <\\1\n\\2>"), ("^(.*)$", "\t“\\1” "),
      ("^(.{40})(.{40})(.*)$", "'\\1\r\n  \\2 \r\n\\3'"),
      ("^(.*)$", "\u{1B}[200~\\1\u{1B}[201~"), ("^(.*)$", "Here it is:\n\\1\nThank you!"),
      ("([?&])", "\\\\\\1"), ("^.*(code=[^&]*).*$", "\\1"),
    ])
  func paste(pattern: String, replacement: String) throws {
    let stage = try LoginStage()
    let outcome = try TerminalSession.login(
      stage,
      doing: [
        .address, .echo(false), .fetch("${address}"), .edit(pattern, replacement),
        .send("${redirect}\n"),
      ])
    #expect(outcome.status == 0, "\(outcome.screen)")
    #expect(outcome.echo)
    #expect(!outcome.raw.contains("code=sandbox"))
    // However it came, the session looks the same.
    try TerminalSession.compare(outcome, of: stage, to: "login-pasted")
  }

  /// A login that is waited for in one plain line, its address kept, and a paste.
  private static let plainPaste: [TerminalSession.Step] = [
    .expect("(?P<address>http://127\\.0\\.0\\.1:\\S+/authorize\\S+)\r\n"), .expect("waiting 5 min"),
    .echo(false), .fetch("${address}"), .send("${redirect}\n"),
  ]

  @Test(
    "A terminal that can only print lines gets lines, and can be pasted into",
    arguments: ["dumb", ""])
  func dumbTerminal(kind: String) throws {
    let outcome = try TerminalSession.login(
      LoginStage(), environment: ["TERM": kind], doing: Self.plainPaste)
    #expect(outcome.status == 0, "\(outcome.screen)")
    #expect(outcome.screen.contains("signed in"))
    #expect(!outcome.raw.contains("\u{1B}") && !outcome.raw.contains(" left"))
    #expect(outcome.echo)
  }

  /// Runs a login in a shell that sends standard error elsewhere.
  private static func redirected(_ redirection: String) -> [String] {
    ["/bin/bash", "-c", "\"$0\" \"$@\" \(redirection); exit ${PIPESTATUS[0]}"]
  }

  @Test("Where standard error is a pipe to a log, the terminal can be pasted into")
  func pipedErrors() throws {
    let stage = try LoginStage()
    let outcome = try TerminalSession.login(
      stage, by: Self.redirected("2>&1 | tee log"), doing: Self.plainPaste)
    #expect(outcome.status == 0, "\(outcome.screen)")
    #expect(outcome.echo)
    #expect(!outcome.raw.contains("code=sandbox") && !outcome.raw.contains("\u{1B}"))
    #expect(stage.folder.text("log")?.contains("signed in as") == true)
  }

  @Test("There questions are asked on the terminal, a secret hidden, and not written to the log")
  func pipedQuestions() throws {
    let stage = try LoginStage(sandbox: ["--auto-approve", "--client-secret", "s3cret"])
    stage.forgetClient()
    let outcome = try TerminalSession.login(
      stage, by: Self.redirected("2>&1 | tee log"),
      doing: [
        .expect("1 or 2 .*: "), .send("\n"),
        .expect("Client ID: "), .send("sandbox-client\n"), .expect("Client Secret.*: "),
        .echo(false), .send("s3cret\n"),
      ] + Self.plainPaste)
    #expect(outcome.status == 0, "\(outcome.screen)")
    #expect(!outcome.raw.contains("s3cret"))
    #expect(stage.folder.text("log")?.contains("Client ID: ") == false)
  }

  @Test("There a working grant isn't replaced without a yes either")
  func pipedConfirmation() throws {
    let stage = try LoginStage()
    #expect(try stage.login().status == 0)
    let before = stage.folder.text(".env")
    let outcome = try TerminalSession.login(
      stage, by: Self.redirected("2> log"), doing: [.expect("Log in anyway"), .send("n\n")])
    #expect(outcome.status == 3, "\(outcome.screen)")
    #expect(stage.folder.text(".env") == before)
  }

  @Test("Nothing of a path or of the program's own name controls the terminal")
  func hostileNames() throws {
    let stage = try LoginStage()
    let evil = "e\u{1B}[31mv\u{202E}i\nl\u{9B}6n"
    let outcome = try Child.run(
      "/bin/bash",
      [
        "-c",
        """
        mkdir "$1" && cp .env "$1/" && cd "$1" && cp "$0" "x$1" || exit 9
        for call in doctor 'doctor --json' show refresh 'refresh --json' help bogus version; do
          "./x$1" $call
        done 2>&1
        "./x$1" login --timeout 1s --no-browser 2>&1
        """, Child.built("xauth"), evil,
      ], environment: LoginStage.environment, folder: stage.folder.path)
    let said = outcome.output
    #expect(said.contains("xe[31mvi l6n") && said.contains("Open this address"))
    #expect(!said.unicodeScalars.contains { ["\u{1B}", "\u{202E}", "\u{9B}"].contains($0) })
    #expect(!said.split(separator: "\n").contains { $0.hasPrefix("l6n") })
  }

  @Test("--paste doesn't listen, and takes what is pasted although the port is in use")
  func pasteOnly() throws {
    let stage = try LoginStage()
    stage.occupyPort()
    try TerminalSession.login(
      stage, ["--paste", "--no-browser"], doing: .paste, as: "login-paste")
  }

  @Test("The end of input ends a login that only takes a paste")
  func pasteOnlyEnded() throws {
    let stage = try LoginStage()
    let outcome = try TerminalSession.login(
      stage, ["--paste", "--no-browser"], doing: [.address, .echo(false), .send("\u{4}")])
    #expect(outcome.status == 3)
    #expect(outcome.screen.contains("input ended before an address was pasted"))
  }

  @Test("A pasted denial is a denial")
  func pastedDenial() throws {
    let stage = try LoginStage(sandbox: ["--auto-deny"])
    let outcome = try TerminalSession.login(
      stage, doing: .paste, as: "login-pasted-denial", status: 3)
    #expect(outcome.echo)
  }

  @Test("What can't be used is said, and waiting goes on: over Ctrl-Z, fg and another size")
  func slips() throws {
    let stage = try LoginStage()
    let port = stage.value("X_OAUTH_CALLBACK_PORT") ?? ""
    let outcome = try TerminalSession.login(
      stage,
      doing: [
        .address, .echo(false), .send("hello\n"), .expect("neither"),
        .send("no-code-but-long-enough-for-one.\n"), .expect("refused that code"),
        .next("left"), .echo(false), .send("127.0.0.1:\(port)/oauth/callback\n"),
        .expect("incomplete"), .send("sandbox-client\n"), .next("neither"),
        .send("${address}\n"), .expect("address to open"),
        .send("http://127.0.0.1/?state=x\u{15}"),
        .send("?code=abcdefghijklmnopqrstuvw&state=x.y\n"),
        .expect("another login"), .stop, .echo(false), .resize(columns: 30, rows: 10),
        .resize(columns: 600, rows: 50), .send("half"), .expect("4 characters"), .send("\u{15}"),
        .fetch("${address}"), .send("${redirect}\n"),
      ], as: "login-slips")
    #expect(outcome.echo)
  }

  @Test("Ctrl-\\ ends the wait as well, and the terminal is as it was")
  func quit() throws {
    let outcome = try TerminalSession.login(
      LoginStage(), doing: [.address, .echo(false), .send("half\u{1C}")])
    #expect(outcome.status == 128 + SIGQUIT)
    #expect(outcome.echo)
  }

  @Test("Ctrl-C ends the wait, and the terminal is as it was")
  func interrupted() throws {
    let stage = try LoginStage()
    let outcome = try TerminalSession.login(
      stage, doing: [.address, .echo(false), .send("\u{3}")], as: "login-interrupted", status: 130)
    #expect(outcome.echo)
  }

  /// Some of those that nobody types, and that end a process by default.
  static let sent: [Int32] = [SIGUSR1, SIGALRM, SIGHUP, SIGTERM, SIGPWR, 64]

  @Test("Any signal that ends the wait leaves the terminal as it was", arguments: sent)
  func ended(signal: Int32) throws {
    let outcome = try TerminalSession.login(
      LoginStage(), doing: [.address, .echo(false), .signal(signal)])
    #expect(outcome.status == 128 + signal)
    #expect(outcome.echo)
  }

  @Test("Any signal that ends the question for a secret leaves it as it was too", arguments: sent)
  func endedQuestion(signal: Int32) throws {
    let stage = try LoginStage()
    let file = stage.forgetClient()
    let outcome = try TerminalSession.login(
      stage,
      doing: [
        .expect("1 or 2 .*: "), .send("\n"), .expect("Client ID: "), .send("app\n"),
        .expect("Client Secret.*: "), .echo(false), .signal(signal),
      ])
    #expect(outcome.status == 128 + signal)
    #expect(outcome.echo)
    #expect(stage.folder.text(".env") == file)
  }

  @Test("Ctrl-Z gives the shell its terminal, and after fg the login waits on")
  func stopped() throws {
    let stage = try LoginStage()
    let outcome = try TerminalSession.login(
      stage,
      doing: [
        .address, .echo(false), .stop, .echo(false), .next("left"), .fetch("${address}"),
        .send("${redirect}\n"),
      ], as: "login-stopped")
    #expect(outcome.echo)
  }

  @Test("If another program changes the terminal, a tick later nothing typed is shown again")
  func tamperedWith() throws {
    let stage = try LoginStage()
    let outcome = try TerminalSession.login(
      stage,
      doing: [
        // Nothing is typed between the two: only the clock ticks.
        .address, .echo(false), .tamper, .echo(false), .fetch("${address}"),
        .send("${redirect}\n"),
      ])
    #expect(outcome.status == 0)
    #expect(outcome.echo)
    #expect(!outcome.raw.contains("code=sandbox"))
  }

  @Test("A paste that comes in pieces, seconds apart, is whole in spite of the countdown")
  func pieces() throws {
    let stage = try LoginStage()
    let outcome = try TerminalSession.login(
      stage,
      doing: [
        .address, .echo(false), .fetch("${address}"),
        .edit("^(?P<start>.{30}).*$", "\\g<start>"),
        .send("${redirect}"), .expect("30 characters pasted"), .next("left"), .next("left"),
        .fetch("${address}"), .edit("^.{30}", ""), .send("${redirect}"), .next("characters pasted"),
        .next("left"), .send("\n"),
      ], as: "login-pasted")
    #expect(!outcome.raw.contains("sandbox-code"))
  }

  @Test("Before a grant that may work is replaced, the user is asked")
  func replacing() throws {
    let stage = try LoginStage()
    #expect(try stage.login().status == 0)
    let before = stage.value("X_OAUTH2_ACCESS_TOKEN")
    let no = try TerminalSession.login(stage, doing: [.expect("\\[y/N\\] "), .send("\n")])
    #expect(no.status == 3)
    #expect(stage.value("X_OAUTH2_ACCESS_TOKEN") == before)
    try TerminalSession.compare(no, of: stage, to: "login-declined")
    let yes = try TerminalSession.login(
      stage, ["--browser", stage.folder.file("browser")],
      doing: [.expect("\\[y/N\\] "), .send("y\n")])
    #expect(yes.status == 0)
    #expect(stage.value("X_OAUTH2_ACCESS_TOKEN") != before)
  }

  @Test("Ctrl-S holds the countdown, and not the callback")
  func held() throws {
    let stage = try LoginStage()
    let address = "127.0.0.1:\(stage.value("X_OAUTH_CALLBACK_PORT") ?? "")"
    let outcome = try TerminalSession.login(
      stage, ["--no-browser", "--timeout", "1m"],
      doing: [
        .address, .echo(false), .next("left"), .send("\u{13}"), .fetch("${address}"),
        .pass(to: address, host: ""), .send("\u{11}"), .expect("signed in"),
      ])
    #expect(outcome.status == 0)
    #expect(outcome.echo)
  }

  @Test("While the browser is waited for, one line counts down and goes away")
  func countdown() throws {
    let stage = try LoginStage()
    let outcome = try TerminalSession.login(
      stage, ["--no-browser", "--timeout", "3s"],
      doing: [.expect("0:03 left.*0:02 left.*0:01 left")], as: "login-timed-out", status: 3)
    #expect(outcome.echo)
  }
}
