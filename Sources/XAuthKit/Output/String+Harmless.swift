extension String {
  /// The text without the characters that a terminal obeys: C0 (but for the line feed), DEL, C1, and
  /// those that turn the direction of writing (UAX #9).
  var withoutControlCharacters: String {
    guard unicodeScalars.contains(where: \.isObeyedByTerminals) else { return self }
    return String(String.UnicodeScalarView(unicodeScalars.filter { !$0.isObeyedByTerminals }))
  }
}

extension Unicode.Scalar {
  fileprivate var isObeyedByTerminals: Bool {
    switch value {
    case 0x0A: false
    case 0..<0x20, 0x7F..<0xA0, 0x200E...0x200F, 0x202A...0x202E, 0x2066...0x2069: true
    default: false
    }
  }
}
