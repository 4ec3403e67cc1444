import Callback
import Foundation

@testable import Sandbox

/// A server with a clock that a test sets and random bytes that repeat from run to run, and the
/// calls a client makes.
struct Trial {
  static let redirectURI = "http://127.0.0.1:8976/oauth/callback"
  // The pair of RFC 7636 appendix B.
  static let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
  static let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"

  struct Tokens: Decodable {
    let token_type: String
    let expires_in: Int
    let access_token: String
    let scope: String
    let refresh_token: String?
  }

  var server: AuthorizationServer
  var now = 1_000_000.0
  private var seed: UInt16 = 0

  init(
    secret: String? = nil, redirectURIs: [String] = [redirectURI],
    _ configure: (inout Policy) -> Void = { _ in }
  ) {
    var policy = Policy()
    policy.consent = .approve
    configure(&policy)
    server = AuthorizationServer(
      client: Client(id: "app", secret: secret, redirectURIs: redirectURIs), policy: policy)
  }

  mutating func send(_ request: Request) -> Response {
    var seed = seed
    let response = withUnsafeMutablePointer(to: &seed) { seed in
      server.handle(request, now: now) { count in
        seed.pointee &+= 1
        return (0..<count).map { UInt8(truncatingIfNeeded: seed.pointee >> ($0 % 2 * 8)) }
      }
    }
    self.seed = seed
    return response
  }

  /// The parameters of a good authorization request, with `changes`; nil leaves one out.
  static func query(_ changes: [String: String?] = [:]) -> String {
    var fields: [String: String] = [
      "response_type": "code", "client_id": "app", "redirect_uri": redirectURI, "state": "s t&1",
      "scope": "tweet.read users.read offline.access", "code_challenge": challenge,
      "code_challenge_method": "S256",
    ]
    for (name, value) in changes { fields[name] = value }
    return form(fields)
  }

  static func form(_ fields: [String: String]) -> String {
    fields.map { "\($0.key)=\(Form.encode($0.value))" }.sorted().joined(separator: "&")
  }

  /// - Parameter cookie: what the browser sends along.
  mutating func authorize(
    _ changes: [String: String?] = [:], cookie: String? = nil
  ) -> Response {
    send(
      Request(
        method: "GET", target: "/i/oauth2/authorize?\(Self.query(changes))",
        headers: cookie.map { [HeaderField("Cookie", $0)] } ?? []))
  }

  /// The code of a login that is approved.
  mutating func code(_ changes: [String: String?] = [:]) -> String {
    Self.parameters(authorize(changes))["code"] ?? ""
  }

  mutating func post(
    _ path: String, _ fields: [String: String], authorization: String? = nil
  ) -> Response {
    var headers = [HeaderField("Content-Type", "application/x-www-form-urlencoded")]
    if let authorization { headers.append(HeaderField("authorization", authorization)) }
    return send(
      Request(method: "POST", target: path, headers: headers, body: Array(Self.form(fields).utf8)))
  }

  mutating func exchange(
    _ code: String, _ changes: [String: String?] = [:], authorization: String? = nil
  ) -> Response {
    var fields = [
      "grant_type": "authorization_code", "code": code, "client_id": "app",
      "redirect_uri": Self.redirectURI, "code_verifier": Self.verifier,
    ]
    for (name, value) in changes { fields[name] = value }
    return post("/2/oauth2/token", fields, authorization: authorization)
  }

  mutating func login(_ changes: [String: String?] = [:]) throws -> Tokens {
    try Self.tokens(exchange(code(changes)))
  }

  mutating func refresh(_ token: String?) -> Response {
    post(
      "/2/oauth2/token",
      ["grant_type": "refresh_token", "refresh_token": token ?? "", "client_id": "app"])
  }

  mutating func revoke(_ token: String?, hint: String) -> Response {
    post(
      "/2/oauth2/revoke", ["token": token ?? "", "token_type_hint": hint, "client_id": "app"])
  }

  mutating func account(_ token: String) -> Response {
    send(
      Request(
        method: "GET", target: "/2/users/me",
        headers: [HeaderField("Authorization", "Bearer \(token)")])
    )
  }

  static func tokens(_ response: Response) throws -> Tokens {
    try JSONDecoder().decode(Tokens.self, from: Data(response.body))
  }

  /// The decoded parameters of the address that `response` redirects to.
  static func parameters(_ response: Response) -> [String: String] {
    let items = response.header("Location").flatMap { URLComponents(string: $0)?.queryItems } ?? []
    return Dictionary(items.map { ($0.name, $0.value ?? "") }) { first, _ in first }
  }
}

extension Response {
  var text: String { String(decoding: body, as: UTF8.self) }
}
