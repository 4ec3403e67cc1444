import Glibc

/// The system's own message for an error (strerror(3)).
func systemText(_ code: Int32) -> String { String(cString: strerror(code)) }

extension String {
  /// The text without the characters that control a terminal: C0 except the line feed, DEL, C1, and
  /// those that change the direction of writing (UAX #9).
  var withoutControlCharacters: String {
    guard unicodeScalars.contains(where: \.controlsTerminals) else { return self }
    return String(String.UnicodeScalarView(unicodeScalars.filter { !$0.controlsTerminals }))
  }

  /// The same on one line: a path with a line feed in it must not look like another message.
  var onOneLine: String { withoutControlCharacters.replacing("\n", with: " ") }

  /// JSON that is safe to print on a terminal and means the same: what controls terminals is escaped
  /// (RFC 8259 §7). It can only be in strings, and below U+0020 it is escaped already.
  var withControlCharactersEscaped: String {
    guard unicodeScalars.contains(where: \.controlsTerminals) else { return self }
    return unicodeScalars.reduce(into: "") { text, scalar in
      guard scalar.controlsTerminals else { return text.unicodeScalars.append(scalar) }
      let digits = String(scalar.value, radix: 16)
      text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }
  }
}

extension Unicode.Scalar {
  fileprivate var controlsTerminals: Bool {
    switch value {
    case 0x0A: false
    case 0..<0x20, 0x7F..<0xA0, 0x061C, 0x200E...0x200F, 0x202A...0x202E, 0x2028...0x2029,
      0x2066...0x2069:
      true
    default: false
    }
  }
}
