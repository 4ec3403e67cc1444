/// What happens to a URL on its way through terminals, chats and mail programs, undone on bytes.
enum PastedText {
  /// What people and programs put around a URL, or behind it.
  private static let wrapping: Set<Unicode.Scalar> = [
    "\"", "'", "`", "“", "”", "‘", "’", "«", "»", "(", ")", "[", "]", ".", ",", ";",
  ]

  /// The ways to write an ampersand in HTML.
  private static let ampersands = ["&amp;", "&#38;", "&#x26;"].map { Array($0.utf8) }

  /// What ends a query in the middle of a text: a fragment, what no browser leaves in a URL as it is,
  /// and what encloses it in Markdown or in a chat.
  private static let ends = Set("#\"`)]|".utf8)

  /// The bytes of `text` without whitespace, without characters that nobody sees (U+FEFF, U+200B),
  /// without angle brackets, also of cited lines, without what stands around it, and with escaped
  /// ampersands undone.
  static func unwrap(_ text: String) -> [UInt8] {
    let visible = text.unicodeScalars.filter {
      !$0.properties.isWhitespace && $0.properties.generalCategory != .format && $0 != "<"
        && $0 != ">"
    }
    let scalars = unescape(Array(String(visible).utf8)).unicodeScalars
    let rest = scalars.drop { wrapping.contains($0) }
    guard let end = rest.lastIndex(where: { !wrapping.contains($0) }) else { return [] }
    return Array(String(rest[...end]).utf8)
  }

  /// The query that `bytes` begin with, up to whatever follows it: another URL, for example.
  static func query(in bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    for index in bytes.indices where ends.contains(bytes[index]) || startsWebURL(bytes[index...]) {
      return bytes[..<index]
    }
    return bytes
  }

  /// Whether `bytes` begin as a URL of the web does.
  static func startsWebURL(_ bytes: ArraySlice<UInt8>) -> Bool {
    let start = bytes.prefix(8)
    guard start.first.map({ $0 | 0x20 }) == UInt8(ascii: "h") else { return false }
    let lowercased = start.map(\.lowercasedASCII)
    return lowercased.starts(with: "http://".utf8) || lowercased.starts(with: "https://".utf8)
  }

  private static func unescape(_ bytes: [UInt8]) -> String {
    var unescaped: [UInt8] = []
    unescaped.reserveCapacity(bytes.count)
    var source = bytes[...]
    while let byte = source.first {
      unescaped.append(byte)
      let escape = byte == UInt8(ascii: "&") ? ampersands.first { source.starts(with: $0) } : nil
      source = source.dropFirst(escape?.count ?? 1)
    }
    return String(decoding: unescaped, as: UTF8.self)
  }
}
