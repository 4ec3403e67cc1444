@testable import XAuthTool

extension FuzzTarget {
  /// What a terminal sends while somebody types and pastes.
  static let terminalLine = FuzzTarget(name: "terminal-line") { input in
    var line = TerminalLine()
    for byte in input {
      let wasEmpty = line.isEmpty
      let step = line.take(byte)
      try promise("what is ignored leaves the line", step != .ignored || line.isEmpty == wasEmpty)
      try promise("input ends only where nothing was typed", step != .endOfInput || line.isEmpty)
    }
    switch line.finish() {
    case .text(let secret):
      let text = secret.reveal()
      try promise("a line is bounded", text.utf8.count <= 3 * TerminalLine.limit && !text.isEmpty)
      try promise(
        "a line has no control characters", text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F })
    case .tooLong: try promise("much is too long", input.count > TerminalLine.limit)
    case .none, .emptyLine, .endOfInput: break
    }
    try promise("a line that is handed over is gone", line.isEmpty)
  }
}
