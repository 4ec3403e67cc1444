/// The X account that a token speaks for, as `GET /2/users/me` names it.
public struct Account: Sendable, Hashable {
  /// The name after the `@`, sanitized.
  public let username: String
  /// The user id, which outlives the name; nil when unknown.
  public let id: String?

  /// An account of this name.
  public init(_ username: String, id: String? = nil) {
    (self.username, self.id) = (username, id)
  }

  /// Whether both are the same: by their ids where both are known, because names change hands.
  public func isSame(as other: Account) -> Bool {
    guard let id, let theirs = other.id else { return isNamed(other.username) }
    return id == theirs
  }

  /// Whether that is its name. X ignores case in names.
  public func isNamed(_ name: String) -> Bool { username.lowercased() == name.lowercased() }

  /// Where to ask, under the base URL `api`.
  public static func url(api: String) -> String { endpoint(api, "/2/users/me") }

  /// The account in a successful answer; nil for any other (see `AccountRefusal`).
  public static func parse(_ answer: ServerAnswer) -> Account? {
    guard 200..<300 ~= answer.status, let user = answer.json(UserBody.self)?.data else {
      return nil
    }
    let username = sanitized(user.username, limit: 50)
    let id = user.id.text.map { sanitized($0, limit: 50) } ?? ""
    return username.isEmpty ? nil : Account(username, id: id.isEmpty ? nil : id)
  }
}

private struct UserBody: Decodable {
  struct User: Decodable {
    let username: String
    let id: TextMember

    private enum Key: String, CodingKey { case username, id }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: Key.self)
      username = try container.decode(String.self, forKey: .username)
      id = container.text(.id)
    }
  }
  let data: User
}

/// Why X didn't say which account a token speaks for. Only a 401 speaks against the token.
public struct AccountRefusal: Sendable, Equatable {
  /// What X refuses.
  public enum Cause: Sendable, Equatable {
    /// 401: the access token isn't accepted.
    case tokenRefused
    /// 402: the account has no credit left.
    case paymentRequired
    /// 403 `client-not-enrolled` or `user-not-enrolled`: the app, or the developer account, isn't in a
    /// package and environment that may call this.
    case notEnrolled
    /// 403 for another reason.
    case forbidden
    /// 429.
    case rateLimited
    /// Anything else: an outage, a page, a success without an account.
    case other
  }

  /// The HTTP status code.
  public let status: Int
  /// What X refuses.
  public let cause: Cause
  /// X's explanation, sanitized.
  public let detail: String?

  /// The refusal in `answer`; nil when it names an account. `secrets` are kept out of it, should X
  /// have echoed one.
  public static func parse(
    _ answer: ServerAnswer, withholding secrets: [Secret] = []
  ) -> AccountRefusal? {
    if Account.parse(answer) != nil { return nil }
    return AccountRefusal(
      status: answer.status, cause: cause(answer, reason: answer.json(ProblemBody.self)?.reason),
      detail: answer.reason(withholding: secrets))
  }

  private static func cause(_ answer: ServerAnswer, reason: String?) -> Cause {
    switch (answer.status, reason) {
    case (401, _): .tokenRefused
    case (402, _): .paymentRequired
    case (403, "client-not-enrolled"), (403, "user-not-enrolled"): .notEnrolled
    case (403, _): .forbidden
    case (429, _): .rateLimited
    default: .other
    }
  }
}

/// What X's problem details (after RFC 9457) have beside their words.
private struct ProblemBody: Decodable {
  let reason: String?

  private enum Key: String, CodingKey { case reason }

  init(from decoder: any Decoder) throws {
    reason = try decoder.container(keyedBy: Key.self).text(.reason).text
  }
}
