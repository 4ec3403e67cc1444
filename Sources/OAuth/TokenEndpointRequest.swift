/// One POST to the authorization server, ready to be sent.
public struct TokenEndpointRequest: Sendable, Equatable {
  /// The media type of `body`.
  public static let contentType = "application/x-www-form-urlencoded"

  /// Where to send it.
  public let url: String
  /// The value of `Authorization`; nil for a public client, which must send none.
  public let authorization: Secret?
  /// The form, encoded.
  public let body: Secret

  /// Turns an authorization code into tokens (RFC 6749 §4.1.3, RFC 7636 §4.5). `api` is the base
  /// URL, such as `https://api.x.com`; `redirectURI` the one of the authorization request.
  public static func codeExchange(
    api: String, client: ClientCredentials, code: Secret, redirectURI: String, verifier: Secret
  ) -> TokenEndpointRequest {
    TokenEndpointRequest(
      api: api, path: "/2/oauth2/token", client: client,
      parameters: [
        FormParameter("code", code.reveal()),
        FormParameter("grant_type", "authorization_code"),
        FormParameter("client_id", client.id),
        FormParameter("redirect_uri", redirectURI),
        FormParameter("code_verifier", verifier.reveal()),
      ])
  }

  /// Turns a refresh token into new tokens, which spends it (RFC 6749 §6). No scope is sent: the
  /// grant keeps those that it has.
  public static func refresh(
    api: String, client: ClientCredentials, refreshToken: Secret
  ) -> TokenEndpointRequest {
    TokenEndpointRequest(
      api: api, path: "/2/oauth2/token", client: client,
      parameters: [
        FormParameter("refresh_token", refreshToken.reveal()),
        FormParameter("grant_type", "refresh_token"),
        FormParameter("client_id", client.id),
      ])
  }

  /// Ends a token (RFC 7009 §2.1). X's documentation leaves the hint out, X's server asks for it.
  public static func revocation(
    api: String, client: ClientCredentials, token: Secret, hint: TokenTypeHint
  ) -> TokenEndpointRequest {
    TokenEndpointRequest(
      api: api, path: "/2/oauth2/revoke", client: client,
      parameters: [
        FormParameter("token", token.reveal()),
        FormParameter("token_type_hint", hint.rawValue),
        FormParameter("client_id", client.id),
      ])
  }

  // X takes client_id in the body from both kinds of client, and the secret in the header only.
  private init(
    api: String, path: String, client: ClientCredentials, parameters: [FormParameter]
  ) {
    url = endpoint(api, path)
    authorization = client.authorization
    body = Secret(FormParameter.encode(parameters))
  }
}

/// What kind of token is to be revoked (RFC 7009 §2.1).
public enum TokenTypeHint: String, Sendable, Equatable, CaseIterable {
  /// An access token.
  case accessToken = "access_token"
  /// A refresh token.
  case refreshToken = "refresh_token"
}

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

/// `path`, which begins with a slash, under the base URL `api`, whether or not that ends with one.
func endpoint(_ api: String, _ path: String) -> String {
  var base = Substring(api)
  while base.hasSuffix("/") { base.removeLast() }
  return base + path
}
