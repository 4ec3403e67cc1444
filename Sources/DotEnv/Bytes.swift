import Glibc

/// The bytes that have a meaning in a `.env` file.
///
/// Bytes, not Characters: to Swift CR LF is one Character, and a name in NFC equals the one in NFD.
extension UInt8 {
  static let tab = UInt8(ascii: "\t")
  static let lineFeed = UInt8(ascii: "\n")
  static let carriageReturn = UInt8(ascii: "\r")
  static let space = UInt8(ascii: " ")
  static let hash = UInt8(ascii: "#")
  static let equals = UInt8(ascii: "=")
  static let backslash = UInt8(ascii: "\\")
  static let dollar = UInt8(ascii: "$")
  static let singleQuote = UInt8(ascii: "'")
  static let doubleQuote = UInt8(ascii: "\"")
  static let backtick = UInt8(ascii: "`")

  var isBlank: Bool { self == .space || self == .tab }
  var isLineEnd: Bool { self == .lineFeed || self == .carriageReturn }
  /// Whether a key can't go on with this byte.
  var endsWord: Bool { self <= .equals && Self.wordEnds >> self & 1 == 1 }
  /// The bytes that end a word, each as a bit: one look instead of six comparisons.
  private static var wordEnds: UInt64 {
    1 << tab | 1 << lineFeed | 1 << carriageReturn | 1 << space | 1 << hash | 1 << equals
  }

  /// Whether one of the eight bytes of `word` may end a word: surely none does if this is false.
  ///
  /// All eight are looked at by one subtraction: a byte below `n` borrows when `n` is taken from it, and
  /// then its highest bit is set, which it wasn't. `#` is the highest but `=`, which becomes the zero
  /// byte, below 1, once it is taken out by exclusive or.
  static func mayEndWord(in word: UInt64) -> Bool {
    let each: UInt64 = 0x0101_0101_0101_0101
    let others = word ^ (each &* UInt64(equals))
    let low = (word &- each &* UInt64(hash + 1)) & ~word
    let isEquals = (others &- each) & ~others
    return (low | isEquals) & (each << 7) != 0
  }

  var isQuote: Bool { self == .singleQuote || self == .doubleQuote || self == .backtick }

  var isASCIILetterOrDigit: Bool {
    switch self {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: false
    }
  }
}

extension [UInt8] {
  /// Whether the bytes in `range` are those that `other` has in `otherRange`. By memcmp(3): Swift
  /// compares them one by one.
  func hasSameBytes(in range: Range<Int>, as other: [UInt8], in otherRange: Range<Int>) -> Bool {
    guard range.count == otherRange.count else { return false }
    return withUnsafeBytes { mine in
      other.withUnsafeBytes { theirs in
        let mine = UnsafeRawBufferPointer(rebasing: mine[range])
        let theirs = UnsafeRawBufferPointer(rebasing: theirs[otherRange])
        guard let one = mine.baseAddress, let two = theirs.baseAddress else { return mine.isEmpty }
        return one == two || memcmp(one, two, mine.count) == 0
      }
    }
  }

  /// Where `byte` occurs first at `offset` or behind it; the end if nowhere.
  func firstOffset(of byte: UInt8, from offset: Int) -> Int {
    withUnsafeBytes { bytes in
      guard offset < bytes.count, let start = bytes.baseAddress,
        let found = memchr(start + offset, Int32(byte), bytes.count - offset)
      else { return bytes.count }
      return UnsafeRawPointer(found) - start
    }
  }
}
