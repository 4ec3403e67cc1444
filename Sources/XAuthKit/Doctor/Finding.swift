/// One thing that `doctor` looked at, and what it found.
struct Finding: Sendable, Equatable {
  /// What was looked at. The names are a contract with programs that read the JSON.
  enum Check: String, Encodable, Sendable, CaseIterable {
    case file, folder, git, image, token, scopes, client, signature, endpoint, environment,
      callback,
      certificate
    case browser, rotation, clock, openssl, libcurl, authorities, proxy, path, cron, network
  }

  /// How bad it is.
  enum Status: String, Encodable, Sendable, CaseIterable {
    /// As it should be.
    case fine = "ok"
    /// It works, and will surprise somebody.
    case warning
    /// A login or a refresh will fail of it.
    case failed
  }

  let check: Check
  let status: Status
  /// What was found, in one line.
  let message: String
  /// What to do about it, in one line.
  let cure: Hint?

  /// Nothing to do.
  static func fine(_ check: Check, _ message: String) -> Finding {
    Finding(check: check, status: .fine, message: message, cure: nil)
  }

  /// Something that will surprise.
  static func warning(_ check: Check, _ message: String, cure: Hint?) -> Finding {
    Finding(check: check, status: .warning, message: message, cure: cure)
  }

  /// The same, of the table.
  static func warning(_ check: Check, _ warning: Warning) -> Finding {
    .warning(check, warning.message, cure: warning.cure)
  }

  /// The failure that a login or a refresh would end with. What is over by itself only warns.
  static func failed(_ check: Check, _ failure: Failure) -> Finding {
    failed(check, failure.report)
  }

  /// The same, by its row of the failure tables.
  static func failed(_ check: Check, _ report: FailureReport) -> Finding {
    Finding(
      check: check, status: report.isRetryable ? .warning : .failed, message: report.message,
      cure: report.hint)
  }

  /// The same, of the table of warnings: what only surprises elsewhere is what is looked for here.
  static func failed(_ check: Check, _ warning: Warning) -> Finding {
    failed(check, warning.message, cure: warning.cure)
  }

  /// A failure that no command would end with in these words.
  static func failed(_ check: Check, _ message: String, cure: Hint?) -> Finding {
    Finding(check: check, status: .failed, message: message, cure: cure)
  }
}
