/// A key and its new value.
public struct DotEnvChange: Sendable, Equatable {
  /// Where the value comes from. It decides what happens to a value that can't be quoted portably.
  public enum Origin: Sendable, Equatable {
    /// Typed by a person, who can choose another one: refused.
    case person
    /// Just issued by a server, and lost unless it is stored: stored with escapes.
    case server
  }

  /// The name: `[A-Za-z_][A-Za-z0-9_]*` (POSIX.1, 8.1).
  public let key: String
  /// The value; an empty one clears the key.
  public let value: String
  /// Where the value comes from.
  public let origin: Origin

  /// A change of `key` to `value`.
  public init(_ key: String, _ value: String, origin: Origin) {
    self.key = key
    self.value = value
    self.origin = origin
  }

  /// Whether all readers that understand quotes will see this value. If not, warn.
  public var isPortable: Bool {
    DotEnvQuoting.allCases.contains { $0.isPortable && $0.holds(value) }
  }

  /// A value that is harder to write than any other of visible ASCII and up to `count` bytes: it has
  /// each of the quotes, and takes more room. A document that it can be set in takes them all.
  public static func hardestValue(count: Int) -> String {
    // Every byte needs an escape but the first, which rules out single quotes.
    "'\"`" + String(repeating: "$", count: max(0, count - 2))
  }

  var hasPortableKey: Bool {
    guard let first = key.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first)
    else {
      return false
    }
    return key.utf8.allSatisfy { $0.isASCIILetterOrDigit || $0 == UInt8(ascii: "_") }
  }
}

extension DotEnvChange: CustomStringConvertible, CustomReflectable {
  /// The key alone: the value may be a secret.
  public var description: String { "DotEnvChange(\(key))" }

  /// Empty, so that not even `dump` shows a secret.
  public var customMirror: Mirror { Mirror(self, children: []) }
}

/// Why a document was not changed. Never contains a value.
public enum DotEnvFailure: Error, Equatable {
  /// The name doesn't match `[A-Za-z_][A-Za-z0-9_]*`.
  case invalidKey(String)
  /// No quoting makes all readers that understand quotes see this value, and a person can choose
  /// another one: it has a line break, a NUL, or too many of `'`, `"`, `$`, `\` and backtick at once.
  case unquotable(key: String)
  /// The value needs quotes, and they would close the quote left open on `line` (from 1).
  case openQuote(key: String, line: Int)
  /// Read again, the changed document doesn't say what it should: it was misunderstood.
  case notReadBack(key: String)
}
