/// A question at the terminal whose answer may be seen. The terminal's own editing serves.
struct TerminalQuestion {
  /// Milliseconds between two looks for a stop that is over: a person doesn't notice.
  private static let tick: Int32 = 100

  let device: TerminalDevice
  let prompt: String

  /// The answer; nil at the end of input.
  func ask() -> String? {
    var continuation = TerminalContinuation()
    defer { continuation.end() }
    device.write(prompt)
    var answer: [UInt8] = []
    while answer.count < TerminalLine.limit {
      // A byte at a time: what follows the line belongs to the next question.
      switch device.read(upTo: 1, within: Self.tick) {
      case .bytes([0x0A]): return String(decoding: answer, as: UTF8.self)
      case .bytes(let byte): answer += byte
      case .nothing:
        // The shell has written below the question, and the terminal dropped what was typed.
        if continuation.hasHappened() { device.write(prompt) }
      case .end: return answer.isEmpty ? nil : String(decoding: answer, as: UTF8.self)
      }
    }
    return nil
  }
}
