/// A `.env` file, lossless: any bytes make a document, and it changes nothing but values.
public struct DotEnvDocument: Sendable {
  /// The whole file.
  public let bytes: [UInt8]

  let assignments: [DotEnvAssignment]
  let openQuotes: [DotEnvOpenQuote]
  let lineEnding: LineEnding
  let endsInsideLine: Bool

  /// Reads `bytes`: never fails, whatever they are. Takes linear time.
  public init(_ bytes: [UInt8]) {
    let parser = DotEnvParser(bytes)
    self.bytes = bytes
    assignments = parser.assignments
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
    return assignments.last { bytes[$0.key].elementsEqual(name) }.map(value)
  }

  /// Every key that is assigned, in the file's order, once each; keys that aren't UTF-8 left out.
  public var keys: [String] {
    var seen: Set<[UInt8]> = []
    return assignments.compactMap { assignment in
      let name = Array(bytes[assignment.key])
      return seen.insert(name).inserted ? String(validating: name, as: UTF8.self) : nil
    }
  }

  func value(of assignment: DotEnvAssignment) -> DotEnvValue {
    DotEnvValue(bytes: resolved(assignment), line: assignment.line)
  }

  private func resolved(_ assignment: DotEnvAssignment) -> [UInt8] {
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
