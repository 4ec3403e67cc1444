/// A call worth copying, and what it is good for.
public struct Example: Sendable, Equatable {
  /// One line for a shell, which calls the tool at least once.
  public let command: String
  /// What it does, without a full stop.
  public let explanation: String

  /// An example of the table.
  public init(_ command: String, _ explanation: String) {
    self.command = command
    self.explanation = explanation
  }
}
