/// Who the client is to the authorization server (RFC 6749 §2.1, §2.3).
public struct ClientCredentials: Sendable, Equatable {
  /// The client identifier, no secret.
  public let id: String
  /// The client secret; nil for a public client, never empty.
  public let secret: Secret?

  /// A client with `id`. An empty `secret` is none: `CLIENT_SECRET=` means a public client.
  public init(id: String, secret: Secret? = nil) {
    self.id = id
    self.secret = secret.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// Whether the client authenticates itself with a secret.
  public var isConfidential: Bool { secret != nil }

  /// The value of `Authorization`, nil for a public client.
  ///
  /// Identifier and secret are form-encoded first (RFC 6749 §2.3.1), so that a `:` in the
  /// identifier or anything but ASCII in the secret arrives whole.
  var authorization: Secret? {
    secret.map { secret in
      let pair = PercentEncoding.encode(id) + ":" + PercentEncoding.encode(secret.reveal())
      return Secret("Basic " + Base64.encode(Array(pair.utf8)))
    }
  }
}
