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
