extension Options {
  /// The text of `--help`.
  static let help = """
    xauth-sandbox: a stand-in for X's OAuth 2.0 on 127.0.0.1. It is not X.

    It knows one app and one account, @sandbox. It answers /i/oauth2/authorize, /2/oauth2/token,
    /2/oauth2/revoke and /2/users/me as X does, as far as that is known.

    Usage: xauth-sandbox [OPTION…]

      --port PORT              where to listen (8977); 0 takes a free port
      --client-id ID           the app's client id (sandbox-client)
      --client-secret SECRET   makes the app a confidential client
      --redirect-uri URI       a registered redirect URI; may be repeated
                               (http://127.0.0.1:8976/oauth/callback)
      --tls-cert FILE          certificate chain in PEM: speak https
      --tls-key FILE           its private key in PEM
      --auto-approve           approve without asking
      --auto-deny              deny without asking
      --access-lifetime SECS   how long an access token lives (7200)
      --grant-scopes LIST      grant no other scopes than these, whatever is asked for
      --no-refresh-token       give none, as X without offline.access
      --family-revocation      a spent refresh token that comes again ends the whole grant
      --delay MILLISECONDS     hold back each answer of the token endpoint
      --log FILE               append what happens as JSON lines; tokens as SHA-256 only
      -h, --help               this text

    It runs until it gets SIGINT or SIGTERM, and forgets everything then.

    """

  /// What is printed once the sandbox listens: the address on the first line, and below it a
  /// `.env` that leads xauth here.
  func greeting(port: Int) -> String {
    let base = "\(certificateFile == nil ? "http" : "https")://127.0.0.1:\(port)"
    let secret = clientSecret == nil ? "" : "# CLIENT_SECRET: as given with --client-secret\n"
    return """
      xauth-sandbox: \(base)
      # This is not X: it is a stand-in on this machine, with one account, @sandbox.
      # Registered redirect URIs: \(redirectURIs.joined(separator: " "))
      X_API_BASE_URL=\(base)
      X_OAUTH2_AUTHORIZE_URL=\(base)\(Route.authorize.rawValue)
      CLIENT_ID=\(clientID)
      \(secret)
      """
  }
}
