/// How the sandbox behaves where X's behaviour is a choice, unproven, or awkward to try.
struct Policy: Sendable {
  /// What happens at the authorization endpoint.
  enum Consent: Sendable {
    /// A person decides on the page.
    case ask
    /// Everything is approved at once: for runs without a person.
    case approve
    /// Everything is denied at once.
    case deny
  }

  /// Who decides.
  var consent = Consent.ask
  /// How long an access token is good for, in seconds. X: two hours.
  var accessLifetime = 7200
  /// Whether `offline.access` is answered with a refresh token.
  var issuesRefreshTokens = true
  /// The scopes that can be granted; nil grants whatever is asked for.
  var grantableScopes: Set<String>?
  /// Whether a spent refresh token that is presented ends the whole grant (RFC 9700 §4.14.2).
  var endsGrantOnReuse = false

  /// X's behaviour as far as it is known.
  init() {}
}
