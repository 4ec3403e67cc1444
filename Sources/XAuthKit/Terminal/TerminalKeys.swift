import Glibc

/// The control characters that edit and interrupt, as this terminal's user has set them.
struct TerminalKeys: Sendable {
  var interrupt: UInt8 = 0x03
  var quit: UInt8 = 0x1C
  var suspend: UInt8 = 0x1A
  var erase: UInt8 = 0x7F
  var kill: UInt8 = 0x15
  var endOfInput: UInt8 = 0x04

  /// What is usual: Ctrl-C, Ctrl-\, Ctrl-Z, Backspace, Ctrl-U, Ctrl-D.
  init() {}

  init(_ settings: termios) {
    interrupt = settings[control: VINTR]
    quit = settings[control: VQUIT]
    suspend = settings[control: VSUSP]
    erase = settings[control: VERASE]
    kill = settings[control: VKILL]
    endOfInput = settings[control: VEOF]
  }

  /// The signal that the key stands for.
  func signal(for byte: UInt8) -> Int32? {
    // 0 is _POSIX_VDISABLE: a key that is switched off.
    guard byte != 0 else { return nil }
    return switch byte {
    case interrupt: SIGINT
    case quit: SIGQUIT
    case suspend: SIGTSTP
    default: nil
    }
  }
}

extension termios {
  /// A control character by its index in `c_cc`, which Swift sees as a tuple.
  subscript(control index: Int32) -> UInt8 {
    get { withUnsafeBytes(of: c_cc) { $0[Int(index)] } }
    set { withUnsafeMutableBytes(of: &c_cc) { $0[Int(index)] = newValue } }
  }
}
