import OAuth

/// One grant: the values that travel together, because a mixture of two grants is worth nothing.
struct Grant: Sendable, Equatable {
  /// `X_OAUTH2_ACCESS_TOKEN`; nil when blank.
  var accessToken: Secret?
  /// `X_OAUTH2_REFRESH_TOKEN`; nil when blank. Works once.
  var refreshToken: Secret?
  /// `X_OAUTH2_EXPIRES_AT`: when the access token ends, in seconds since 1970; nil when unknown.
  var expiresAt: Int?
  /// `X_OAUTH2_GRANTED_SCOPES`; nil when unknown.
  var scopes: Scopes?

  /// A grant of these values; an empty token is none.
  init(
    accessToken: Secret? = nil, refreshToken: Secret? = nil, expiresAt: Int? = nil,
    scopes: Scopes? = nil
  ) {
    self.accessToken = accessToken.flatMap { $0.isEmpty ? nil : $0 }
    self.refreshToken = refreshToken.flatMap { $0.isEmpty ? nil : $0 }
    self.expiresAt = expiresAt
    self.scopes = scopes
  }

  /// No grant: what a revocation leaves.
  static let blank = Grant()

  /// Whether there is no token in it.
  var isBlank: Bool { accessToken == nil && refreshToken == nil }

  /// The token that stands for the grant: the refresh token, or the access token of a grant
  /// without one. It is what is remembered, as a hash, once it is spent.
  var identity: Secret? { refreshToken ?? accessToken }

  /// Whether it is an access token and nothing else: nobody knows when it ends, nothing renews it, and
  /// whoever set that one variable wants it used.
  func isOnlyToken(at now: Int) -> Bool {
    accessToken != nil && refreshToken == nil && secondsLeft(at: now) == nil
  }

  /// Whether both tokens are the same, whatever is written beside them.
  func hasSameTokens(as other: Grant) -> Bool {
    accessToken == other.accessToken && refreshToken == other.refreshToken
  }

  /// Whether a wrong clock or another unit must have written the expiry: no token lives that long.
  func hasImpossibleExpiry(at now: Int) -> Bool {
    expiresAt.map { $0 > now + IssuedTokens.longestBelievedLifetime } ?? false
  }

  /// Seconds until the access token ends, negative when it has ended; nil when unknown, as with an
  /// impossible expiry: a token that seems to live for decades would never be renewed.
  func secondsLeft(at now: Int) -> Int? {
    guard accessToken != nil, let expiresAt, !hasImpossibleExpiry(at: now) else { return nil }
    return expiresAt - now
  }

  /// Whether there is an access token that isn't known to have ended.
  func serves(at now: Int) -> Bool {
    accessToken != nil && secondsLeft(at: now).map { $0 > 0 } ?? true
  }

  /// Whether the access token is good for `validity` more seconds. An unknown expiry is not.
  func isGood(for validity: Int, at now: Int) -> Bool {
    secondsLeft(at: now).map { $0 >= validity && $0 > 0 } ?? false
  }
}
