/// The X account that a token speaks for, as `GET /2/users/me` names it.
public struct Account: Sendable, Equatable {
  /// The name after the `@`, sanitized.
  public let username: String

  /// Where to ask, under the base URL `api`.
  public static func url(api: String) -> String { endpoint(api, "/2/users/me") }

  /// The account in a successful answer; nil for any other (see `AccountRefusal`).
  public static func parse(_ answer: ServerAnswer) -> Account? {
    guard 200..<300 ~= answer.status, let user = answer.json(UserBody.self)?.data else {
      return nil
    }
    let username = sanitized(user.username, limit: 50)
    return username.isEmpty ? nil : Account(username: username)
  }
}

private struct UserBody: Decodable {
  struct User: Decodable {
    let username: String
  }
  let data: User
}
