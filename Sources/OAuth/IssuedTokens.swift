/// What a successful answer of the token endpoint grants (RFC 6749 §5.1).
public struct IssuedTokens: Sendable, Equatable {
  /// What X documents as the life of an access token, in seconds.
  public static let usualLifetime = 7200

  /// The longest life, in seconds, that is believed: a year.
  public static let longestBelievedLifetime = 31_536_000

  /// The longest token, in bytes, that is stored.
  static let longestToken = 16 * 1024

  /// The access token; nil when a new refresh token came alone, which is the newest all the same:
  /// the one that was presented is used up.
  public let accessToken: Secret?
  /// The new refresh token; nil when the server sent none, and an old one stays valid.
  public let refreshToken: Secret?
  /// The access token's life in seconds, from the moment of the answer.
  public let lifetime: Int
  /// Whether the server gave no life that can be believed, and `lifetime` is the usual one.
  public let lifetimeIsAssumed: Bool
  /// What was granted; nil when the server doesn't say, which means what was asked for (§5.1), or
  /// what was granted before (§6).
  public let scopes: Scopes?

  /// Tokens as the server issued them; a `lifetime` of nil is assumed to be the usual one.
  public init(accessToken: Secret?, refreshToken: Secret?, lifetime: Int?, scopes: Scopes?) {
    self.accessToken = accessToken
    self.refreshToken = refreshToken
    self.lifetime = lifetime ?? IssuedTokens.usualLifetime
    lifetimeIsAssumed = lifetime == nil
    self.scopes = scopes
  }

  /// The token in `text`, if it is one that can be stored and sent (RFC 6749 appendix A.12 and
  /// A.17).
  static func usable(_ text: String) -> Secret? {
    let isUsable = 1...longestToken ~= text.utf8.count && text.utf8.allSatisfy { 0x20...0x7E ~= $0 }
    return isUsable ? Secret(text) : nil
  }
}
