/// A question at the terminal whose answer may be seen. The terminal's own editing serves.
struct TerminalQuestion {
  let device: TerminalDevice
  let prompt: String

  /// The answer; nil at the end of input.
  func ask() -> String? {
    device.write(prompt)
    var answer: [UInt8] = []
    while answer.count < TerminalLine.limit {
      // A byte at a time: what follows the line belongs to the next question.
      switch device.read(upTo: 1, within: -1) {
      case .bytes([0x0A]): return String(decoding: answer, as: UTF8.self)
      case .bytes(let byte): answer += byte
      case .nothing: continue
      case .end: return answer.isEmpty ? nil : String(decoding: answer, as: UTF8.self)
      }
    }
    return nil
  }
}
