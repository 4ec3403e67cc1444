/// What the revocation endpoint's answer means (RFC 7009 §2.2).
public enum RevocationAnswer: Sendable, Equatable {
  /// The token is revoked.
  case revoked
  /// The server says that the token wasn't valid: there is nothing left to revoke.
  case alreadyInvalid
  /// The request is refused for what it says of the client; the token lives.
  case misconfigured(ErrorResponse)
  /// The server was too busy; the token lives.
  case temporary(retryAfter: RetryAdvice?)
  /// The token may or may not live. Revoking can be repeated.
  case unknown

  /// Sorts `answer`. Any success is one: X's documentation shows no body, and emulators answer
  /// `{"revoked":true}`; only `"revoked":false` says otherwise. Should the server echo one of
  /// `secrets`, it is blotted out of its words.
  public static func sort(
    _ answer: ServerAnswer, withholding secrets: [Secret] = []
  ) -> RevocationAnswer {
    switch answer.status {
    case 200..<300: answer.json(RevocationBody.self)?.revoked == false ? .unknown : .revoked
    // RFC 7009 §2.2.1: at 503 the client must assume that the token still exists.
    case 429, 503: .temporary(retryAfter: RetryAdvice(answer))
    case 400..<500: refusal(answer, withholding: secrets)
    default: .unknown
    }
  }

  private static func refusal(
    _ answer: ServerAnswer, withholding secrets: [Secret]
  ) -> RevocationAnswer {
    guard let body = answer.json(ErrorBody.self), !body.isServersFault else { return .unknown }
    let response = ErrorResponse(body, presented: .token, withholding: secrets)
    return response.subject == .token ? .alreadyInvalid : .misconfigured(response)
  }
}

private struct RevocationBody: Decodable {
  let revoked: Bool
}
