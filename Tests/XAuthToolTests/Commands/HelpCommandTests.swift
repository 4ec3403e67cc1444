import TestSupport
import Testing

@testable import XAuthTool

@Suite("help")
struct HelpCommandTests {
  @Test(
    "a command, a topic, everything", arguments: [["help"], ["help", "login"], ["help", "cron"]])
  func pages(arguments: [String]) {
    let run = World().run(arguments)
    #expect(run.status == 0)
    #expect(run.output.contains(arguments.last == "help" ? "refresh" : arguments[1]))
    #expect(run.errors.isEmpty)
    #expect(!run.output.contains("\u{1B}"))
  }

  @Test("-h is a screenful of it, and so is nothing at all")
  func brief() {
    for arguments in [["login", "-h"], ["-h"], []] {
      let run = World().run(arguments)
      #expect(run.status == 0)
      #expect(run.output.contains("Usage: xauth "))
      #expect(run.output.split(separator: "\n", omittingEmptySubsequences: false).count <= 24)
    }
    #expect(World().run("login", "--help").output.contains("Exit codes:"))
  }

  @Test("--man is the page of the tool, or of what is named")
  func manual() {
    #expect(World().run("help", "--man").output.hasPrefix(".TH \"XAUTH\" \"1\""))
    #expect(World().run("help", "--man", "login").output.hasPrefix(".TH \"XAUTH-LOGIN\" \"1\""))
    #expect(World().run("help", "--man", "cron").output.hasPrefix(".TH \"XAUTH-CRON\" \"7\""))
  }

  @Test("it is bold on a terminal, unless colour is turned off")
  func bold() {
    let world = World()
    world.isOutputTerminal = true
    #expect(world.run("help").output.contains("\u{1B}[1m"))
    #expect(!world.run("help", "--no-color").output.contains("\u{1B}"))
    world.environment = ["TERM": "dumb"]
    #expect(!world.run("help").output.contains("\u{1B}"))
    world.environment = ["NO_COLOR": "1"]
    #expect(!world.run("help").output.contains("\u{1B}"))
  }
}
