import CommandTable
import Testing

@testable import XAuthTool

@Suite("The tool's options, typed")
struct OptionsTests {
  @Test("every option of a command sets something, and no two the same")
  func places() {
    for subcommand in Tool.subcommands {
      var seen = [Options(Invocation(command: subcommand.name))]
      for row in subcommand.options + Option.common {
        let given = [row.option.name: Self.values(for: row.option)]
        let options = Options(Invocation(command: subcommand.name, options: given))
        #expect(!seen.contains(options), "\(subcommand.name) --\(row.option.name)")
        seen.append(options)
      }
    }
  }

  private static func values(for option: CommandOption) -> [String] {
    switch option.value?.kind {
    case nil: []
    case .choice(let choices): choices.suffix(1)
    case .seconds: ["7m"]
    case .port: ["7000"]
    default: ["value"]
    }
  }

  @Test("the defaults are those of the command")
  func defaults() {
    let validities = ["refresh", "token", "exec"].map {
      Options(Invocation(command: $0)).minValidity
    }
    #expect(validities == [75 * 60, 60, 5 * 60])
    #expect(Options(Invocation(command: "export")).format == .dotenv)
  }

  @Test("an option that another command has is as if it weren't given")
  func others() {
    let options = Options(Invocation(command: "help", options: ["force": []]))
    #expect(options == Options(Invocation(command: "help")))
  }
}
