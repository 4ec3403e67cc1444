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
