/// A member of a JSON object that should be a string.
enum TextMember: Equatable {
  /// Missing, null, empty, or nothing but blanks.
  case absent
  case text(String)
  /// A number, an array, an object.
  case other

  /// The text, nil for anything else.
  var text: String? { if case .text(let text) = self { text } else { nil } }
}

extension KeyedDecodingContainer {
  func text(_ key: Key) -> TextMember {
    if let text = try? decode(String.self, forKey: key) {
      return text.allSatisfy(\.isWhitespace) ? .absent : .text(text)
    }
    guard contains(key) else { return .absent }
    return (try? decodeNil(forKey: key)) == true ? .absent : .other
  }
}
