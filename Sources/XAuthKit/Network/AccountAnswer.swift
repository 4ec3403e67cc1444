import HTTP
import OAuth

/// What X says about whose token it is.
enum AccountAnswer: Sendable, Equatable {
  /// The account.
  case account(Account)
  /// X answered, but not with an account.
  case refused(AccountRefusal)
  /// Nobody can tell.
  case unknown(HTTPFailure?)

  /// Asks `GET /2/users/me`, `deadline` seconds at most.
  static func ask(
    _ endpoints: Endpoints, _ token: Secret, on network: Network, deadline: Double
  ) -> AccountAnswer {
    let request = HTTPRequest(
      method: .get, url: Account.url(api: endpoints.api.text),
      headers: [
        (name: "Authorization", value: "Bearer \(token.reveal())"),
        (name: "Accept", value: "application/json"),
        HTTPRequest.userAgent,
      ], body: nil)
    do {
      let answer = ServerAnswer(try network.send(request, deadline))
      if let account = Account.parse(answer) { return .account(account) }
      let refusal = AccountRefusal.parse(answer, withholding: [token])
      return refusal.map(AccountAnswer.refused) ?? .unknown(nil)
    } catch {
      return .unknown(error)
    }
  }
}
