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
  case timedOut(seconds: Int, redirect: String, Obstacle?)
  /// Another account signed in than the one that `--account` names. Whether X has confirmed that the new
  /// tokens are revoked.
  case otherAccount(String, wanted: String, isRevoked: Bool)
  /// The same for the account of the file's grant, and nobody said that another may replace it.
  case accountNotConfirmed(String, known: String?, path: String, isRevoked: Bool)
  /// The same where the two accounts have the same name, which has changed hands.
  case namesake(String, path: String, isRevoked: Bool)
  /// Another account signed in than the one that `--account` names, but it is that of the file's grant,
  /// which the login has ended.
  case renewedOther(String, wanted: String, path: String)
  /// X doesn't say who signed in, and `--account` names one, or the file's grant is of that one.
  case accountUnknown(known: String?, journal: String)
  /// The person at the terminal answered no.
  case declined
  /// The terminal's input ended during `--paste`.
  case nothingPasted

  /// What kept the browser from coming back, going by what was seen.
  enum Obstacle: Sendable, Equatable {
    /// The browser refused the certificate.
    case certificate
    /// It came over http to https, or the other way round.
    case scheme
    /// A proxy changed the `Host` of the callback.
    case host
    /// Only callbacks of another login came.
    case otherLogin
    /// The browser is on another machine, where this command forwards the port.
    case elsewhere(command: String)
    /// No browser could be opened.
    case noBrowser
  }

  /// The table.
  var report: FailureReport {
    switch self {
    case .spentInEnvironment(let journal):
      FailureReport(
        "spent_in_environment", .loginNeeded,
        "the environment has a used refresh token; its successor is in \(journal)",
        hint: "unset the tokens there and restore the .env, or run \(call: "login")")
    case .handedOn:
      FailureReport(
        "handed_on", .settings,
        "another job has renewed the tokens in the environment, so these don't work any more",
        hint: "start this job again, so that it gets the new values")
    case .denied(let error, let description): Self.denied(error, description)
    case .timedOut(let seconds, let redirect, let obstacle):
      FailureReport(
        "timed_out", .loginNeeded,
        "timed out: the login was not completed within \(Spans.words(seconds))",
        hint: Self.hint(for: obstacle, redirect))
    case .otherAccount(let name, let wanted, let isRevoked):
      FailureReport(
        "other_account", .loginNeeded,
        "@\(name) signed in, not @\(wanted); nothing was saved, and \(fate(isRevoked))",
        hint: isRevoked
          ? Self.signInAs(wanted)
          : "end the new tokens at \(Self.connectedApps), then log in again as @\(wanted)")
    case .accountNotConfirmed(let name, let known, let path, let isRevoked):
      FailureReport(
        "account_not_confirmed", .settings,
        "@\(name) signed in, but \(path) has \(known.map { "@\($0)'s tokens" } ?? "other tokens by now"); \(fate(isRevoked))",
        hint: Self.switching(to: name, "login --account \(name)", isRevoked))
    case .namesake(let name, let path, let isRevoked):
      FailureReport(
        "account_not_confirmed", .settings,
        "@\(name) is no longer the account whose tokens \(path) has; \(fate(isRevoked))",
        hint: Self.switching(to: name, "login --account \(name) --force", isRevoked))
    case .renewedOther(let name, let wanted, let path):
      FailureReport(
        "other_account_renewed", .loginNeeded,
        "signed in as @\(name), not @\(wanted); the tokens in \(path) were @\(name)'s and have been renewed",
        hint: Self.signInAs(wanted))
    case .accountUnknown(let known, let journal):
      FailureReport(
        "account_unknown", .loginNeeded,
        "X doesn't say who signed in; the new tokens are kept aside in \(journal)",
        hint: known.map {
          "the next renewal asks again and saves @\($0)'s; \(call: "login --force") saves anybody's"
        } ?? "to save tokens whose account X doesn't name, run \(call: "login")")
    case .declined:
      FailureReport("declined", .loginNeeded, "the login was cancelled; no token was changed")
    case .nothingPasted:
      FailureReport(
        "nothing_pasted", .loginNeeded, "input ended before an address was pasted",
        hint: "run \(call: "login") again; without --paste it listens for the browser")
    }
  }

  private static func hint(for obstacle: Obstacle?, _ redirect: String) -> Hint {
    switch obstacle {
    case .certificate:
      "the browser refused the certificate: go on past its warning, or set TLS_CERT_FILE to one it trusts"
    case .scheme: "the browser used the wrong scheme: it must be exactly \(redirect)"
    case .host: "the proxy must forward the Host header of \(redirect) unchanged"
    case .otherLogin:
      "a callback of an earlier login came: close its tab, and open only the newest address"
    case .elsewhere(let command):
      "on the machine with the browser, first run `\(command)`"
    case .noBrowser: "no browser could be opened here: open the printed address in one yourself"
    case nil:
      "\"Something went wrong\" at X? Check CLIENT_ID, and register \(redirect)"
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
        "the login was cancelled on X's page" + (description == nil ? "" : ": \(words)"),
        hint: "nothing was changed; run \(call: "login") again to decide otherwise")
    case "invalid_scope":
      FailureReport(
        "scopes_refused", .settings, "X rejected the scopes: \(words)",
        hint: "check X_OAUTH2_SCOPES, and the app's permissions at https://console.x.com")
    case "invalid_request", "unauthorized_client", "unsupported_response_type":
      FailureReport(
        "authorization_refused", .settings, "X rejected the request: \(words)",
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

  private static func signInAs(_ wanted: String) -> Hint {
    "sign in to x.com as @\(wanted) in that browser, then run \(call: "login --account \(wanted)")"
  }

  private static func switching(to name: String, _ login: String, _ isRevoked: Bool) -> Hint {
    isRevoked
      ? "to switch to @\(name), run \(call: login)"
      : "end the new tokens at \(connectedApps); to switch, run \(call: login)"
  }

  /// Where a person ends an app's access.
  private static let connectedApps = "https://x.com/settings/connected_apps"

  /// What became of the tokens that weren't wanted.
  private func fate(_ isRevoked: Bool) -> String {
    isRevoked ? "the new tokens were revoked" : "X did not confirm revoking the new ones"
  }
}
