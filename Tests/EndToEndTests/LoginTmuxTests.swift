import Foundation
import TestSupport
import Testing

@Suite(
  "A login in a shell in a terminal",
  .enabled(if: isInstalled(Tmux.program)))
struct LoginTmuxTests {
  @Test("Other sizes, Ctrl-Z, the shell meanwhile, fg, a paste: the shell is as it was")
  func session() throws {
    let stage = try LoginStage()
    let terminal = try Tmux(stage)
    try terminal.type("\(Child.built("xauth")) login --no-browser")
    #expect(terminal.shows(" left"))
    let address = try #require(
      terminal.screen.split(separator: "\n").first { $0.hasPrefix("http://") })

    for (columns, rows) in [(20, 10), (120, 50), (30, 20), (100, 40)] {
      try terminal.resize(columns: columns, rows: rows)
      // A tick in this size.
      let now = Self.countdown(terminal)
      #expect(eventually { Self.countdown(terminal) != now })
    }
    try terminal.press("C-z")
    #expect(terminal.shows("Stopped"))
    try terminal.type("echo the shell listens")
    #expect(terminal.shows("the shell listens", times: 2))
    try terminal.type("fg; echo exit $?")
    #expect(terminal.shows(" left", times: 2))

    let redirect = try Child.run(
      "/usr/bin/curl",
      ["--noproxy", "*", "-s", "-o", "/dev/null", "-w", "%{redirect_url}", String(address)],
      environment: LoginStage.environment
    ).output
    try terminal.paste(" <\(redirect)>\n")
    #expect(terminal.shows("signed in"))
    #expect(terminal.shows("exit 0"))
    try terminal.type("echo the shell listens again")
    #expect(terminal.shows("again", times: 2))
    try TerminalSession.compare(terminal.screen, of: stage, to: "login-tmux")
  }

  @Test("A question for a secret is put aside in the background, and asked again after fg")
  func secretInBackground() throws {
    let stage = try LoginStage(sandbox: ["--auto-approve", "--client-secret", "s3cret"])
    let file = stage.forgetClient()
    let terminal = try Tmux(stage)
    try terminal.type("\(Child.built("xauth")) login --no-browser")
    #expect(terminal.shows("1 or 2"))
    try terminal.type("1")
    #expect(terminal.shows("Client ID:"))
    try terminal.type("sandbox-client")
    let question = "Client Secret"
    #expect(terminal.shows(question, times: 2))
    try terminal.press("C-z")
    #expect(terminal.shows("Stopped"))
    try terminal.type("bg")
    try terminal.type("jobs")
    #expect(terminal.shows("Running"))
    try terminal.type("echo the shell listens")
    #expect(terminal.shows("the shell listens", times: 2))
    #expect(!terminal.shows(question, times: 3, within: 0))
    try terminal.type("fg")
    #expect(terminal.shows(question, times: 3))
    try terminal.type("s3cret")
    #expect(terminal.shows("left"))
    #expect(!terminal.screen.contains("s3cret"))
    try terminal.press("C-c")
    try terminal.type("echo exit $?")
    #expect(terminal.shows("exit 130"))
    #expect(stage.folder.text(".env") == file)
  }

  /// The countdown as it stands.
  private static func countdown(_ terminal: Tmux) -> Substring? {
    terminal.screen.split(separator: "\n").last { $0.contains(" left") }
  }
}
