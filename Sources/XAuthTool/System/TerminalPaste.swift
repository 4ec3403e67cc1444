import Glibc
import OAuth

/// What reading the paste came to.
enum PasteEvent: Equatable, Sendable {
  /// Nothing yet: no line has ended.
  case none
  /// A line, not empty, ended by Enter; or all lines of one paste. A pause alone never ends it: half a code must not be sent.
  case text(Secret)
  /// Enter was pressed, and nothing before it.
  case emptyLine
  /// A line over 16 KiB ended; all of it was dropped.
  case tooLong
  /// Nothing more can be typed: Ctrl-D on an empty line, or the terminal is gone.
  case endOfInput
}

/// Pasting at a terminal, from its begin to its end.
struct TerminalPaste: Sendable {
  private let device: TerminalDevice
  private var mode: HiddenInputMode
  private var line: TerminalLine

  init(_ device: TerminalDevice) {
    self.device = device
    mode = HiddenInputMode(device)
    _ = mode.enter()
    line = TerminalLine(keys: mode.keys)
  }

  /// How many characters have come.
  var typed: Int { line.count }

  /// What came since the last call.
  mutating func read() -> PasteEvent {
    switch device.place {
    case .gone: return .endOfInput
    case .background: return .none
    case .foreground: _ = mode.enter()
    }
    var hasEnded = false
    var isEnterAlone = false
    while true {
      switch device.read(upTo: 4096, within: hasEnded ? gap : 0) {
      case .end: return .endOfInput
      case .nothing: return hasEnded ? line.finish() : isEnterAlone ? .emptyLine : .none
      case .bytes(let bytes):
        for byte in bytes {
          switch line.take(byte) {
          case .enter:
            hasEnded = !line.isEmpty
            isEnterAlone = line.isEmpty && !line.isInPaste
            line.breakLine()
          case .edited:
            hasEnded = false
            isEnterAlone = false
          case .ignored: break
          case .endOfInput: return .endOfInput
          case .suspend:
            stop()
            return .none
          }
        }
      }
    }
  }

  /// Restores the settings.
  func end() { mode.leave(discardingInput: true) }

  /// Milliseconds to wait for the next piece of a paste once a line of it has ended: longer than the
  /// gap between two pieces, too short to be noticed. Between the marks of a bracketed paste more is
  /// sure to come.
  private var gap: Int32 { line.isInPaste ? 500 : 50 }

  /// Ctrl-Z: the shell gets the terminal as it was; after `fg` the mode is set again. What was typed
  /// is dropped, as the terminal itself does with unread input.
  private mutating func stop() {
    mode.leave(discardingInput: true)
    line = TerminalLine(keys: mode.keys)
    // As the terminal does it: to the whole process group, such as a pipeline.
    kill(0, SIGTSTP)
    _ = mode.enter()
  }
}
