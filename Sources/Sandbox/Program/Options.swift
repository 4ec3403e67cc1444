/// What was typed after `xauth-sandbox`.
struct Options: Sendable {
  /// The port on 127.0.0.1; 0 lets the system choose.
  var port = 8977
  /// The client identifier that is registered.
  var clientID = "sandbox-client"
  /// The client's secret; nil registers a public client.
  var clientSecret: String?
  /// The redirect URIs that are registered; the default when none was typed.
  var redirectURIs: [String] = []
  /// The certificate chain's file; with it the sandbox speaks https.
  var certificateFile: String?
  /// The private key's file.
  var keyFile: String?
  /// The log's file.
  var logFile: String?
  /// How long each answer of the token endpoint is held back, in seconds.
  var tokenDelay = 0.0
  /// How the server behaves.
  var policy = Policy()
  /// Whether help was asked for instead.
  var wantsHelp = false

  /// Where xauth listens unless told otherwise.
  static let defaultRedirectURI = "http://127.0.0.1:8976/oauth/callback"

  /// Reads the arguments that follow the program's name.
  init(_ arguments: [String]) throws(StartFailure) {
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = parts.first.map(String.init) ?? ""
      let attached = parts.count > 1 ? String(parts[1]) : nil
      if try takeFlag(name, attached: attached) { continue }
      guard Self.valued.contains(name) else { throw .usage("unknown argument \(argument)") }
      guard let value = attached ?? rest.popFirst() else { throw .usage("\(name) needs a value") }
      try take(name, value)
    }
    if redirectURIs.isEmpty { redirectURIs = [Self.defaultRedirectURI] }
    guard (certificateFile == nil) == (keyFile == nil) else {
      throw .usage("--tls-cert and --tls-key go together")
    }
  }

  private static let valued: Set<String> = [
    "--port", "--client-id", "--client-secret", "--redirect-uri", "--tls-cert", "--tls-key",
    "--access-lifetime", "--grant-scopes", "--log", "--delay",
  ]

  private mutating func takeFlag(_ name: String, attached: String?) throws(StartFailure) -> Bool {
    switch name {
    case "--auto-approve": policy.consent = .approve
    case "--auto-deny": policy.consent = .deny
    case "--family-revocation": policy.endsGrantOnReuse = true
    case "--no-refresh-token": policy.issuesRefreshTokens = false
    case "-h", "--help": wantsHelp = true
    default: return false
    }
    guard attached == nil else { throw .usage("\(name) takes no value") }
    return true
  }

  private mutating func take(_ name: String, _ value: String) throws(StartFailure) {
    switch name {
    case "--port": port = try Self.number(name, value, 0...65535)
    case "--client-id": clientID = try Self.filled(name, value)
    case "--client-secret": clientSecret = try Self.filled(name, value)
    case "--redirect-uri": redirectURIs.append(try Self.redirectURI(value))
    case "--tls-cert": certificateFile = try Self.filled(name, value)
    case "--tls-key": keyFile = try Self.filled(name, value)
    case "--access-lifetime":
      policy.accessLifetime = try Self.number(name, value, 0...31_536_000)
    case "--grant-scopes":
      policy.grantableScopes = Set(
        value.split(whereSeparator: { $0 == " " || $0 == "," }).map(String.init))
    case "--log": logFile = try Self.filled(name, value)
    default: tokenDelay = Double(try Self.number(name, value, 0...600_000)) / 1000
    }
  }

  private static func number(
    _ name: String, _ value: String, _ range: ClosedRange<Int>
  ) throws(StartFailure) -> Int {
    guard let number = Int(value), range.contains(number) else {
      throw .usage("\(name) takes a number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  private static func filled(_ name: String, _ value: String) throws(StartFailure) -> String {
    guard !value.isEmpty else { throw .usage("\(name) needs a value") }
    return value
  }

  /// A redirect URI goes into a Location header as it is: printable ASCII, absolute, without a
  /// fragment (RFC 6749 §3.1.2).
  private static func redirectURI(_ value: String) throws(StartFailure) -> String {
    guard value.utf8.allSatisfy({ 0x21...0x7E ~= $0 && $0 != UInt8(ascii: "#") }),
      value.hasPrefix("http://") || value.hasPrefix("https://")
    else { throw .usage("--redirect-uri takes an absolute http or https URI without a fragment") }
    return value
  }
}
