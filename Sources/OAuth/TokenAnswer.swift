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
    // Of a grant that is refused nothing can be mended but by a new one, whatever the words say.
    if body.error == "invalid_grant" { return .loginNeeded(response) }
    switch response.subject {
    case .token, .authorizationCode, .codeVerifier: return .loginNeeded(response)
    case .redirectURI, .client, .scope, .missingParameter, .other: return .misconfigured(response)
    }
  }
}
