import CommandTable
import Testing

@testable import Rotation
@testable import XAuthKit

@Suite("Defaults")
struct OptionDefaultTests {
  private func told(_ option: String, of command: Command) -> Int? {
    let row = command.options.first { $0.name == option }
    return row?.value?.defaultValue.flatMap(DurationText.seconds)
  }

  @Test("that the help tells are those that hold")
  func held() {
    #expect(told("min-validity", of: RefreshCommand.row) == RefreshCommand.defaultValidity)
    #expect(told("min-validity", of: TokenCommand.row) == TokenCommand.defaultValidity)
    #expect(told("min-validity", of: ExecCommand.row) == ExecCommand.defaultValidity)
    let lock = Int(Rotation.lockTimeout)
    for command in Tool.subcommands.map({ $0.row }) {
      if let seconds = told("lock-timeout", of: command) { #expect(seconds == lock) }
    }
  }
}
