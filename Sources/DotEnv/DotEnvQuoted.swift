/// A value, ready to stand after `KEY=`.
public struct DotEnvQuoted: Sendable, Equatable {
  /// The value with its quotes. As secret as the value.
  public let text: String
  /// How it is written.
  public let quoting: DotEnvQuoting

  /// Whether all readers that know quotes see the same value: warn when not.
  public var isPortable: Bool { quoting.isPortable }
}

extension DotEnvQuoted: CustomStringConvertible, CustomReflectable {
  /// The notation alone: the value may be a secret.
  public var description: String { "DotEnvQuoted(\(quoting))" }

  /// Nothing: not even `dump` shows a secret.
  public var customMirror: Mirror { Mirror(self, children: []) }
}
