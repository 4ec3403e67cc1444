import OAuth

/// Why a login is needed, or why one failed.
enum LoginFailure: Sendable, Equatable {
  /// The environment's refresh token was used before: its successor is in the journal of a file that
  /// has no tokens.
  case spentInEnvironment(journal: String)
  /// The environment's refresh token was used before: its successor went to the `--on-rotate` command
  /// of an earlier job, and is no longer here.
  case handedOn
  /// X sent the browser back with an error (RFC 6749 §4.1.2.1).
  case denied(error: String, description: String?)
  /// The browser did not come back in time.
  case timedOut(seconds: Int, redirect: String)
  /// The person at the terminal answered no.
  case declined
  /// The terminal's input ended during `--paste`.
  case nothingPasted

  /// The table.
  var report: FailureReport {
    switch self {
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
    case .denied(let error, let description): Self.denied(error, description)
    case .timedOut(let seconds, let redirect):
      FailureReport(
        "timed_out", .loginNeeded, "nobody came back from X within \(Spans.words(seconds))",
        hint:
          "if X's page said \"Something went wrong\", check CLIENT_ID and that \(redirect) is registered in the portal, exactly so"
      )
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
