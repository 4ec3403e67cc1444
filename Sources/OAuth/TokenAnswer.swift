/// What the token endpoint's answer means.
public enum TokenAnswer: Sendable, Equatable {
  /// New tokens.
  case granted(IssuedTokens)
  /// The refresh token or the code is refused for good: a person must log in.
  case loginNeeded(ErrorResponse)
  /// The request is refused for what it says of the client; what it presented isn't spent.
  case misconfigured(ErrorResponse)
  /// The server was too busy to look at the request: nothing is spent.
  case temporary(retryAfter: RetryAdvice?)
  /// What was presented may or may not be spent.
  case outcomeUnknown(Reason)

  /// What was sent to the token endpoint.
  public enum Request: Sendable, Equatable {
    /// An authorization code (RFC 6749 §4.1.3).
    case codeExchange
    /// A refresh token (RFC 6749 §6).
    case refresh
  }

  /// Why nobody can tell what an answer did.
  public enum Reason: Sendable, Equatable {
    /// A failure of the server, or of a gateway that may have passed the request on.
    case serverFault(status: Int)
    /// Neither tokens nor an OAuth error: a page, a redirect, another kind of JSON.
    case notOAuth(status: Int)
    /// A success without an access token.
    case noAccessToken
    /// A token that can't be stored: outside VSCHAR (RFC 6749 appendix A.12), or over 16 KiB.
    case unusableToken
    /// A token that isn't a bearer token (RFC 6750).
    case unusableTokenType
  }

  /// Classifies `answer` by RFC 6749 §5 and by how X answers. Should the server echo one of
  /// `secrets` (what the request presented), it is blotted out of its words.
  public static func classify(
    _ answer: ServerAnswer, to request: Request, withholding secrets: [Secret] = []
  ) -> TokenAnswer {
    switch answer.status {
    case 200..<300: success(answer)
    case 429: .temporary(retryAfter: RetryAdvice(answer))
    case 400..<500: refusal(answer, to: request, withholding: secrets)
    case 500..<600: .outcomeUnknown(.serverFault(status: answer.status))
    default: .outcomeUnknown(.notOAuth(status: answer.status))
    }
  }

  private static func success(_ answer: ServerAnswer) -> TokenAnswer {
    guard let body = answer.json(TokenBody.self) else {
      return .outcomeUnknown(.notOAuth(status: answer.status))
    }
    let refreshToken = body.refreshToken.text.flatMap(IssuedTokens.usable)
    let problem = problem(with: body)
    // With a refresh token to go on with, an access token that nobody can use is one that is missing.
    guard problem == nil || refreshToken != nil else {
      return .outcomeUnknown(problem ?? .noAccessToken)
    }
    return .granted(
      IssuedTokens(
        accessToken: problem == nil ? body.accessToken.text.flatMap(IssuedTokens.usable) : nil,
        refreshToken: refreshToken, lifetime: body.lifetime, scopes: body.scopes))
  }

  /// Why the access token can't be used; nil when it can.
  private static func problem(with body: TokenBody) -> Reason? {
    guard body.accessToken != .absent else { return .noAccessToken }
    guard body.accessToken.text.flatMap(IssuedTokens.usable) != nil,
      body.refreshToken == .absent || body.refreshToken.text.flatMap(IssuedTokens.usable) != nil
    else { return .unusableToken }
    guard body.tokenType == .absent || body.tokenType.text?.lowercased() == "bearer" else {
      return .unusableTokenType
    }
    return nil
  }

  private static func refusal(
    _ answer: ServerAnswer, to request: Request, withholding secrets: [Secret]
  ) -> TokenAnswer {
    guard let body = answer.json(ErrorBody.self) else {
      return .outcomeUnknown(.notOAuth(status: answer.status))
    }
    if body.isServersFault { return .outcomeUnknown(.serverFault(status: answer.status)) }
    let response = ErrorResponse(
      body, presented: request == .refresh ? .token : .authorizationCode, withholding: secrets)
    // `invalid_grant` always means a new login, whatever the description says.
    if body.error == "invalid_grant" { return .loginNeeded(response) }
    switch response.subject {
    case .token, .authorizationCode, .codeVerifier: return .loginNeeded(response)
    case .redirectURI, .client, .scope, .missingParameter, .other: return .misconfigured(response)
    }
  }
}

/// What a successful answer of the token endpoint grants (RFC 6749 §5.1).
public struct IssuedTokens: Sendable, Equatable {
  /// What X documents as the life of an access token, in seconds.
  public static let usualLifetime = 7200

  /// The longest life, in seconds, that is believed: a year.
  public static let longestBelievedLifetime = 31_536_000

  /// The longest token, in bytes, that is stored.
  public static let longestToken = 16 * 1024

  /// The access token; nil when a new refresh token came alone, which is the newest all the same:
  /// the one that was presented is used up.
  public let accessToken: Secret?
  /// The new refresh token; nil when the server sent none, and an old one stays valid.
  public let refreshToken: Secret?
  /// The access token's life in seconds, from the moment of the answer.
  public let lifetime: Int
  /// Whether the server gave no life that can be believed, and `lifetime` is the usual one.
  public let lifetimeIsAssumed: Bool
  /// The same, nil when the server gave none that can be believed.
  public var statedLifetime: Int? { lifetimeIsAssumed ? nil : lifetime }
  /// What was granted; nil when the server doesn't say, which means what was asked for (§5.1), or
  /// what was granted before (§6).
  public let scopes: Scopes?

  /// Tokens as the server issued them; a `lifetime` of nil is assumed to be the usual one.
  public init(accessToken: Secret?, refreshToken: Secret?, lifetime: Int?, scopes: Scopes?) {
    self.accessToken = accessToken
    self.refreshToken = refreshToken
    self.lifetime = lifetime ?? IssuedTokens.usualLifetime
    lifetimeIsAssumed = lifetime == nil
    self.scopes = scopes
  }

  /// The token in `text`, if it is one that can be stored and sent (RFC 6749 appendix A.12 and
  /// A.17).
  static func usable(_ text: String) -> Secret? {
    let isUsable = 1...longestToken ~= text.utf8.count && text.utf8.allSatisfy { 0x20...0x7E ~= $0 }
    return isUsable ? Secret(text) : nil
  }
}

/// The members of a token answer, as sloppily as servers write them.
struct TokenBody: Decodable {
  let accessToken: TextMember
  let refreshToken: TextMember
  let tokenType: TextMember
  /// The life in seconds, nil when missing or absurd.
  let lifetime: Int?
  let scopes: Scopes?

  private enum Key: String, CodingKey {
    case accessToken = "access_token"
    case refreshToken = "refresh_token"
    case tokenType = "token_type"
    case lifetime = "expires_in"
    case scope
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    accessToken = container.text(.accessToken)
    refreshToken = container.text(.refreshToken)
    tokenType = container.text(.tokenType)
    let seconds =
      (try? container.decode(Double.self, forKey: .lifetime))
      ?? container.text(.lifetime).text.flatMap { Double($0) }
    lifetime = seconds.flatMap(TokenBody.lifetime)
    let scope =
      container.text(.scope).text
      ?? (try? container.decode([String].self, forKey: .scope))?.joined(separator: " ")
    scopes = scope.flatMap(TokenBody.scopes)
  }

  private static func lifetime(_ seconds: Double) -> Int? {
    1...Double(IssuedTokens.longestBelievedLifetime) ~= seconds ? Int(seconds) : nil
  }

  /// Scopes go into a file of the user's: nothing that isn't one gets there.
  private static func scopes(_ text: String) -> Scopes? {
    guard text.utf8.count <= IssuedTokens.longestToken else { return nil }
    let scopes = Scopes(parsing: text).wellFormed
    return scopes.isEmpty ? nil : scopes
  }
}
