import Glibc

/// A terminal's settings while nothing typed may be seen: not canonical (which cuts lines at 4096
/// bytes, termios(3)) and not echoed. Remembers what to put back.
///
/// Touches the terminal only from the foreground: tcsetattr(3) from the background would stop the
/// process, and the terminal belongs to others then.
struct TerminalMode: Sendable {
  /// Where this process stands to the terminal.
  enum Place {
    case foreground
    case background
    /// Hung up, or not this session's terminal.
    case gone
  }

  /// Who acts on Ctrl-C.
  enum InterruptKeys {
    /// The terminal, by a signal, whatever the process is doing. Ctrl-Z and Ctrl-\ arrive as bytes:
    /// the settings are to be put back before the shell gets the terminal.
    case signal
    /// The reader: all three keys arrive as bytes.
    case bytes
  }

  private let descriptor: Int32
  private let interruptKeys: InterruptKeys
  private var saved: termios?

  init(_ descriptor: Int32, _ interruptKeys: InterruptKeys) {
    self.descriptor = descriptor
    self.interruptKeys = interruptKeys
  }

  /// Where this process stands to the terminal now.
  var place: Place { Self.place(descriptor) }

  /// Where this process stands to the terminal on `descriptor`.
  static func place(_ descriptor: Int32) -> Place {
    switch tcgetpgrp(descriptor) {
    case -1: .gone
    case getpgrp(): .foreground
    default: .background
    }
  }

  /// The keys of the settings that will be put back.
  var keys: TerminalKeys { saved.map(TerminalKeys.init) ?? TerminalKeys() }

  /// Sets the mode, if it isn't set already; says whether it had to. Cheap enough for every tick:
  /// a shell that continued this process may have set its own idea of the terminal.
  mutating func enter() -> Bool {
    var current = termios()
    guard place == .foreground, tcgetattr(descriptor, &current) == 0,
      saved == nil || !isSet(current)
    else { return false }
    // A canonical mode is one that somebody means to come back to; the half-set one of a line
    // editor is not.
    if saved == nil || current.c_lflag & tcflag_t(ICANON) != 0 { saved = current }
    current.c_lflag &= ~tcflag_t(ICANON | ECHO | ECHONL | IEXTEN)
    if interruptKeys == .bytes { current.c_lflag &= ~tcflag_t(ISIG) }
    current[control: VSUSP] = 0
    current[control: VQUIT] = 0
    current[control: VMIN] = 1
    current[control: VTIME] = 0
    return tcsetattr(descriptor, TCSANOW, &current) == 0
  }

  /// Puts back what was there; `discardingInput` also drops what was typed and not read. Not with
  /// TCSAFLUSH, which waits for a terminal that is held (Ctrl-S).
  func leave(discardingInput: Bool = false) {
    guard var saved, place == .foreground else { return }
    tcsetattr(descriptor, TCSANOW, &saved)
    if discardingInput { tcflush(descriptor, TCIFLUSH) }
  }

  private func isSet(_ current: termios) -> Bool {
    let cleared = ICANON | ECHO | (interruptKeys == .bytes ? ISIG : 0)
    return current.c_lflag & tcflag_t(cleared) == 0 && current[control: VSUSP] == 0
      && current[control: VQUIT] == 0
  }
}
