import Glibc

/// The paste mode of a terminal, from its begin to its end.
struct TerminalPaste: Sendable {
  /// Milliseconds that the next piece of a paste may keep us waiting once a line of it has ended:
  /// longer than the gap between two pieces, shorter than anybody notices. Between the marks of a
  /// bracketed paste more is sure to come.
  private static let gap: (plain: Int32, bracketed: Int32) = (50, 500)

  private let device: TerminalDevice
  private var mode: TerminalMode
  private var line: TerminalLine

  init(_ device: TerminalDevice) {
    self.device = device
    mode = TerminalMode(device.input, .signal)
    _ = mode.enter()
    line = TerminalLine(keys: mode.keys)
  }

  /// How many characters have come.
  var typed: Int { line.count }

  /// What came since the last call.
  mutating func read() -> PasteEvent {
    switch mode.place {
    case .gone: return .endOfInput
    case .background: return .none
    case .foreground: _ = mode.enter()
    }
    var hasEnded = false
    while true {
      switch device.read(upTo: 4096, within: hasEnded ? gap : 0) {
      case .end: return .endOfInput
      case .nothing: return hasEnded ? line.finish() : .none
      case .bytes(let bytes):
        for byte in bytes {
          switch line.take(byte) {
          case .enter: hasEnded = !line.isEmpty
          case .edited: hasEnded = false
          case .ignored: break
          case .endOfInput: return .endOfInput
          case .signal(let signal):
            stop(signal)
            return .none
          }
        }
      }
    }
  }

  /// Leaves the mode.
  func end() { mode.leave(discardingInput: true) }

  private var gap: Int32 { line.isInPaste ? Self.gap.bracketed : Self.gap.plain }

  /// Ctrl-Z, Ctrl-\: the shell gets the terminal as it was; on return it is ours again. What was
  /// typed is dropped, as the terminal itself does with unread input.
  private mutating func stop(_ signal: Int32) {
    mode.leave(discardingInput: true)
    line = TerminalLine(keys: mode.keys)
    TerminalSignals.send(signal)
    _ = mode.enter()
  }
}
