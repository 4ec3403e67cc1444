/// The one call of the API itself: which account a token stands for.
extension AuthorizationServer {
  /// `GET /2/users/me`, with a Bearer token (RFC 6750 §2.1) that has X's scopes for the call.
  func account(_ turn: inout Turn) throws(Refusal) -> Response {
    struct Body: Encodable {
      struct Account: Encodable {
        let id = "1"
        let name = "Sandbox"
        let username = "sandbox"
      }
      let data = Account()
    }
    let presented = turn.request.values(of: "Authorization")
    let parts = presented.first?.split(separator: " ", maxSplits: 1) ?? []
    guard presented.count == 1, parts.count == 2, parts[0].lowercased() == "bearer" else {
      turn.event.outcome = .clientRefused
      return .problem(401)
    }
    let digest = try SHA256.hex(of: String(parts[1]))
    turn.event.presentedSHA256 = digest
    guard let grant, let access = grant.access, access.digest == digest,
      turn.now < access.expiresAt
    else {
      turn.event.outcome = .tokenUnknown
      return .problem(401)
    }
    turn.event.grant = grant.index
    guard ["users.read", "tweet.read"].allSatisfy(grant.scopes.contains) else {
      turn.event.outcome = .scopeRefused
      return .problem(403)
    }
    return .json(Body())
  }
}
