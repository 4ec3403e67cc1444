/// A call worth copying, and what it is good for.
public struct Example: Sendable, Equatable {
  /// One line for a shell, which calls the tool at least once.
  public internal(set) var command: String
  /// What it does, without a full stop.
  public internal(set) var explanation: String

  /// An example of the table.
  public init(_ command: String, _ explanation: String) {
    self.command = command
    self.explanation = explanation
  }

  func naming(_ tool: String) -> Example {
    Example(command.naming(tool), explanation.naming(tool))
  }
}
