/// What a failure says: one row of the failure tables.
struct FailureReport: Sendable, Equatable {
  /// A stable name for programs, such as `port_in_use`.
  let code: String
  /// What happened and why, in one line.
  let message: String
  /// What to do next, in one line.
  let hint: Hint?
  /// The exit code.
  let exit: ExitCode

  init(_ code: String, _ exit: ExitCode, _ message: String, hint: Hint? = nil) {
    self.code = code
    self.exit = exit
    self.message = message
    self.hint = hint
  }

  /// Whether the same call may succeed later without anybody doing anything.
  var isRetryable: Bool { exit == .temporary }
}
