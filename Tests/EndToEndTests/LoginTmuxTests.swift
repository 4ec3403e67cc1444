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

  /// The countdown as it stands.
  private static func countdown(_ terminal: Tmux) -> Substring? {
    terminal.screen.split(separator: "\n").last { $0.contains(" left") }
  }
}
