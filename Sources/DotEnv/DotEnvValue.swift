/// What a key holds, and where.
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

  /// Nothing: not even `dump` shows a secret.
  public var customMirror: Mirror { Mirror(self, children: []) }
}
