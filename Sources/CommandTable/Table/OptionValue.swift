/// What an option takes.
public struct OptionValue: Sendable, Equatable {
  /// How help calls it, in capitals: `PATH`.
  public let name: String
  /// What it may be.
  public let kind: ValueKind
  /// The value without the option, where it is fixed.
  public let defaultValue: String?
  /// The environment variable that the option overrides.
  public let environment: String?

  /// A value called `name`, with its default and the variable that the option overrides.
  public init(
    _ name: String, _ kind: ValueKind = .text, default defaultValue: String? = nil,
    environment: String? = nil
  ) {
    self.name = name
    self.kind = kind
    self.defaultValue = defaultValue
    self.environment = environment
  }
}
