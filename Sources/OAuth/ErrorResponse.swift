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

extension ErrorResponse.Subject {
  /// What `body` is about, when `presented` was what the request was to redeem or to end.
  ///
  /// X answers `invalid_request` to nearly everything and puts the cause into the description, so
  /// its words decide. They are matched one by one: `token_type_hint` is not about the token.
  init(_ body: ErrorBody, presented: ErrorResponse.Subject) {
    let words = Set(
      (body.description ?? "").lowercased().split { !$0.isLetter && $0 != "_" }.map { String($0) })
    switch body.error {
    case "invalid_client", "unauthorized_client": self = .client
    case "invalid_scope": self = .scope
    case "invalid_grant", "invalid_token":
      let named = Self(words)
      self = named == .codeVerifier || named == .redirectURI ? named : presented
    case "invalid_request": self = Self(words)
    default: self = .other
    }
  }

  private init(_ words: Set<String>) {
    let isRefused = !words.isDisjoint(with: ["invalid", "expired", "revoked"])
    if words.contains("missing") {
      self = .missingParameter
    } else if !words.isDisjoint(with: ["verifier", "code_verifier", "challenge"]) {
      self = .codeVerifier
    } else if !words.isDisjoint(with: ["redirect", "redirect_uri"]) {
      self = .redirectURI
    } else if isRefused, words.contains("code") {
      self = .authorizationCode
    } else if isRefused, !words.isDisjoint(with: ["token", "refresh_token", "access_token"]),
      words.isDisjoint(with: ["type", "hint"])
    {
      self = .token
    } else {
      self = .other
    }
  }
}

/// The body of an error response (RFC 6749 §5.2), unchecked.
struct ErrorBody: Decodable {
  let error: String
  let description: String?

  private enum Key: String, CodingKey {
    case error
    case description = "error_description"
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    guard let error = container.text(.error).text else {
      throw DecodingError.dataCorruptedError(
        forKey: .error, in: container, debugDescription: "no OAuth error")
    }
    self.error = error
    description = container.text(.description).text
  }

  /// Whether the server says that the failure is its own: then nobody knows how far it got.
  var isServersFault: Bool { error == "server_error" || error == "temporarily_unavailable" }
}
