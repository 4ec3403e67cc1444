import OAuth

/// A line as it is typed or pasted, byte by byte: editing keys applied, escape sequences and the
/// marks of bracketed paste left out.
struct TerminalLine: Sendable {
  /// The longest line, in bytes: the longest token.
  static let limit = 16 * 1024

  /// What a byte did.
  enum Step: Equatable {
    case edited
    /// Not part of the line: an escape sequence, or another control character.
    case ignored
    case enter
    case endOfInput
    /// The key that stops the process, which the terminal has been told to leave to the reader.
    case suspend
  }

  /// The editing keys, as the user has set them (stty(1)); 0 is a key that is switched off.
  struct Keys: Sendable {
    var suspend: UInt8 = 0x1A
    var erase: UInt8 = 0x7F
    var kill: UInt8 = 0x15
    var endOfInput: UInt8 = 0x04
  }

  private enum Escape {
    case none
    case started
    /// ESC O and one byte (SS3): F1 to F4, and the cursor keys of some terminals.
    case single
    /// ESC [ and on (CSI, ECMA-48 §5.4); the number before the final byte, −1 if it isn't one.
    case sequence(Int)
  }

  private let keys: Keys
  private var bytes: [UInt8] = []
  private var isOverfull = false
  private var escape = Escape.none
  /// Between the marks ESC[200~ and ESC[201~ that a terminal puts around what is pasted.
  private(set) var isInPaste = false

  init(keys: Keys = Keys()) { self.keys = keys }

  /// How many characters there are.
  var count: Int { text.count }

  /// Whether nothing has been typed, or all of it was erased.
  var isEmpty: Bool { bytes.isEmpty && !isOverfull }

  /// The line so far.
  private var text: String { String(decoding: bytes, as: UTF8.self) }

  /// Hands the line over and starts a new one.
  mutating func finish() -> PasteEvent {
    defer { self = TerminalLine(keys: keys) }
    if isOverfull { return .tooLong }
    while bytes.last == 0x0A { bytes.removeLast() }
    return bytes.isEmpty ? .none : .text(Secret(text))
  }

  /// Goes on in another line, if one has begun: of a paste there may be several.
  mutating func breakLine() { if !bytes.isEmpty { append(0x0A) } }

  /// The next byte from the terminal.
  mutating func take(_ byte: UInt8) -> Step {
    switch escape {
    case .none:
      return plain(byte)
    case .started:
      return start(byte)
    case .single:
      escape = .none
      return byte < 0x20 ? plain(byte) : .ignored
    case .sequence(let number):
      return proceed(byte, number)
    }
  }

  /// The next byte of a line that the terminal has edited itself, in its canonical mode.
  mutating func takeEdited(_ byte: UInt8) -> Step {
    if byte == 0x0A { return .enter }
    append(byte)
    return .edited
  }

  private mutating func start(_ byte: UInt8) -> Step {
    switch byte {
    case UInt8(ascii: "["): escape = .sequence(0)
    case UInt8(ascii: "O"): escape = .single
    default:
      // The Escape key by itself: what follows is text.
      escape = .none
      return plain(byte)
    }
    return .ignored
  }

  private mutating func proceed(_ byte: UInt8, _ number: Int) -> Step {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9") where (0..<1000).contains(number):
      escape = .sequence(number * 10 + Int(byte - UInt8(ascii: "0")))
    case 0x20...0x3F:
      escape = .sequence(-1)
    case 0x40...0x7E:
      escape = .none
      if byte == UInt8(ascii: "~"), number == 200 { isInPaste = true }
      if byte == UInt8(ascii: "~"), number == 201 { isInPaste = false }
    default:
      escape = .none
      return plain(byte)
    }
    return .ignored
  }

  private mutating func plain(_ byte: UInt8) -> Step {
    switch byte {
    case 0x0A, 0x0D:
      return .enter
    case 0x1B:
      escape = .started
      return .ignored
    case 0x20..<0x7F, 0x80...:
      append(byte)
      return .edited
    default:
      // Pasted control characters are neither keys nor part of a URL, a code or a token.
      return isInPaste ? .ignored : key(byte)
    }
  }

  private mutating func key(_ byte: UInt8) -> Step {
    switch byte {
    // No key: it stands for those that are switched off.
    case 0: return .ignored
    case keys.suspend: return .suspend
    case keys.endOfInput, 0x04:
      return isEmpty ? .endOfInput : .ignored
    case keys.kill, 0x15:
      bytes.removeAll()
      isOverfull = false
    case keys.erase, 0x08, 0x7F:
      removeLastCharacter()
    default:
      return .ignored
    }
    return .edited
  }

  private mutating func append(_ byte: UInt8) {
    if bytes.count < Self.limit { bytes.append(byte) } else { isOverfull = true }
  }

  private mutating func removeLastCharacter() {
    // The continuation bytes of UTF-8 go with the byte that leads them.
    while let last = bytes.popLast(), last & 0xC0 == 0x80 {}
  }
}
