/// What kind of token is to be revoked (RFC 7009 §2.1).
public enum TokenTypeHint: String, Sendable, Equatable, CaseIterable {
  /// An access token.
  case accessToken = "access_token"
  /// A refresh token.
  case refreshToken = "refresh_token"
}
