/// The error response of a server (RFC 6749 §5.2), its words fit to be shown.
public struct ErrorResponse: Sendable, Equatable {
  /// What the server found wrong.
  public enum Subject: Sendable, Equatable {
    /// The refresh token, or the token to be revoked: spent, revoked, expired or wrong.
    case token
    /// The authorization code: expired, used, or got with another redirect URI.
    case authorizationCode
    /// The PKCE verifier: another login's.
    case codeVerifier
    /// The redirect URI.
    case redirectURI
    /// The client: identifier, secret, or the kind of client that the app is registered as.
    case client
    /// The scopes.
    case scope
    /// A parameter that is missing from the request.
    case missingParameter
    /// Something that only the words tell.
    case other
  }

  /// The error code, such as `invalid_request`; sanitized.
  public let code: String
  /// The server's explanation, sanitized.
  public let errorDescription: String?
  /// What the two are about.
  public let subject: Subject
}

extension ErrorResponse {
  init(_ body: ErrorBody, presented: Subject, withholding secrets: [Secret]) {
    code = sanitized(body.error, withholding: secrets)
    errorDescription = body.description.map { sanitized($0, withholding: secrets) }
    subject = Subject(body, presented: presented)
  }
}
