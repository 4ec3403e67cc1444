import CommandTable

extension SettingDoc {
  /// Every setting, as the help, the manual and the surface list it.
  static let all: [SettingDoc] =
    client + callback + endpoints + written + oauth1 + environmentOnly

  private static let client = [
    SettingDoc("CLIENT_ID", help: "The app's OAuth 2.0 client ID, from X's developer portal."),
    SettingDoc(
      "CLIENT_SECRET",
      help: "Its secret, if the app is a confidential client. Empty means a public client."),
    SettingDoc(
      "X_OAUTH2_SCOPES", default: "thirteen, see env.example",
      help: "The scopes to ask for, separated by spaces or commas."),
  ]

  private static let callback = [
    SettingDoc(
      "X_OAUTH_CALLBACK_HOST", default: "127.0.0.1",
      help: "Host of the redirect URI. Any but loopback needs https."),
    SettingDoc("X_OAUTH_CALLBACK_PORT", default: "8976", help: "Port of the redirect URI."),
    SettingDoc(
      "X_OAUTH_CALLBACK_PATH", default: "/oauth/callback", help: "Path of the redirect URI."),
    SettingDoc(
      "X_OAUTH_CALLBACK_SCHEME", default: "https with a certificate, else http",
      help: "Scheme of the redirect URI; https alone when a proxy ends TLS."),
    SettingDoc(
      "X_OAUTH_CALLBACK_TIMEOUT", default: "300",
      help: "How long a login waits for the person: seconds, or 10m, 1h."),
    SettingDoc(
      "X_OAUTH_CALLBACK_LISTEN", default: "the redirect URI's host",
      help: "Where to listen instead, for containers and proxies; the redirect URI stays."),
    SettingDoc(
      "TLS_CERT_FILE", help: "PEM certificate chain of the callback, relative to the .env."),
    SettingDoc("TLS_KEY_FILE", help: "Its PEM key, unencrypted, readable by its owner alone."),
  ]

  private static let endpoints = [
    SettingDoc(
      "X_API_BASE_URL", default: "https://api.x.com",
      help: "Base of the token and revocation endpoints. https, unless loopback."),
    SettingDoc(
      "X_OAUTH2_AUTHORIZE_URL", default: "https://x.com/i/oauth2/authorize",
      help: "Where the browser is sent. https, unless loopback."),
  ]

  private static let written = [
    SettingDoc("X_OAUTH2_ACCESS_TOKEN", help: "Written: the access token. Good for two hours."),
    SettingDoc("X_OAUTH2_REFRESH_TOKEN", help: "Written: the refresh token. Works once."),
    SettingDoc(
      "X_OAUTH2_EXPIRES_AT", help: "Written: when the access token ends, in seconds since 1970."),
    SettingDoc(
      "X_OAUTH2_GRANTED_SCOPES", help: "Written: the scopes X granted, separated by commas."),
  ]

  private static let oauth1 = [
    SettingDoc(
      "X_OAUTH_CONSUMER_KEY",
      help: "OAuth 1.0a, for `header` alone: the app's API key. Not the client ID."),
    SettingDoc("X_OAUTH_CONSUMER_SECRET", help: "OAuth 1.0a: the API key's secret."),
    SettingDoc("X_OAUTH_ACCESS_TOKEN", help: "OAuth 1.0a: the account's access token."),
    SettingDoc("X_OAUTH_ACCESS_TOKEN_SECRET", help: "OAuth 1.0a: that token's secret."),
  ]

  private static let environmentOnly = [
    SettingDoc("XAUTH_ENV_FILE", default: "./.env", help: "The file to work on. Environment only."),
    SettingDoc(
      "XAUTH_ON_ROTATE", help: "What --on-rotate would name. Environment only, never the file."),
    SettingDoc(
      "BROWSER", help: "The browser of login; colon-separated, %s for the URL. Environment only."),
    SettingDoc(
      "SSL_CERT_FILE",
      help: """
        Certificate authorities instead of the system's, in PEM; also CURL_CA_BUNDLE, and \
        SSL_CERT_DIR for a folder of them. Environment only.
        """),
    SettingDoc(
      "https_proxy",
      help: """
        The proxy on the way to X, as curl reads it; also all_proxy, and both in capitals. \
        Environment only.
        """),
    SettingDoc(
      "no_proxy",
      help: "Hosts that are reached without the proxy; also NO_PROXY. Environment only."),
    SettingDoc(
      "CI", help: "Set and not false: rotation needs --on-rotate or --allow-rotate."),
    SettingDoc(
      "GITHUB_ENV", help: "The file that `export --format github-env` appends to; set by GitHub."),
    SettingDoc("NO_COLOR", help: "Not empty: no colour."),
  ]
}
