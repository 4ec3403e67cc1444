import OAuth

/// Why a login is needed, or why one failed.
enum LoginFailure: Sendable, Equatable {
  /// There is no token, neither in the file nor in the environment.
  case noGrant(path: String)
  /// The access token has expired and there is no refresh token.
  case noRefreshToken
  /// X refuses the refresh token for good.
  /// `kept` is the journal if it has an unreadable answer that may hold the successor.
  case refused(ErrorResponse, kept: String?)
  /// X refused it in an earlier run, as the journal records.
  case refusedBefore(path: String)
  /// The environment's refresh token was used before: its successor is in the journal of a file that
  /// has no tokens.
  case spentInEnvironment(journal: String)
  /// The environment's refresh token was used before: its successor went to the `--on-rotate` command
  /// of an earlier job, and is no longer here.
  case handedOn
  /// A revocation was sent and not confirmed.
  case revocationBegun
  /// X sent the browser back with an error (RFC 6749 §4.1.2.1).
  case denied(error: String, description: String?)
  /// The browser did not come back in time.
  case timedOut(seconds: Int, redirect: String)
  /// X refuses the authorization code.
  case codeRefused(ErrorResponse)
  /// The person at the terminal answered no.
  case declined
  /// The terminal's input ended during `--paste`.
  case nothingPasted

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
    case .refused(let response, let kept):
      FailureReport(
        "grant_refused", .loginNeeded, "X refused the refresh token: \(response.quoted)",
        hint: kept.map {
          "an answer in \($0) that can't be read may hold its successor: look there first, then run \(call: "login")"
        }
          ?? "it was used, revoked, or ended by a login elsewhere with the same app and account; run \(call: "login")"
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
    case .handedOn:
      FailureReport(
        "handed_on", .settings,
        "another job has renewed the tokens in the environment, and its --on-rotate command has the new ones",
        hint: "start this job again, so that it gets the new values")
    case .revocationBegun:
      FailureReport(
        "revocation_begun", .loginNeeded,
        "a revocation of this grant was begun and not confirmed",
        hint:
          "run \(call: "revoke") again to finish it, or \(call: "refresh --force") to keep the grant"
      )
    case .denied(let error, let description): Self.denied(error, description)
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

  /// The errors that X sends the browser back with instead of a code (RFC 6749 §4.1.2.1). Only
  /// `access_denied` is the person's decision. The server chooses the text, so the list is open.
  private static func denied(_ error: String, _ description: String?) -> FailureReport {
    let words = "\"\(sanitized(description ?? error))\""
    return switch error {
    case "access_denied":
      FailureReport(
        "denied", .loginNeeded,
        "access was denied on X's page" + (description == nil ? "" : ": \(words)"),
        hint: "nothing was changed; run \(call: "login") again to decide otherwise")
    case "invalid_scope":
      FailureReport(
        "scopes_refused", .settings, "X turned the scopes down: \(words)",
        hint: "check X_OAUTH2_SCOPES, and the app's permissions in the portal")
    case "invalid_request", "unauthorized_client", "unsupported_response_type":
      FailureReport(
        "authorization_refused", .settings, "X turned the request down: \(words)",
        hint: "check the app's settings at https://console.x.com")
    case "server_error", "temporarily_unavailable":
      FailureReport(
        "authorization_unavailable", .temporary, "X can't sign anybody in for now: \(words)",
        hint: "nothing was changed; run \(call: "login") again later")
    default:
      FailureReport(
        "denied", .loginNeeded, "X gave no access: \(words)",
        hint: "nothing was changed; run \(call: "login") again")
    }
  }
}

extension ErrorResponse {
  /// The server's description of the error, in quotes; its code if there is none.
  var quoted: String { errorDescription.map { "\"\($0)\"" } ?? "\"\(code)\"" }

  /// The table of `Failure.client`: X refuses the client, so a setting is wrong and the token is
  /// still good.
  func report(refusing client: ClientCredentials) -> FailureReport {
    let hint: Hint =
      switch subject {
      case .client where client.isConfidential:
        "check CLIENT_ID and CLIENT_SECRET; for an app of type \"Native App\" remove the secret"
      case .client: "check CLIENT_ID; an app of type \"Web App\" needs CLIENT_SECRET too"
      case .redirectURI:
        "register the callback URL that \(call: "show") prints, exactly so, in the portal"
      case .scope: "check X_OAUTH2_SCOPES and the app's permissions in the portal"
      case .token, .authorizationCode, .codeVerifier, .missingParameter, .other:
        "check the app's settings at https://console.x.com"
      }
    return FailureReport(
      "client_refused", .settings, "X refused the request: \(quoted); no token was spent",
      hint: hint)
  }
}
