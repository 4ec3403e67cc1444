/// The four values that sign a request in an account's name with OAuth 1.0a (RFC 5849 §3.1, §3.4.2).
public struct OAuth1Credentials: Sendable, Equatable {
  /// `oauth_consumer_key`: which app, no secret.
  public let consumerKey: String
  /// The app's secret: half of the key of the signature.
  public let consumerSecret: Secret
  /// `oauth_token`: in whose name.
  public let accessToken: Secret
  /// The token's secret: the other half.
  public let accessTokenSecret: Secret

  /// All four.
  public init(
    consumerKey: String, consumerSecret: Secret, accessToken: Secret, accessTokenSecret: Secret
  ) {
    self.consumerKey = consumerKey
    self.consumerSecret = consumerSecret
    self.accessToken = accessToken
    self.accessTokenSecret = accessTokenSecret
  }
}
