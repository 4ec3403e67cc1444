/// How the sandbox behaves where X's behaviour is unknown, a choice, or hard to provoke.
struct Policy: Sendable {
  /// What happens at the authorization endpoint.
  enum Consent: Sendable {
    /// The user decides on the page.
    case ask
    /// Everything is approved at once: for runs without a person.
    case approve
    /// Everything is denied at once.
    case deny
  }

  /// Who decides.
  var consent = Consent.ask
  /// How long an access token is valid, in seconds. X: two hours.
  var accessLifetime = 7200
  /// Whether `offline.access` is answered with a refresh token.
  var issuesRefreshTokens = true
  /// The scopes that can be granted; nil grants all that are requested.
  var grantableScopes: Set<String>?
  /// Whether presenting a used refresh token ends the whole grant (RFC 9700 §4.14.2).
  var endsGrantOnReuse = false

  /// X's behaviour as far as it is known.
  init() {}
}
