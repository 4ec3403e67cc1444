import HTTP
import OAuth

/// The network as commands use it: one request, one answer.
struct Network: Sendable {
  /// Sends a request within `deadline` seconds in all.
  var send:
    @Sendable (_ request: HTTPRequest, _ deadline: Double) throws(HTTPFailure) -> HTTPResponse
}

extension Network {
  /// Requests by libcurl, which is loaded now.
  static func live(_ environment: Environment) throws(HTTPLibraryUnavailable) -> Network {
    let client = try HTTPClient.open(environment: environment.all)
    return Network(
      send: { request, deadline throws(HTTPFailure) in
        try client.send(request, timeout: deadline)
      })
  }

  /// Sends a request to the token endpoint within `deadline` seconds.
  func post(
    _ request: TokenEndpointRequest, deadline: Double
  ) throws(HTTPFailure) -> ServerAnswer {
    var headers = [
      (name: "Content-Type", value: TokenEndpointRequest.contentType),
      (name: "Accept", value: "application/json"),
      HTTPRequest.userAgent,
    ]
    if let authorization = request.authorization {
      headers.append((name: "Authorization", value: authorization.reveal()))
    }
    let response = try send(
      HTTPRequest(
        method: .post, url: request.url, headers: headers,
        body: [UInt8](request.body.reveal().utf8)),
      deadline)
    return ServerAnswer(response)
  }
}

extension Call {
  /// Loads libcurl, and says where the credentials are sent if that isn't X.
  func openNetwork(to endpoints: Endpoints) throws(Failure) -> Network {
    let network = try endpoints.openNetwork(context)
    if let notice = endpoints.foreignHostNotice { console.sayOnce(notice) }
    return network
  }
}

extension Endpoints {
  /// Where the credentials are sent if that isn't X, as a line to say.
  var foreignHostNotice: String? {
    foreignHost.map { "credentials go to \($0), not to X (\(api.source))" }
  }

  /// Where the browser is sent if that is neither X nor the host that gets the credentials, as a line
  /// to say.
  var foreignPageNotice: String? {
    guard authorize.text != Self.standardAuthorize else { return nil }
    let host = Self.host(of: authorize)
    return host == foreignHost ? nil : "the browser goes to \(host), not to X (\(authorize.source))"
  }

  /// Loads libcurl, if a request could be sent and its answer trusted.
  func openNetwork(_ context: Context) throws(Failure) -> Network {
    try LocalChecks(context: context).require(for: self)
    do { return try context.openNetwork() } catch { throw Failure(error) }
  }
}

/// X's answer to the question whose token it is.
enum AccountAnswer: Sendable, Equatable {
  /// The account.
  case account(Account)
  /// X answered, but not with an account.
  case refused(AccountRefusal)
  /// No answer came, or none that can be used.
  case unknown(HTTPFailure?)

  /// Asks `GET /2/users/me` within `deadline` seconds.
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

extension HTTPRequest {
  /// The header that names this program (RFC 9110 §10.1.5).
  static let userAgent = (name: "User-Agent", value: "xauth/\(Release.version)")
}

extension ServerAnswer {
  init(_ response: HTTPResponse) {
    self.init(status: response.status, headers: response.headers, body: response.body)
  }
}
