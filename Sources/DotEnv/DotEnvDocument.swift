/// A `.env` file, lossless: any bytes make a document, and only values are ever changed.
public struct DotEnvDocument: Sendable {
  /// The whole file.
  public let bytes: [UInt8]

  /// In the file's order.
  let assignments: [DotEnvAssignment]
  let openQuotes: [DotEnvOpenQuote]
  let lineEnding: LineEnding
  let endsInsideLine: Bool

  /// Parses `bytes`, in linear time. Never fails, whatever they are.
  public init(_ bytes: [UInt8]) {
    let parser = DotEnvParser(bytes)
    self.bytes = bytes
    assignments = parser.assignments
    openQuotes = parser.openQuotes
    lineEnding = parser.endings.dominant
    endsInsideLine = parser.endsInsideLine
  }

  /// The value that readers see, that of the last assignment of `key`; nil when there is none.
  ///
  /// Quotes are stripped and, in double quotes, escapes resolved; `$NAME` is not expanded.
  public func value(of key: String) -> DotEnvValue? {
    assignments.last { isKey(key, of: $0) }.map {
      DotEnvValue(bytes: value(of: $0), line: $0.line)
    }
  }

  /// The keys that are assigned, and where: in the file's order, one for each assignment.
  public var keys: [(name: String, line: Int)] {
    assignments.map { (String(decoding: bytes[$0.key], as: UTF8.self), $0.line) }
  }

  /// The document with all `changes` made at once: in place in every assignment of the key, or
  /// appended. If a key is changed twice the last change counts, as in the file.
  ///
  /// A value that is already there keeps its bytes, so a second call changes nothing. The result has
  /// been parsed again and compared.
  public func setting(_ changes: [DotEnvChange]) throws(DotEnvFailure) -> DotEnvDocument {
    if let change = changes.first(where: { !$0.hasPortableKey }) {
      throw .invalidKey(change.key)
    }
    let rewrite = DotEnvRewrite(document: self, changes: changes)
    let result = DotEnvDocument(try rewrite.bytes())
    if let key = rewrite.firstKeyNotRead(in: result) { throw .notReadBack(key: key) }
    return result
  }

  func isKey(_ key: String, of assignment: DotEnvAssignment) -> Bool {
    bytes[assignment.key].elementsEqual(key.utf8)
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
  /// Compares the bytes, from which all else follows.
  public static func == (one: DotEnvDocument, other: DotEnvDocument) -> Bool {
    one.bytes == other.bytes
  }
}

extension DotEnvDocument: CustomStringConvertible, CustomReflectable {
  /// The size alone: a `.env` is full of secrets.
  public var description: String { "DotEnvDocument(\(bytes.count) bytes)" }

  /// Empty, so that not even `dump` shows a secret.
  public var customMirror: Mirror { Mirror(self, children: []) }
}

/// The value of a key, and where it stands.
public struct DotEnvValue: Sendable, Equatable {
  /// The value without quotes and escapes; empty for `KEY=`.
  public let bytes: [UInt8]
  /// The line of the key, from 1.
  public let line: Int

  /// The value as text, nil when it isn't UTF-8.
  public var text: String? { String(validating: bytes, as: UTF8.self) }
}

extension DotEnvValue: CustomStringConvertible, CustomReflectable {
  /// The line alone: the value may be a secret.
  public var description: String { "DotEnvValue(line \(line))" }

  /// Empty, so that not even `dump` shows a secret.
  public var customMirror: Mirror { Mirror(self, children: []) }
}
