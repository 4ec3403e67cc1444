/// Text of foreign origin, made fit for a terminal.
enum PrintableText {
  /// At most 200 characters of printable ASCII; a question mark for each other byte.
  static func line(_ text: String) -> String {
    let bytes = text.utf8.prefix(200).map { (0x20...0x7E).contains($0) ? $0 : UInt8(ascii: "?") }
    return String(decoding: bytes, as: UTF8.self)
  }
}
