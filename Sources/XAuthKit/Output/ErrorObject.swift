/// A failure as `--json` prints it.
struct ErrorObject: Encodable {
  struct Body: Encodable {
    let code: String
    let message: String
    let hint: String?
    let exit: Int32
    let retryable: Bool
  }

  let error: Body
  let version = 1

  init(_ report: FailureReport, hint: String?) {
    error = Body(
      code: report.code, message: report.message, hint: hint, exit: report.exit.rawValue,
      retryable: report.isRetryable)
  }
}
