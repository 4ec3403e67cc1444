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
      let cure =
        finding.cure.map { String(repeating: " ", count: 22) + "→ \($0.onOneLine)\n" } ?? ""
      return line + finding.message.onOneLine + "\n" + cure
    }.joined()
  }

  /// The exit code: only failures are an error.
  var exit: ExitCode { failures > 0 ? .settings : .done }

  private func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(1, width - text.count))
  }

  private enum CodingKeys: CodingKey { case checks, warnings, failures }
}
