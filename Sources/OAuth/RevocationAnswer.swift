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

  /// Classifies `answer`. A success is one if its body is empty, as RFC 7009 has it, or JSON that doesn't
  /// say otherwise (emulators answer `{"revoked":true}`); a page is a gateway's. Should the server
  /// echo one of `secrets`, it is blotted out of its words.
  public static func classify(
    _ answer: ServerAnswer, withholding secrets: [Secret] = []
  ) -> RevocationAnswer {
    switch answer.status {
    case 200..<300: confirms(answer) ? .revoked : .unknown
    // RFC 7009 §2.2.1: at 503 the client must assume that the token still exists.
    case 429, 503: .temporary(retryAfter: RetryAdvice(answer))
    case 400..<500: refusal(answer, withholding: secrets)
    default: .unknown
    }
  }

  private static func confirms(_ answer: ServerAnswer) -> Bool {
    let blanks: [UInt8] = [0x20, 0x09, 0x0D, 0x0A]
    if answer.body.allSatisfy(blanks.contains) { return true }
    return answer.json(RevocationBody.self)?.denies == false
  }

  private static func refusal(
    _ answer: ServerAnswer, withholding secrets: [Secret]
  ) -> RevocationAnswer {
    guard let body = answer.json(ErrorBody.self), !body.isServersFault else { return .unknown }
    let response = ErrorResponse(body, presented: .token, withholding: secrets)
    return response.subject == .token ? .alreadyInvalid : .misconfigured(response)
  }
}

/// What a confirmation may consist of. Any other JSON than an object confirms nothing.
private struct RevocationBody: Decodable {
  let denies: Bool

  private enum Key: String, CodingKey, CaseIterable {
    case revoked, data
    /// What an OAuth error (RFC 6749 §5.2), problem details (RFC 9457) and other errors are made of.
    case error, errors, title, detail, type, status, code, message, success
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    let isConfirmed =
      switch container.text(.revoked) {
      case .absent: true
      case .text(let text): text.lowercased() == "true"
      case .other: (try? container.decode(Bool.self, forKey: .revoked)) == true
      }
    let saysMore = Key.allCases.contains { key in
      key != .revoked && key != .data && container.contains(key)
        && (try? container.decodeNil(forKey: key)) != true
    }
    let inner = try? container.decode(RevocationBody.self, forKey: .data)
    denies = !isConfirmed || saysMore || inner?.denies == true
  }
}
