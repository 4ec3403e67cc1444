/// A request to be signed with OAuth 1.0a and HMAC-SHA1 (RFC 5849).
public struct OAuth1Request: Sendable, Equatable {
  /// The HTTP method, in upper case.
  let method: String
  /// The parameters of a form body, in plain text; none for any other body (§3.4.1.3.1).
  let form: [FormParameter]

  private let address: OAuth1Address

  /// A request of `method` to `url`, which is percent-encoded as it will be sent.
  public init(method: String, url: String, form: [FormParameter] = []) throws(InvalidURL) {
    self.method = method.uppercased()
    self.form = form
    address = try OAuth1Address(url)
  }

  /// The value of `Authorization` (§3.5.1). `nonce` must be new for each request; `timestamp` is in
  /// seconds since 1970. X takes it for some minutes, once: it is a secret until it is used.
  public func authorization(
    _ credentials: OAuth1Credentials, nonce: String, timestamp: Int
  ) throws(CryptographyUnavailable) -> Secret {
    var parameters = [
      FormParameter("oauth_consumer_key", credentials.consumerKey),
      FormParameter("oauth_nonce", nonce),
      FormParameter("oauth_signature_method", "HMAC-SHA1"),
      FormParameter("oauth_timestamp", String(timestamp)),
      FormParameter("oauth_token", credentials.accessToken.reveal()),
      FormParameter("oauth_version", "1.0"),
    ]
    let signature = try signature(
      over: parameters, secrets: (credentials.consumerSecret, credentials.accessTokenSecret))
    parameters.insert(FormParameter("oauth_signature", signature), at: 2)
    let fields = parameters.map { "\($0.encodedName)=\"\($0.encodedValue)\"" }
    return Secret("OAuth " + fields.joined(separator: ", "))
  }

  /// The signature (§3.4.2), in Base64.
  func signature(
    over protocolParameters: [FormParameter], secrets: (consumer: Secret, token: Secret)
  ) throws(CryptographyUnavailable) -> String {
    let key =
      PercentEncoding.encode(secrets.consumer.reveal()) + "&"
      + PercentEncoding.encode(secrets.token.reveal())
    let code = try Cryptography.hmacSHA1(
      key: Array(key.utf8), message: Array(baseString(protocolParameters).utf8))
    return Base64.encode(code)
  }

  /// The signature base string (§3.4.1.1).
  func baseString(_ protocolParameters: [FormParameter]) -> String {
    let parameters = normalized(protocolParameters + address.query + form)
    return [method, address.base, parameters].map { PercentEncoding.encode($0) }
      .joined(separator: "&")
  }

  /// Every parameter once encoded, sorted by name and then by value (§3.4.1.3.2).
  private func normalized(_ parameters: [FormParameter]) -> String {
    parameters.map { (name: $0.encodedName, value: $0.encodedValue) }
      .filter { $0.name != "oauth_signature" }
      .sorted { ($0.name, $0.value) < ($1.name, $1.value) }
      .map { "\($0.name)=\($0.value)" }
      .joined(separator: "&")
  }
}

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

/// An address as a signature sees it.
struct OAuth1Address: Sendable, Equatable {
  /// The base string URI (RFC 5849 §3.4.1.2): no query, no default port.
  let base: String
  /// The query's parameters, decoded.
  let query: [FormParameter]

  init(_ url: String) throws(InvalidURL) {
    guard url.utf8.allSatisfy({ 0x21...0x7E ~= $0 }) else { throw .unencodedCharacter }
    let whole = url.prefix { $0 != "#" }
    let resource = whole.prefix { $0 != "?" }
    let scheme = resource.prefix { $0 != ":" }.lowercased()
    guard let defaultPort = ["http": 80, "https": 443][scheme],
      case let rest = resource.dropFirst(scheme.count), rest.hasPrefix("://")
    else { throw .notHTTP }
    let authority = rest.dropFirst(3).prefix { $0 != "/" }
    let path = rest.dropFirst(3 + authority.count)
    let host = try OAuth1Address.host(authority, defaultPort: defaultPort)
    base = "\(scheme)://\(host)\(path.isEmpty ? "/" : path)"
    query = FormParameter.parse(String(whole.dropFirst(resource.count + 1)))
  }

  /// The host in lower case, with its port where that isn't the scheme's own.
  private static func host(
    _ authority: Substring, defaultPort: Int
  ) throws(InvalidURL) -> String {
    if authority.contains("@") { throw .userInformation }
    // Colons inside brackets belong to an IPv6 address.
    let bracket = authority.lastIndex(of: "]") ?? authority.startIndex
    let colon = authority[bracket...].firstIndex(of: ":") ?? authority.endIndex
    let host = authority[..<colon].lowercased()
    let port = authority[colon...].dropFirst()
    if host.isEmpty { throw .noHost }
    if port.isEmpty { return host }
    guard port.allSatisfy({ "0"..."9" ~= $0 }), let number = Int(port), 1...65535 ~= number
    else { throw .port }
    return number == defaultPort ? host : "\(host):\(number)"
  }
}

/// Why a URL can't be signed.
public enum InvalidURL: Error, Sendable, Equatable {
  /// Not `http://` or `https://`.
  case notHTTP
  /// Nothing between `//` and the path.
  case noHost
  /// A name or a password before the host: it belongs in no URL.
  case userInformation
  /// A port that is no number from 1 to 65535.
  case port
  /// A space, a control character or anything but ASCII, which must be percent-encoded (RFC 3986
  /// §2) before it can be sent as it was signed.
  case unencodedCharacter
}
