import OAuth

extension FailureReport {
  /// What X sent the browser back with instead of a code: the errors of RFC 6749 §4.1.2.1. Only the
  /// first is a person's decision.
  init(denied error: String, _ description: String?) {
    let words = "\"\(sanitized(description ?? error))\""
    switch error {
    case "access_denied":
      self.init(
        "denied", .loginNeeded,
        "access was denied on X's page" + (description == nil ? "" : ": \(words)"),
        hint: "nothing was changed; run \(call: "login") again to decide otherwise")
    case "invalid_scope":
      self.init(
        "scopes_refused", .settings, "X turned the scopes down: \(words)",
        hint: "check X_OAUTH2_SCOPES, and the app's permissions in the portal")
    case "invalid_request", "unauthorized_client", "unsupported_response_type":
      self.init(
        "authorization_refused", .settings, "X turned the request down: \(words)",
        hint: "check the app's settings at https://console.x.com")
    case "server_error", "temporarily_unavailable":
      self.init(
        "authorization_unavailable", .temporary, "X can't sign anybody in for now: \(words)",
        hint: "nothing was changed; run \(call: "login") again later")
    default:
      self.init(
        "denied", .loginNeeded, "X gave no access: \(words)",
        hint: "nothing was changed; run \(call: "login") again")
    }
  }
}
