/// What was typed after `xauth-sandbox`.
struct Options: Sendable {
  /// The port on 127.0.0.1; 0 lets the system choose.
  private(set) var port = 8977
  /// The client identifier that is registered.
  private(set) var clientID = "sandbox-client"
  /// The client's secret; nil registers a public client.
  private(set) var clientSecret: String?
  /// The redirect URIs that are registered; the default when none was typed.
  private(set) var redirectURIs: [String] = []
  /// The certificate chain's file; with it the sandbox speaks https.
  private(set) var certificateFile: String?
  /// The private key's file.
  private(set) var keyFile: String?
  /// The log's file.
  private(set) var logFile: String?
  /// The delay of each answer of the token endpoint, in seconds.
  private(set) var tokenDelay = 0.0
  /// How the server behaves.
  private(set) var policy = Policy()
  /// Whether help was asked for instead.
  private(set) var wantsHelp = false

  /// Reads the arguments that follow the program's name.
  init(_ arguments: [String]) throws(StartFailure) {
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = parts.first.map(String.init) ?? ""
      let attached = parts.count > 1 ? String(parts[1]) : nil
      guard let option = Self.table.first(where: { $0.names.contains(name) }) else {
        throw .usage("unknown argument \(argument)")
      }
      if option.value == nil, attached != nil { throw .usage("\(name) takes no value") }
      let value = option.value == nil ? "" : attached ?? rest.popFirst()
      guard let value else { throw .usage("\(name) needs a value") }
      if let complaint = option.value?.complaint(about: value) {
        throw .usage("\(name) \(complaint)")
      }
      option.set(&self, value)
    }
    if redirectURIs.isEmpty { redirectURIs = [Self.defaultRedirectURI] }
    guard (certificateFile == nil) == (keyFile == nil) else {
      throw .usage("--tls-cert and --tls-key go together")
    }
  }

  /// Where xauth listens by default.
  private static let defaultRedirectURI = "http://127.0.0.1:8976/oauth/callback"

  /// The text of `--help`.
  static let help = """
    xauth-sandbox: a stand-in for X's OAuth 2.0 on 127.0.0.1. It is not X.

    It knows one app. The account is @\(Request.standardAccount), or the one that the browser's cookie
    \(Request.accountCookie) names. It answers /i/oauth2/authorize, /2/oauth2/token,
    /2/oauth2/revoke and /2/users/me as X does, as far as that is known.

    Usage: xauth-sandbox [OPTION…]

    \(table.map(\.row).joined(separator: "\n"))

    It runs until it gets SIGINT or SIGTERM, and forgets everything then.

    """

  /// What is printed once the sandbox listens: the address on the first line, then the lines of a
  /// `.env` that points xauth at it.
  func greeting(port: Int) -> String {
    """
    xauth-sandbox: \(base(port: port))
    # This is not X: it is a stand-in on this machine, with the account @\(Request.standardAccount).
    # Registered redirect URIs: \(redirectURIs.joined(separator: " "))
    \(settings(port: port))
    """
  }

  /// The lines of a `.env` that points xauth at the sandbox.
  func settings(port: Int) -> String {
    """
    X_API_BASE_URL=\(base(port: port))
    X_OAUTH2_AUTHORIZE_URL=\(base(port: port))\(Route.authorize.rawValue)
    CLIENT_ID=\(clientID)
    \(clientSecret == nil ? "" : "# CLIENT_SECRET: as given with --client-secret\n")
    """
  }

  private func base(port: Int) -> String {
    "\(certificateFile == nil ? "http" : "https")://127.0.0.1:\(port)"
  }

  /// What is typed after an option.
  private enum Value {
    /// Any text but an empty one.
    case text
    case number(ClosedRange<Int>)
    /// Words that are separated by spaces or commas.
    case list
    case redirectURI

    /// What is wrong with `value`; nil if it is fine.
    func complaint(about value: String) -> String? {
      switch self {
      case .list: nil
      case .text: value.isEmpty ? "needs a value" : nil
      case .number(let range):
        Int(value).map(range.contains) == true
          ? nil : "takes a number from \(range.lowerBound) to \(range.upperBound)"
      case .redirectURI:
        // It is sent in a Location header unchanged: printable ASCII, absolute, without a fragment
        // (RFC 6749 §3.1.2).
        value.utf8.allSatisfy({ 0x21...0x7E ~= $0 && $0 != UInt8(ascii: "#") })
          && (value.hasPrefix("http://") || value.hasPrefix("https://"))
          ? nil : "takes an absolute http or https URI without a fragment"
      }
    }
  }

  /// One option: how it is typed, what help says, and what it sets.
  private struct Option: Sendable {
    let usage: String
    /// nil for a flag.
    let value: Value?
    let help: String
    /// Called with a valid value; with an empty one for a flag.
    let set: @Sendable (inout Options, String) -> Void

    init(
      _ usage: String, _ value: Value, _ help: String,
      set: @escaping @Sendable (inout Options, String) -> Void
    ) {
      (self.usage, self.value, self.help, self.set) = (usage, value, help, set)
    }

    /// A flag.
    init(
      _ usage: String, _ help: String, set: @escaping @Sendable (inout Options) -> Void
    ) {
      (self.usage, value, self.help) = (usage, nil, help)
      self.set = { options, _ in set(&options) }
    }

    /// The words of `usage` that can be typed: `-h` and `--help`.
    var names: [String] {
      usage.split { $0 == " " || $0 == "," }.map(String.init).filter { $0.hasPrefix("-") }
    }

    /// Its lines in the help.
    var row: String {
      let gap = String(repeating: " ", count: max(1, 25 - usage.count))
      return "  \(usage)\(gap)\(help)"
    }
  }

  private static let table = [
    Option("--port PORT", .number(0...65535), "where to listen (8977); 0 picks a free port") {
      $0.port = Int($1) ?? 0
    },
    Option("--client-id ID", .text, "the app's client id (sandbox-client)") { $0.clientID = $1 },
    Option("--client-secret SECRET", .text, "makes the app a confidential client") {
      $0.clientSecret = $1
    },
    Option(
      "--redirect-uri URI", .redirectURI,
      "a registered redirect URI; may be repeated\n"
        + String(repeating: " ", count: 27) + "(\(defaultRedirectURI))"
    ) { $0.redirectURIs.append($1) },
    Option("--tls-cert FILE", .text, "certificate chain in PEM: speak https") {
      $0.certificateFile = $1
    },
    Option("--tls-key FILE", .text, "its private key in PEM") { $0.keyFile = $1 },
    Option("--auto-approve", "approve without asking") { $0.policy.consent = .approve },
    Option("--auto-deny", "deny without asking") { $0.policy.consent = .deny },
    Option(
      "--access-lifetime SECS", .number(0...31_536_000), "how long an access token lives (7200)"
    ) { $0.policy.accessLifetime = Int($1) ?? 0 },
    Option("--grant-scopes LIST", .list, "grant only these scopes, whatever is requested") {
      $0.policy.grantableScopes = Set($1.split { $0 == " " || $0 == "," }.map(String.init))
    },
    Option("--no-refresh-token", "issue none, as X without offline.access") {
      $0.policy.issuesRefreshTokens = false
    },
    Option("--family-revocation", "using a refresh token twice ends the whole grant") {
      $0.policy.endsGrantOnReuse = true
    },
    Option(
      "--delay MILLISECONDS", .number(0...600_000), "delay each answer of the token endpoint"
    ) { $0.tokenDelay = (Double($1) ?? 0) / 1000 },
    Option("--log FILE", .text, "append what happens as JSON lines; tokens as SHA-256 only") {
      $0.logFile = $1
    },
    Option("-h, --help", "show this text") { $0.wantsHelp = true },
  ]
}
