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
  /// Whether a key can't go on with this byte. All that end one are lower than the letters.
  var endsWord: Bool {
    self <= .equals && (self == .equals || self == .hash || isBlank || isLineEnd)
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
        return memcmp(one, two, mine.count) == 0
      }
    }
  }
}
