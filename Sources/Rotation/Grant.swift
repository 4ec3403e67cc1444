import DotEnv
import OAuth

/// One grant: the values that travel together, because a mixture of two grants is worth nothing.
public struct Grant: Sendable, Equatable {
  /// The names under which a `.env` and the process environment hold a grant, in the order in which
  /// they are appended to a file.
  public enum Key: String, Sendable, CaseIterable {
    case accessToken = "X_OAUTH2_ACCESS_TOKEN"
    case refreshToken = "X_OAUTH2_REFRESH_TOKEN"
    case expiresAt = "X_OAUTH2_EXPIRES_AT"
    case grantedScopes = "X_OAUTH2_GRANTED_SCOPES"
  }

  /// The access token; nil when there is none.
  public var accessToken: Secret?
  /// The refresh token, which works once; nil when there is none.
  public var refreshToken: Secret?
  /// When the access token expires, in seconds since 1970; nil when unknown.
  public var expiresAt: Int?
  /// What X granted; nil when unknown.
  public var scopes: Scopes?

  /// A grant of these values; an empty token is none.
  public init(
    accessToken: Secret? = nil, refreshToken: Secret? = nil, expiresAt: Int? = nil,
    scopes: Scopes? = nil
  ) {
    self.accessToken = accessToken.flatMap { $0.isEmpty ? nil : $0 }
    self.refreshToken = refreshToken.flatMap { $0.isEmpty ? nil : $0 }
    self.expiresAt = expiresAt
    self.scopes = scopes
  }

  /// A grant from the values as `text` gives them.
  public init(_ text: (Key) -> String?) {
    self.init(
      accessToken: text(.accessToken).map { Secret($0) },
      refreshToken: text(.refreshToken).map { Secret($0) },
      expiresAt: text(.expiresAt).flatMap(Self.expiry),
      scopes: text(.grantedScopes).flatMap { $0.isEmpty ? nil : Scopes(parsing: $0) })
  }

  /// The grant in a document.
  public init(document: DotEnvDocument) {
    self.init { document.value(of: $0.rawValue)?.text }
  }

  /// No grant: what a revocation leaves.
  public static let blank = Grant()

  /// Whether there is no token in it.
  public var isBlank: Bool { accessToken == nil && refreshToken == nil }

  /// The token that stands for the grant: the refresh token, or the access token of a grant
  /// without one. Its hash is what is remembered once it has been used.
  public var identity: Secret? { refreshToken ?? accessToken }

  /// Whether both tokens are the same, whatever is written beside them.
  public func hasSameTokens(as other: Grant) -> Bool {
    accessToken == other.accessToken && refreshToken == other.refreshToken
  }
}

extension Grant {
  // Ten-digit numbers (2001 to 2286) are seconds; thirteen digits are milliseconds.
  private static let believableSeconds = 1_000_000_000..<10_000_000_000

  /// `X_OAUTH2_EXPIRES_AT` as people and programs write it: seconds since 1970, also from
  /// milliseconds; nil for anything else.
  public static func expiry(_ text: String) -> Int? {
    guard let number = Int(text) ?? Double(text).flatMap(Int.init(exactly:)) else { return nil }
    if believableSeconds.contains(number) { return number }
    return believableSeconds.contains(number / 1000) ? number / 1000 : nil
  }
}

extension Grant {
  /// The edit that puts this grant into a document, whole: what it lacks is cleared, so that nothing
  /// of the grant before it stays. A key that the document lacks and the grant has no value for is
  /// not added.
  public func changes(to document: DotEnvDocument) -> [DotEnvChange] {
    let values: [(Key, String?)] = [
      (.accessToken, accessToken?.reveal()), (.refreshToken, refreshToken?.reveal()),
      (.expiresAt, expiresAt.map { String($0) }), (.grantedScopes, scopes?.commaSeparated),
    ]
    return values.compactMap { key, value in
      guard value != nil || document.value(of: key.rawValue) != nil else { return nil }
      return DotEnvChange(key.rawValue, value ?? "", origin: .server)
    }
  }

  /// What an answer makes of a grant. X leaves out what doesn't change (RFC 6749 §6), so a refresh
  /// keeps of `old` what the answer lacks; a login keeps nothing.
  init(_ issued: IssuedTokens, at time: Int, keeping old: Grant) {
    self.init(
      accessToken: issued.accessToken ?? old.accessToken,
      refreshToken: issued.refreshToken ?? old.refreshToken,
      expiresAt: issued.accessToken == nil ? old.expiresAt : time + issued.lifetime,
      scopes: issued.scopes ?? old.scopes)
  }

  /// What is left once these tokens are revoked. With the refresh token the grant is gone, and with
  /// the access token its expiry.
  func without(_ revoked: [TokenTypeHint]) -> Grant {
    var left = self
    if revoked.contains(.accessToken) {
      left.accessToken = nil
      left.expiresAt = nil
    }
    if revoked.contains(.refreshToken) { left.refreshToken = nil }
    if left.isBlank { left.scopes = nil }
    return left
  }

  /// The token of this kind.
  func token(_ hint: TokenTypeHint) -> Secret? {
    switch hint {
    case .accessToken: accessToken
    case .refreshToken: refreshToken
    }
  }
}
