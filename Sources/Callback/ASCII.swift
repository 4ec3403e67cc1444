// The character classes of the grammars that this module reads, on bytes: no locale, no
// normalization.

extension UInt8 {
  package var isDigit: Bool { self >= 0x30 && self <= 0x39 }
  package var isLetter: Bool { (self | 0x20) >= 0x61 && (self | 0x20) <= 0x7A }

  /// RFC 6749 appendix A: VSCHAR, the characters of a `code` and a `state`.
  var isVSCHAR: Bool { self >= 0x20 && self <= 0x7E }

  /// RFC 5234: VCHAR, a visible ASCII character.
  var isVCHAR: Bool { self >= 0x21 && self <= 0x7E }

  /// RFC 9110 §5.6.2: a character of a token, such as a method or a field name.
  package var isTokenCharacter: Bool {
    if isDigit || isLetter { return true }
    switch self {
    case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"),
      UInt8(ascii: "&"), UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"),
      UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "^"), UInt8(ascii: "_"),
      UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "~"):
      return true
    default: return false
    }
  }

  /// The value of a hexadecimal digit.
  package var hexadecimalValue: UInt8? {
    switch self {
    case 0x30...0x39: self - 0x30
    case 0x41...0x46: self - 0x41 + 10
    case 0x61...0x66: self - 0x61 + 10
    default: nil
    }
  }

  /// The letter in lower case; any other byte unchanged.
  var lowercasedASCII: UInt8 { self >= 0x41 && self <= 0x5A ? self + 0x20 : self }
}

extension String {
  /// The text with ASCII letters in lower case, as host names are compared (RFC 4343).
  package var lowercasedASCII: String {
    String(decoding: utf8.map(\.lowercasedASCII), as: UTF8.self)
  }

  /// The text without the whitespace around it.
  var trimmed: Substring {
    let rest = drop(while: \.isWhitespace)
    guard let last = rest.lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return rest[...last]
  }

  /// Whether both have the same bytes, compared in a time that depends only on the lengths.
  package func equalsInConstantTime(_ other: String) -> Bool {
    let (mine, theirs) = (Array(utf8), Array(other.utf8))
    guard mine.count == theirs.count else { return false }
    var difference: UInt8 = 0
    for index in mine.indices { difference |= mine[index] ^ theirs[index] }
    return difference == 0
  }
}
