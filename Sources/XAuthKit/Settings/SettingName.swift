/// Every setting by the name that `.env` and the process environment know it by.
enum SettingName: String, Sendable, CaseIterable {
  case clientID = "CLIENT_ID"
  case clientSecret = "CLIENT_SECRET"
  case callbackHost = "X_OAUTH_CALLBACK_HOST"
  case callbackPort = "X_OAUTH_CALLBACK_PORT"
  case callbackPath = "X_OAUTH_CALLBACK_PATH"
  case callbackScheme = "X_OAUTH_CALLBACK_SCHEME"
  case callbackTimeout = "X_OAUTH_CALLBACK_TIMEOUT"
  case callbackListen = "X_OAUTH_CALLBACK_LISTEN"
  case certificateFile = "TLS_CERT_FILE"
  case keyFile = "TLS_KEY_FILE"
  case scopes = "X_OAUTH2_SCOPES"
  case apiBaseURL = "X_API_BASE_URL"
  case authorizeURL = "X_OAUTH2_AUTHORIZE_URL"

  case accessToken = "X_OAUTH2_ACCESS_TOKEN"
  case refreshToken = "X_OAUTH2_REFRESH_TOKEN"
  case expiresAt = "X_OAUTH2_EXPIRES_AT"
  case grantedScopes = "X_OAUTH2_GRANTED_SCOPES"

  case oauth1ConsumerKey = "X_OAUTH_CONSUMER_KEY"
  case oauth1ConsumerSecret = "X_OAUTH_CONSUMER_SECRET"
  case oauth1AccessToken = "X_OAUTH_ACCESS_TOKEN"
  case oauth1AccessTokenSecret = "X_OAUTH_ACCESS_TOKEN_SECRET"

  /// The four that make a grant, in the order in which they are appended to a file.
  static let grant: [SettingName] = [.accessToken, .refreshToken, .expiresAt, .grantedScopes]

  /// The two of them that open something.
  static let tokens: [SettingName] = [.accessToken, .refreshToken]

  /// The four that sign a request by OAuth 1.0a (RFC 5849 §3.1).
  static let oauth1: [SettingName] = [
    .oauth1ConsumerKey, .oauth1ConsumerSecret, .oauth1AccessToken, .oauth1AccessTokenSecret,
  ]

  /// Those whose value is never shown.
  var isSecret: Bool {
    switch self {
    case .clientSecret, .accessToken, .refreshToken: true
    case .oauth1ConsumerSecret, .oauth1AccessToken, .oauth1AccessTokenSecret: true
    default: false
    }
  }
}

extension SettingName {
  /// The names of what no other program should inherit.
  static let secrets = allCases.filter(\.isSecret).map(\.rawValue)
}
