/// Header fields (RFC 9110 §5) in the form libcurl takes: `Name: value` sends a field,
/// `Name;` one with an empty value, and `Name:` suppresses one of libcurl's own.
struct FieldLines {
  /// The lines, each ended by a NUL.
  let text: String

  /// Lays out `fields` in their order. Throws the first that would break the message's framing:
  /// names must be tokens, values free of control characters (RFC 9110 §5.5, §5.6.2).
  init(_ fields: [(name: String, value: String)]) throws(MalformedField) {
    var text = ""
    for (name, value) in fields {
      guard Self.isToken(name), Self.isFieldValue(value) else { throw MalformedField(name: name) }
      let isBlank = value.utf8.allSatisfy { $0 == 0x20 || $0 == 0x09 }
      text += isBlank ? "\(name);\0" : "\(name): \(value)\0"
    }
    let given = Set(fields.map { $0.name.lowercased() })
    for (name, line) in Self.replacements where !given.contains(name) { text += line + "\0" }
    self.text = text
  }

  /// What libcurl would send of its own accord, suppressed. And a connection is for one request:
  /// a client that knows so says so (RFC 9112 §9.6).
  private static let replacements = [
    ("accept", "Accept:"), ("content-type", "Content-Type:"), ("expect", "Expect:"),
    ("connection", "Connection: close"),
  ]

  private static func isToken(_ name: String) -> Bool {
    let delimiters = "\"(),/:;<=>?@[\\]{}".utf8
    return !name.isEmpty
      && name.utf8.allSatisfy { (0x21...0x7E).contains($0) && !delimiters.contains($0) }
  }

  private static func isFieldValue(_ value: String) -> Bool {
    value.utf8.allSatisfy { $0 == 0x09 || ($0 >= 0x20 && $0 != 0x7F) }
  }
}

/// A header field that can't be sent.
struct MalformedField: Error {
  /// Its name as given, whatever it holds.
  let name: String
}
