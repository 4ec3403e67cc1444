import CommandTable

/// One command: its row in the table, and what it does. A command is a file that reads top to
/// bottom.
protocol Subcommand: Sendable {
  /// The command's row: what can be typed, and every text that is made from it.
  static var row: Command { get }
  /// Carries it out.
  static func run(_ call: Call) throws(Failure) -> ExitCode
}
