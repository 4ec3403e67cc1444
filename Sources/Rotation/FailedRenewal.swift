/// The last renewal that brought no new token: what is kept of it for later runs to tell.
public struct FailedRenewal: Sendable, Equatable {
  /// What came of it.
  public enum Outcome: Sendable, Equatable {
    /// X answered with this HTTP status, and gave this reason; sanitized.
    case answered(status: Int, reason: String?)
    /// The request was sent, and no answer came.
    case noAnswer
    /// The request could not be sent.
    case notSent
  }

  /// When, in seconds since 1970.
  public let time: Int
  /// The command that tried it; nil when unknown.
  public let command: String?
  /// What came of it.
  public let outcome: Outcome

  /// A renewal that failed.
  public init(time: Int, command: String?, outcome: Outcome) {
    (self.time, self.command, self.outcome) = (time, command, outcome)
  }
}
