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
}

extension Unicode.Scalar {
  fileprivate var controlsTerminals: Bool {
    switch value {
    case 0x0A: false
    case 0..<0x20, 0x7F..<0xA0, 0x200E...0x200F, 0x202A...0x202E, 0x2066...0x2069: true
    default: false
    }
  }
}
