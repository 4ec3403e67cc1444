import Glibc

/// The descriptors of a terminal: one to read from, one to write to.
struct TerminalDevice: Sendable {
  /// What reading came to.
  enum Input {
    case bytes([UInt8])
    case nothing
    case end
  }

  /// Whether this process may use the terminal.
  enum Place {
    case foreground
    case background
    /// Hung up, or not the terminal of this session.
    case gone
  }

  let input: Int32
  let output: Int32

  /// The terminal on standard input, which is read. It is written to by way of standard error, or by
  /// its own name if standard error goes elsewhere (`2>&1 | tee`). nil if there is none.
  static let standard: TerminalDevice? = {
    guard isatty(STDIN_FILENO) == 1 else { return nil }
    if isatty(STDERR_FILENO) == 1 {
      return TerminalDevice(input: STDIN_FILENO, output: STDERR_FILENO)
    }
    guard let name = ttyname(STDIN_FILENO) else { return nil }
    let output = open(name, O_WRONLY | O_NOCTTY | O_CLOEXEC)
    return output < 0 ? nil : TerminalDevice(input: STDIN_FILENO, output: output)
  }()

  /// Whether this process may use the terminal now.
  var place: Place {
    switch tcgetpgrp(input) {
    case -1: .gone
    case getpgrp(): .foreground
    default: .background
    }
  }

  /// Whether there is something to read, after at most `milliseconds`.
  func hasInput(within milliseconds: Int32) -> Bool {
    var ready = pollfd(fd: input, events: Int16(POLLIN), revents: 0)
    return poll(&ready, 1, milliseconds) > 0
  }

  /// Waits for input, at most `milliseconds`, and reads up to `count` bytes of it.
  func read(upTo count: Int, within milliseconds: Int32) -> Input {
    guard hasInput(within: milliseconds) else { return .nothing }
    var buffer = [UInt8](repeating: 0, count: count)
    let length = Glibc.read(input, &buffer, count)
    if length > 0 { return .bytes(Array(buffer[..<length])) }
    if length < 0, errno == EINTR || errno == EAGAIN { return .nothing }
    return .end
  }

  /// Writes all of `text`; there is nowhere to report a failure.
  func write(_ text: String) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let length = rest.withUnsafeBytes { Glibc.write(output, $0.baseAddress, $0.count) }
      if length < 0, errno != EINTR { return }
      rest = rest.dropFirst(max(0, length))
    }
  }
}

/// A terminal's settings while what is typed must not be seen: not canonical (which cuts lines at
/// 4096 bytes, termios(3)) and not echoed. Ctrl-C and Ctrl-\ still send their signals; Ctrl-Z
/// arrives as a byte, because the settings must be restored before the shell gets the terminal.
///
/// Touches the terminal only from the foreground: in the background tcsetattr(3) would stop the
/// process, and the terminal belongs to another program.
struct HiddenInputMode: Sendable {
  private let device: TerminalDevice
  private var saved: termios?

  init(_ device: TerminalDevice) { self.device = device }

  /// The editing keys of the settings that will be restored.
  var keys: TerminalLine.Keys {
    var keys = TerminalLine.Keys()
    guard let saved else { return keys }
    keys.suspend = saved[control: VSUSP]
    keys.erase = saved[control: VERASE]
    keys.kill = saved[control: VKILL]
    keys.endOfInput = saved[control: VEOF]
    return keys
  }

  /// Sets the mode unless it is set already, and returns whether it had to. Cheap enough for every
  /// tick: the shell that continued this process may have changed the settings.
  mutating func enter() -> Bool {
    var current = termios()
    guard device.place == .foreground, tcgetattr(device.input, &current) == 0,
      saved == nil || !isSet(current)
    else { return false }
    // Canonical settings are worth restoring; a line editor's half-set ones aren't.
    if saved == nil || current.c_lflag & tcflag_t(ICANON) != 0 { saved = current }
    current.c_lflag &= ~tcflag_t(ICANON | ECHO | ECHONL | IEXTEN)
    current[control: VSUSP] = 0
    current[control: VMIN] = 1
    current[control: VTIME] = 0
    return tcsetattr(device.input, TCSANOW, &current) == 0
  }

  /// Restores the settings; `discardingInput` also drops what was typed and not read. Not with
  /// TCSAFLUSH, which waits while output is suspended (Ctrl-S).
  func leave(discardingInput: Bool = false) {
    guard var saved, device.place == .foreground else { return }
    tcsetattr(device.input, TCSANOW, &saved)
    if discardingInput { tcflush(device.input, TCIFLUSH) }
  }

  private func isSet(_ current: termios) -> Bool {
    current.c_lflag & tcflag_t(ICANON | ECHO) == 0 && current[control: VSUSP] == 0
  }
}

extension termios {
  /// A control character by its index in `c_cc`, which Swift sees as a tuple.
  fileprivate subscript(control index: Int32) -> UInt8 {
    get { withUnsafeBytes(of: c_cc) { $0[Int(index)] } }
    set { withUnsafeMutableBytes(of: &c_cc) { $0[Int(index)] = newValue } }
  }
}
