/// A `.env` file, lossless: any bytes make a document, and it changes nothing but values.
public struct DotEnvDocument: Sendable {
  /// The whole file.
  public let bytes: [UInt8]

  let places: [DotEnvPlace]
  let openQuotes: [DotEnvOpenQuote]
  let lineEnding: LineEnding
  let endsInsideLine: Bool

  /// Reads `bytes`: never fails, whatever they are. Takes linear time.
  public init(_ bytes: [UInt8]) {
    let parser = DotEnvParser(bytes)
    self.bytes = bytes
    places = parser.places
    openQuotes = parser.openQuotes
    lineEnding = parser.endings.dominant
    endsInsideLine = parser.endsInsideLine
  }

  /// The document of `bytes`: `known` itself if they are its own, without reading them again.
  public init(_ bytes: [UInt8], orKnown known: DotEnvDocument) {
    let isKnown = bytes.hasSameBytes(in: bytes.indices, as: known.bytes, in: known.bytes.indices)
    self = isKnown ? known : DotEnvDocument(bytes)
  }

  /// The value that readers see: of the last assignment of `key`; nil when there is none.
  ///
  /// Quotes are stripped and, in double quotes, escapes resolved; `$NAME` is left as it stands.
  public func value(of key: String) -> DotEnvValue? {
    let name = Array(key.utf8)
    return places.last { hasKey(name, at: $0) }.map { place in
      DotEnvValue(bytes: value(of: assignment(at: place)), line: place.line)
    }
  }

  /// Whether the key there is `name`. Most have another length, which costs no look at them.
  func hasKey(_ name: [UInt8], at place: DotEnvPlace) -> Bool {
    let key = place.key
    return key.count == name.count && bytes.hasSameBytes(in: key, as: name, in: name.indices)
  }

  /// The whole of the assignment there.
  func assignment(at place: DotEnvPlace) -> DotEnvAssignment {
    var parser = DotEnvParser(self, at: place.key.upperBound)
    return parser.scanAssignment(of: place.key)
  }

  func value(of assignment: DotEnvAssignment) -> [UInt8] {
    let content = bytes[assignment.content]
    return switch assignment.notation {
    case .plain: Array(content)
    case .singleQuotes, .backticks: content.withLineFeeds
    case .doubleQuotes: content.withLineFeeds.unescaped
    }
  }
}

extension DotEnvDocument: Equatable {
  /// Documents are the same when their bytes are: the rest follows from them.
  public static func == (one: DotEnvDocument, other: DotEnvDocument) -> Bool {
    one.bytes.hasSameBytes(in: one.bytes.indices, as: other.bytes, in: other.bytes.indices)
  }
}

extension DotEnvDocument: CustomStringConvertible, CustomReflectable {
  /// The size alone: a `.env` is full of secrets.
  public var description: String { "DotEnvDocument(\(bytes.count) bytes)" }

  /// Nothing: not even `dump` shows a secret.
  public var customMirror: Mirror { Mirror(self, children: []) }
}
