import CommandTable

/// One command: its row in the table, and what it does. A command is a file that reads top to
/// bottom.
protocol Subcommand: Sendable {
  /// The command's row: what can be typed, and every text that is made from it.
  static var row: Command { get }
  /// Carries it out.
  static func run(_ call: Call) throws(Failure) -> ExitCode
}

/// One call of a command, and the world it runs in.
struct Call: Sendable {
  let context: Context
  let invocation: Invocation
  let console: Console
  let tool: Tool

  /// Reads the settings.
  func settings() throws(Failure) -> Settings { try Settings.open(invocation, context) }
}
