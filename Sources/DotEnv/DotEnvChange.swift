/// One key and the value it is to hold.
public struct DotEnvChange: Sendable, Equatable {
  /// Who the value comes from, which decides what is done with one that can't be quoted portably.
  public enum Origin: Sendable, Equatable {
    /// Typed: refused, the person can choose another.
    case person
    /// Just issued, and gone for good if it isn't stored: stored with escapes.
    case server
  }

  /// The name: `[A-Za-z_][A-Za-z0-9_]*` (POSIX.1, 8.1).
  public let key: String
  /// The value; empty blanks the key.
  public let value: String
  /// Who the value comes from.
  public let origin: Origin

  /// A change of `key` to `value`.
  public init(_ key: String, _ value: String, origin: Origin) {
    self.key = key
    self.value = value
    self.origin = origin
  }

  /// Whether all readers that know quotes will see the same value: warn when not.
  public var isPortable: Bool {
    DotEnvQuoting.allCases.contains { $0.isPortable && $0.holds(value) }
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

  /// Nothing: not even `dump` shows a secret.
  public var customMirror: Mirror { Mirror(self, children: []) }
}
