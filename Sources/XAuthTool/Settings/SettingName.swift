import CommandTable

/// Every setting that a `.env` can have, under the name that it and the environment have for it.
///
/// A setting is declared by its case and its row in `row`. The help comes from the rows; the README's
/// tables and env.example are tested against them.
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
  case store = "X_OAUTH2_STORE"

  // In the order in which a save appends them to a file.
  case accessToken = "X_OAUTH2_ACCESS_TOKEN"
  case refreshToken = "X_OAUTH2_REFRESH_TOKEN"
  case expiresAt = "X_OAUTH2_EXPIRES_AT"
  case grantedScopes = "X_OAUTH2_GRANTED_SCOPES"

  case oauth1ConsumerKey = "X_OAUTH_CONSUMER_KEY"
  case oauth1ConsumerSecret = "X_OAUTH_CONSUMER_SECRET"
  case oauth1AccessToken = "X_OAUTH_ACCESS_TOKEN"
  case oauth1AccessTokenSecret = "X_OAUTH_ACCESS_TOKEN_SECRET"

  /// What is declared of a setting.
  struct Row {
    /// The settings that are read together.
    let group: Group
    /// What it means.
    let help: String
    /// What holds while it is unset, as the help says it; nil where nothing does.
    var standard: String? = nil
    /// The option that wins over it, named without its dashes.
    var option: String? = nil
    /// Whether its value is never shown, nor handed to a program that doesn't need it.
    var isSecret = false
  }

  /// The groups, in the order of the help. Which of the sources a group is read from, and how it is
  /// checked, is in the group's file.
  enum Group: CaseIterable {
    /// `Settings+Client.swift`: the two credentials come from one source, file or environment.
    case client
    /// `Settings+Callback.swift`: each by itself from option, environment, file or default.
    case callback
    /// `Endpoints.swift`: environment, file, default. An address from the file never gets credentials
    /// from the environment.
    case endpoints
    /// `StorePlace.swift`: the usual order, but a command never from the file.
    case store
    /// `Settings+Grant.swift`: all four come from one source, file or environment.
    case grant
    /// `Settings+Client.swift`: read by `header` alone.
    case oauth1
  }

  /// The table.
  var row: Row {
    switch self {
    case .clientID:
      Row(group: .client, help: "The app's OAuth 2.0 client ID, from X's developer console.")
    case .clientSecret:
      Row(
        group: .client,
        help: "Its secret, if the app is a confidential client. Empty means a public client.",
        isSecret: true)
    case .scopes:
      Row(
        group: .client, help: "The scopes to ask for, separated by spaces or commas.",
        standard: "thirteen, see env.example", option: "scopes")

    case .callbackHost:
      Row(
        group: .callback, help: "Host of the redirect URI. Any but loopback needs https.",
        standard: CallbackSettings.standardHost)
    case .callbackPort:
      Row(
        group: .callback, help: "Port of the redirect URI.",
        standard: "\(CallbackSettings.standardPort)")
    case .callbackPath:
      Row(
        group: .callback, help: "Path of the redirect URI.",
        standard: CallbackSettings.standardPath)
    case .callbackScheme:
      Row(
        group: .callback,
        help: "Scheme of the redirect URI; https alone when a proxy terminates TLS.",
        standard: "https with a certificate, else http")
    case .callbackTimeout:
      Row(
        group: .callback, help: "How long to wait for you to approve: seconds, or 10m, 1h.",
        standard: "\(CallbackSettings.standardTimeout)", option: "timeout")
    case .callbackListen:
      Row(
        group: .callback,
        help: "Where to listen instead, for containers and proxies; the redirect URI stays.",
        standard: "the redirect URI's host", option: "listen")
    case .certificateFile:
      Row(
        group: .callback, help: "PEM certificate chain of the callback, relative to the .env.")
    case .keyFile:
      Row(group: .callback, help: "Its PEM key, unencrypted, readable by its owner alone.")

    case .apiBaseURL:
      Row(
        group: .endpoints,
        help: "Base of the token and revocation endpoints. https, unless loopback.",
        standard: Endpoints.standardAPI)
    case .authorizeURL:
      Row(
        group: .endpoints, help: "Where the browser is sent. https, unless loopback.",
        standard: Endpoints.standardAuthorize)

    case .store:
      Row(
        group: .store,
        help: """
          Where several machines share one grant; see `help fleet`. A command, follow:COMMAND or \
          exec:COMMAND, is read from the environment only, never from the file.
          """,
        option: "store")

    case .accessToken:
      Row(
        group: .grant, help: "Written: the access token. Valid for two hours.", isSecret: true)
    case .refreshToken:
      Row(group: .grant, help: "Written: the refresh token. Works once.", isSecret: true)
    case .expiresAt:
      Row(group: .grant, help: "Written: when the access token ends, in seconds since 1970.")
    case .grantedScopes:
      Row(group: .grant, help: "Written: the scopes X granted, separated by commas.")

    case .oauth1ConsumerKey:
      Row(
        group: .oauth1,
        help: "OAuth 1.0a, for `header` alone: the app's API key. Not the client ID.")
    case .oauth1ConsumerSecret:
      Row(group: .oauth1, help: "OAuth 1.0a: the API key's secret.", isSecret: true)
    case .oauth1AccessToken:
      Row(group: .oauth1, help: "OAuth 1.0a: the account's access token.", isSecret: true)
    case .oauth1AccessTokenSecret:
      Row(group: .oauth1, help: "OAuth 1.0a: that token's secret.", isSecret: true)
    }
  }

  /// Whether its value is never shown, nor handed to a program that doesn't need it.
  var isSecret: Bool { row.isSecret }

  /// Whether its value is a path, whose bytes may be anything.
  var isPath: Bool { self == .certificateFile || self == .keyFile }

  /// The settings of a group.
  static func all(in group: Group) -> [SettingName] { allCases.filter { $0.row.group == group } }

  /// The four that make a grant, in the order in which a save appends them to a file.
  static let grant = all(in: .grant)

  /// The four that sign a request by OAuth 1.0a (RFC 5849 §3.1).
  static let oauth1 = all(in: .oauth1)

  /// The two tokens of a grant.
  static let tokens: [SettingName] = [.accessToken, .refreshToken]

  /// The names of the secrets, which no other program should inherit.
  static let secrets = allCases.filter(\.isSecret).map(\.rawValue)
}

extension SettingDoc {
  /// Every setting, as the help and the manual list them.
  static let all: [SettingDoc] =
    SettingName.Group.allCases.flatMap(SettingName.all).map { name in
      SettingDoc(name.rawValue, default: name.row.standard, help: name.row.help)
    } + environmentOnly

  /// What is read from the process environment alone, never from a file: it decides what runs and
  /// where things go, and somebody else may have written the file.
  static let environmentOnly = [
    SettingDoc("XAUTH_ENV_FILE", default: "./.env", help: "The file to work on. Environment only."),
    SettingDoc(
      "XAUTH_ON_ROTATE", help: "Default for --on-rotate. Environment only, never the file."),
    SettingDoc(
      "BROWSER", help: "The browser of login; colon-separated, %s for the URL. Environment only."),
    SettingDoc(
      "SSL_CERT_FILE",
      help: """
        Certificate authorities instead of the system's, in PEM; also CURL_CA_BUNDLE, and SSL_CERT_DIR \
        for a folder of them. Environment only.
        """),
    SettingDoc(
      "https_proxy",
      help: """
        The proxy on the way to X, as curl reads it; also all_proxy, and both in capitals. Environment \
        only.
        """),
    SettingDoc(
      "no_proxy",
      help: "Hosts that are reached without the proxy; also NO_PROXY. Environment only."),
    SettingDoc(
      "CI", help: "Set and not false: rotation needs --on-rotate, --allow-rotate or a store."),
    SettingDoc(
      "GITHUB_ENV", help: "The file that `export --format github-env` appends to; set by GitHub."),
    SettingDoc("NO_COLOR", help: "Not empty: no colour."),
  ]
}
