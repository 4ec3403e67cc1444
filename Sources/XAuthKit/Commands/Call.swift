import CommandTable

/// One call of a command, and the world it runs in.
struct Call: Sendable {
  let context: Context
  let invocation: Invocation
  let console: Console
  let tool: Tool

  /// Reads the settings.
  func settings() throws(Failure) -> Settings { try Settings.open(invocation, context) }
}
