/// What the account has given to the app, and the tokens that now stand for it. Tokens are kept as
/// SHA-256 digests only.
struct Grant: Sendable {
  /// An access token that was issued.
  struct AccessToken: Sendable {
    let digest: String
    /// Seconds since 1970.
    let expiresAt: Double
  }

  /// Which grant this is: 1 for the sandbox's first.
  let index: Int
  let scopes: [String]
  /// How many refresh tokens there were: the newest is the `generation`th.
  var generation = 0
  var access: AccessToken?
  var refreshDigest: String?
}

/// Where a refresh token that was once issued belongs.
struct IssuedRefreshToken: Sendable {
  let grant: Int
  let generation: Int
}
