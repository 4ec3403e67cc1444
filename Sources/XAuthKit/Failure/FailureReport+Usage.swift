import CommandTable

extension FailureReport {
  /// A usage error as every failure is reported.
  init(_ failure: UsageError, tool: String) {
    self.init("usage", .usage, failure.message, hint: "\(failure.hint(tool: tool))")
  }
}
