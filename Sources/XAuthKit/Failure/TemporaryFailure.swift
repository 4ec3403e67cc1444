import OAuth

/// Why it is worth trying later.
enum TemporaryFailure: Sendable, Equatable {
  /// 429, or a server that says so otherwise: nothing was spent.
  case busy(RetryAdvice?, host: String, now: Int)
  /// The answer to a renewal says neither yes nor no: the token may be spent. A success is kept in
  /// the journal, where that is `kept`.
  case unusableAnswer(TokenAnswer.Reason, host: String, kept: String?)
  /// A new refresh token came, without an access token.
  case noAccessToken(path: String)
  /// The same for a code's exchange.
  case noGrantInAnswer(TokenAnswer.Reason, host: String)
  /// The same for a revocation.
  case notConfirmed(status: Int, host: String)
  /// An earlier renewal's answer never came, or could not be read and is `kept`, and it isn't time for
  /// the second try.
  case outcomeStillUnknown(since: Int?, kept: String?, tryingAgainAt: Int, now: Int)
  /// Somebody writes to the file again and again.
  case keepsChanging(path: String)
  /// One of the two tokens is revoked, the other isn't.
  case halfRevoked(revoked: String, left: String, reason: String)
}
