import FoundationEssentials

/// What a server answered, before anything of it is understood: what is kept durably first.
public struct ServerAnswer: Sendable, Equatable {
  /// The headers that can change what an answer means; all others are dropped.
  private static let kept: Set<String> = ["retry-after", "x-rate-limit-reset"]

  /// The HTTP status code.
  public let status: Int
  /// The headers that matter, by lowercase names.
  public let headers: [String: String]
  /// The body as received. It may hold tokens.
  public let body: [UInt8]

  /// An answer; of `headers`, in any case, only those that matter are kept.
  public init(status: Int, headers: [String: String], body: [UInt8]) {
    self.status = status
    self.body = body
    let kept = headers.map { ($0.key.lowercased(), $0.value) }
      .filter { ServerAnswer.kept.contains($0.0) }
    // The greater value of two spellings of one name, so that every run has the same result.
    self.headers = Dictionary(kept, uniquingKeysWith: max)
  }
}

extension ServerAnswer: CustomStringConvertible, CustomReflectable {
  /// The status and the body's size.
  public var description: String { "HTTP \(status), \(body.count) bytes" }

  /// Nothing of the body.
  public var customMirror: Mirror { Mirror(self, children: ["status": status]) }
}

extension ServerAnswer {
  /// The body as JSON, whatever `Content-Type` says and with or without a byte order mark; nil
  /// when it is none, or of another form.
  ///
  /// Of a name that an object has twice, the decoder takes the first. To refuse would throw away
  /// tokens that were just issued; the wrong one of two is found out at its first use.
  func json<Body: Decodable>(_ type: Body.Type = Body.self) -> Body? {
    try? JSONDecoder().decode(type, from: Data(body))
  }
}

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
