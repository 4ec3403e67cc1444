/// What `doctor` prints.
struct DoctorReport: Report {
  /// A finding as it is printed: its cure names the program as it was called.
  struct Check: Encodable, Sendable {
    let check: Finding.Check
    let status: Finding.Status
    let message: String
    let cure: String?
  }

  let checks: [Check]
  let warnings: Int
  let failures: Int

  init(_ findings: [Finding], _ console: Console) {
    checks = findings.map {
      Check(
        check: $0.check, status: $0.status, message: $0.message, cure: $0.cure.map(console.text))
    }
    warnings = checks.count { $0.status == .warning }
    failures = checks.count { $0.status == .failed }
  }

  /// A line for each finding, and a second one for its cure.
  var description: String {
    checks.map { finding in
      let line = padded(finding.status.rawValue, 9) + padded(finding.check.rawValue, 13)
      let cure = finding.cure.map { String(repeating: " ", count: 22) + "→ \($0)\n" } ?? ""
      return line + finding.message + "\n" + cure
    }.joined()
  }

  /// The exit code: only failures are an error.
  var exit: ExitCode { failures > 0 ? .settings : .done }

  private func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(1, width - text.count))
  }

  private enum CodingKeys: CodingKey { case checks, warnings, failures }
}

/// What one check of `doctor` found.
struct Finding: Sendable, Equatable {
  /// What was looked at. The names are a contract with programs that read the JSON.
  enum Check: String, Encodable, Sendable, CaseIterable {
    case file, folder, git, image, token, scopes, client, signature, endpoint, environment
    case callback, certificate, browser, rotation, clock, openssl, libcurl, authorities, proxy
    case path, cron, network
  }

  /// How bad it is.
  enum Status: String, Encodable, Sendable, CaseIterable {
    /// As it should be.
    case fine = "ok"
    /// It works now, but will cause trouble.
    case warning
    /// It will make a login or a refresh fail.
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

  /// Something that will cause trouble.
  static func warning(_ check: Check, _ message: String, cure: Hint?) -> Finding {
    Finding(check: check, status: .warning, message: message, cure: cure)
  }

  /// The same, from the table of warnings.
  static func warning(_ check: Check, _ warning: Warning) -> Finding {
    .warning(check, warning.message, cure: warning.cure)
  }

  /// The failure that a login or a refresh would end with; only a warning if it is temporary.
  static func failed(_ check: Check, _ failure: Failure) -> Finding {
    failed(check, failure.report)
  }

  /// The same, from its row of the failure tables.
  static func failed(_ check: Check, _ report: FailureReport) -> Finding {
    Finding(
      check: check, status: report.isRetryable ? .warning : .failed, message: report.message,
      cure: report.hint)
  }

  /// A failure by a row of the table of warnings: other commands can go on, but this is what `doctor`
  /// looks for.
  static func failed(_ check: Check, _ warning: Warning) -> Finding {
    failed(check, warning.message, cure: warning.cure)
  }

  /// A failure without a row in the tables.
  static func failed(_ check: Check, _ message: String, cure: Hint?) -> Finding {
    Finding(check: check, status: .failed, message: message, cure: cure)
  }
}
