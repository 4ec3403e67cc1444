import OAuth

extension LoginFailure {
  /// The table.
  var report: FailureReport {
    switch self {
    case .noGrant(let path):
      FailureReport(
        "no_token", .loginNeeded, "there is no token in \(path) or the environment",
        hint: "run \(call: "login")")
    case .noRefreshToken:
      FailureReport(
        "no_refresh_token", .loginNeeded,
        "the access token has to be renewed, but there is no X_OAUTH2_REFRESH_TOKEN",
        hint: "run \(call: "login"), and keep offline.access among the scopes")
    case .refused(let response):
      FailureReport(
        "grant_refused", .loginNeeded, "X refused the refresh token: \(response.quoted)",
        hint:
          "it was used, revoked, or ended by a login elsewhere with the same app and account; run \(call: "login")"
      )
    case .refusedBefore(let path):
      FailureReport(
        "grant_refused_before", .loginNeeded,
        "X has refused the refresh token in \(path) before; it was not sent again",
        hint:
          "run \(call: "login"), or correct CLIENT_ID if it is another app's"
      )
    case .spentInEnvironment(let journal):
      FailureReport(
        "spent_in_environment", .loginNeeded,
        "the refresh token in the environment was used before; its successor is in \(journal)",
        hint:
          "unset X_OAUTH2_ACCESS_TOKEN and X_OAUTH2_REFRESH_TOKEN in the environment and restore the .env, or run \(call: "login")"
      )
    case .revocationBegun:
      FailureReport(
        "revocation_begun", .loginNeeded,
        "a revocation of this grant was begun and not confirmed",
        hint:
          "run \(call: "revoke") again to finish it, or \(call: "refresh --force") to keep the grant"
      )
    case .denied(let error, let description): FailureReport(denied: error, description)
    case .timedOut(let seconds, let redirect):
      FailureReport(
        "timed_out", .loginNeeded, "nobody came back from X within \(Spans.words(seconds))",
        hint:
          "if X's page said \"Something went wrong\", check CLIENT_ID and that \(redirect) is registered in the portal, exactly so"
      )
    case .codeRefused(let response):
      FailureReport(
        "code_refused", .loginNeeded, "X refused the authorization code: \(response.quoted)",
        hint: "a code lives 30 seconds and works once; run \(call: "login") again")
    case .declined:
      FailureReport("declined", .loginNeeded, "the login was cancelled; no token was changed")
    case .nothingPasted:
      FailureReport(
        "nothing_pasted", .loginNeeded, "input ended before an address was pasted",
        hint: "run \(call: "login") again; without --paste it listens for the browser")
    }
  }
}

extension TemporaryFailure {
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
        "\(host) answered with \(reason.words), so nobody can tell whether the token was renewed",
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
        "\(host) answered with \(reason.words), so nobody can tell whether there is a new grant",
        hint:
          "run \(call: "login") again: the tokens of an earlier login may have stopped working")
    case .notConfirmed(let status, let host):
      FailureReport(
        "not_confirmed", .temporary, "\(host) did not confirm the revocation (HTTP \(status))",
        hint: "run \(call: "revoke") again")
    case .outcomeStillUnknown(let since, let kept, let again, let now):
      FailureReport(
        "outcome_still_unknown", .temporary,
        "the answer to \(since.map { "the renewal of \(Times.local($0, now: now))" } ?? "an earlier renewal") \(kept == nil ? "never came" : "can't be read"); a second try is safe at \(Times.local(again, now: now))",
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

  /// How long to wait, in words that follow "in".
  private static func wait(_ seconds: Int?) -> String {
    guard let seconds else { return "a few minutes" }
    return seconds > 0 ? Spans.words(seconds) : "a moment"
  }
}

extension TokenAnswer.Reason {
  /// The reason in words that follow "answered with".
  var words: String {
    switch self {
    case .serverFault(let status): "a server error (\(status))"
    case .notOAuth(let status): "something that isn't an OAuth answer (HTTP \(status))"
    case .noAccessToken: "a success without an access token"
    case .unusableToken: "a token that can't be stored"
    case .unusableTokenType: "a token of another type than Bearer"
    }
  }
}

extension ErrorResponse {
  /// What the server said, for a message.
  var quoted: String { errorDescription.map { "\"\($0)\"" } ?? "\"\(code)\"" }
}

extension FailureReport {
  /// X refuses the client: nothing is spent, a setting is wrong.
  init(refusing client: ClientCredentials, _ response: ErrorResponse) {
    let hint: Hint =
      switch response.subject {
      case .client where client.isConfidential:
        "check CLIENT_ID and CLIENT_SECRET; for an app of type \"Native App\" remove the secret"
      case .client: "check CLIENT_ID; an app of type \"Web App\" needs CLIENT_SECRET too"
      case .redirectURI:
        "register the callback URL that \(call: "show") prints, exactly so, in the portal"
      case .scope: "check X_OAUTH2_SCOPES and the app's permissions in the portal"
      default: "check the app's settings at https://console.x.com"
      }
    self.init(
      "client_refused", .settings, "X refused the request: \(response.quoted); no token was spent",
      hint: hint)
  }
}
