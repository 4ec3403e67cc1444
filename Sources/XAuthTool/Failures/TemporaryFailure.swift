import OAuth

/// Why the same call may succeed later.
enum TemporaryFailure: Sendable, Equatable {
  /// Rate limited: the server did not look at the request, so the token is unused. `now` is in
  /// seconds since 1970.
  case busy(RetryAdvice?, host: String, now: Int)
  /// The answer to a renewal says neither yes nor no, so the token may have been used. An answer
  /// that reports success is kept in the journal; `kept` is its path.
  case unusableAnswer(TokenAnswer.Reason, host: String, kept: String?)
  /// A new refresh token came, without an access token.
  case noAccessToken(path: String)
  /// The same as `unusableAnswer`, for the exchange of an authorization code.
  case noGrantInAnswer(TokenAnswer.Reason, host: String)
  /// The answer to a revocation was not a success.
  case notConfirmed(status: Int, host: String)
  /// The answer to an earlier renewal never came, or could not be read and is in the journal at the
  /// path `kept`, and it is too early for the second try. Times are in seconds since 1970.
  case outcomeStillUnknown(since: Int?, kept: String?, tryingAgainAt: Int, now: Int)
  /// Another program keeps writing to the file.
  case keepsChanging(path: String)
  /// X revoked one of the two tokens, but not the other.
  case halfRevoked(revoked: String, left: String, reason: String)

  /// The table.
  var report: FailureReport {
    switch self {
    case .busy(let advice, let host, let now):
      FailureReport(
        "rate_limited", .temporary, "\(host) takes no more requests for now; nothing was spent",
        hint: "run it again in \(Self.wait(advice?.seconds(from: now)))")
    case .unusableAnswer(let reason, let host, let kept):
      FailureReport(
        "outcome_unknown", .temporary,
        "\(host) answered with \(reason.phrase), so nobody can tell whether the token was renewed",
        hint: kept.map {
          "the answer is kept in \($0); run it again later: it sends the token again only when that is safe"
        } ?? "run it again later: it sends the token again only when that is safe")
    case .noAccessToken(let path):
      FailureReport(
        "no_access_token", .temporary,
        "X sent a new refresh token without an access token; it is saved in \(path)",
        hint: "run \(call: "refresh") to get an access token with it")
    case .noGrantInAnswer(let reason, let host):
      FailureReport(
        "no_grant_in_answer", .temporary,
        "\(host) answered with \(reason.phrase), so nobody can tell whether there is a new grant",
        hint:
          "run \(call: "login") again: the tokens of an earlier login may have stopped working")
    case .notConfirmed(let status, let host):
      FailureReport(
        "not_confirmed", .temporary, "\(host) did not confirm the revocation (HTTP \(status))",
        hint: "run \(call: "revoke") again")
    case .outcomeStillUnknown(let since, let kept, let again, let now):
      FailureReport(
        "outcome_still_unknown", .temporary,
        "the outcome of \(since.map { "the renewal of \(Times.local($0, now: now))" } ?? "an earlier renewal") is unknown\(kept == nil ? "" : ": its answer can't be read"); a second try is safe at \(Times.local(again, now: now))",
        hint: kept.map { "run it again then; the answer is kept in \($0)" } ?? "run it again then")
    case .keepsChanging(let path):
      FailureReport(
        "keeps_changing", .temporary, "\(path) was changed again and again during the save",
        hint: "run it again")
    case .halfRevoked(let revoked, let left, let reason):
      FailureReport(
        "half_revoked", .temporary, "X revoked the \(revoked), but not the \(left): \(reason)",
        hint: "run \(call: "revoke") again")
    }
  }

  /// How long to wait, to follow "in".
  private static func wait(_ seconds: Int?) -> String {
    guard let seconds else { return "a few minutes" }
    return seconds > 0 ? Spans.words(seconds) : "a moment"
  }
}

extension TokenAnswer.Reason {
  /// The reason, to follow "answered with".
  var phrase: String {
    switch self {
    case .serverFault(let status): "a server error (\(status))"
    case .notOAuth(let status): "something that isn't an OAuth answer (HTTP \(status))"
    case .noAccessToken: "a success without an access token"
    case .unusableToken: "a token that can't be stored"
    case .unusableTokenType: "a token of another type than Bearer"
    }
  }
}
