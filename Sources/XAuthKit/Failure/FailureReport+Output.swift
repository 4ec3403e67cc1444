extension FailureReport {
  /// Standard output takes no more. What was done before is said here: who sees a failure and
  /// nothing else would do it again.
  init(outputClosed errno: Int32, _ done: String?) {
    self.init(
      "output_closed", .unexpected,
      "standard output takes no more data (\(systemText(errno)))" + (done.map { "; \($0)" } ?? ""),
      hint: done == nil ? nil : "nothing has to be done again; \(call: "show") tells how it stands")
  }
}
