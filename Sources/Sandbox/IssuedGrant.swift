/// What an account has granted to the app, and its current tokens. Tokens are kept as SHA-256 digests
/// only.
struct IssuedGrant: Sendable {
  /// An access token that was issued.
  struct AccessToken: Sendable {
    let digest: String
    /// Seconds since 1970.
    let expiresAt: Double
  }

  /// Which grant this is: 1 for the sandbox's first.
  let index: Int
  let account: String
  let scopes: [String]
  /// How many refresh tokens were issued so far: the newest is the `generation`th.
  var generation = 0
  var access: AccessToken?
  var refreshDigest: String?
}

/// Which grant a refresh token was issued for, and as which of its tokens.
struct IssuedRefreshToken: Sendable {
  let grant: Int
  let generation: Int
}

/// A code that a client may exchange once.
struct IssuedCode: Sendable {
  let request: AuthorizationRequest
  /// Seconds since 1970.
  let issuedAt: Double

  /// Whether its 30 seconds are over. A clock that was set back makes no code younger.
  func isExpired(at now: Double) -> Bool {
    abs(now - issuedAt) > AuthorizationServer.codeLifetime
  }
}

/// The consent pages that were shown and not answered yet, by the value in their form.
struct PendingConsents: Sendable {
  /// How many are kept; the oldest is dropped for more.
  static let limit = 256

  private var pending: [(id: String, request: AuthorizationRequest)] = []

  /// Remembers that the page with `id` asks for `request`.
  mutating func add(_ request: AuthorizationRequest, id: String) {
    if pending.count == Self.limit { pending.removeFirst() }
    pending.append((id, request))
  }

  /// The request of the page with `id`, which is removed: a page can be answered once.
  mutating func take(_ id: String) -> AuthorizationRequest? {
    guard let index = pending.firstIndex(where: { $0.id.isByteForByte(id) }) else { return nil }
    return pending.remove(at: index).request
  }
}
