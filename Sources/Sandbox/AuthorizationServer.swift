import Callback

/// X's authorization server and the one call of its API that names the account, as far as their
/// behaviour is known: one app, and at most one valid grant between it and each account.
///
/// A value: requests in, responses out, with the clock and the random bytes given. It knows nothing
/// of sockets.
struct AuthorizationServer: Sendable {
  /// How long an authorization code is valid, in seconds, by X's documentation.
  static let codeLifetime = 30.0
  /// The longest `state` that X accepts, in characters.
  private static let stateLimit = 500

  let policy: Policy
  private let client: Client
  /// The lines of a `.env` that point xauth here.
  private let settings: String
  private var consents = PendingConsents()
  private(set) var codes: [String: IssuedCode] = [:]
  /// The current grants by account. X has one for each app and account: a login ends the one before.
  private var grants: [String: IssuedGrant] = [:]
  private var grantsMade = 0
  /// Every refresh token ever issued, by digest, to distinguish a replay from an unknown token.
  private var issuedRefreshTokens: [String: IssuedRefreshToken] = [:]

  /// A server at which `client` is registered and nothing has been granted. Its start page shows
  /// `settings`, the lines of a `.env` for it.
  init(client: Client, policy: Policy = Policy(), settings: String = "") {
    self.client = client
    self.policy = policy
    self.settings = settings
  }

  /// Answers `request`, received at `now` (seconds since 1970).
  mutating func handle(_ request: Request, now: Double, random: Entropy) -> Response {
    withoutActuallyEscaping(random) { random in
      let route = Route(rawValue: request.path)
      var call = Call(
        request: request, now: now, random: random,
        event: Event(time: now, route: route?.rawValue ?? "other"))
      var response = answer(route, &call)
      call.event.status = response.status
      response.event = call.event
      return response
    }
  }

  private mutating func answer(_ route: Route?, _ call: inout Call) -> Response {
    guard let route else {
      call.event.outcome = .notFound
      return call.request.path.hasPrefix("/2/") ? .problem(404) : SandboxPage.notFound.response
    }
    guard route.methods.contains(call.request.method) else {
      call.event.outcome = .notFound
      var response = Response.problem(405)
      response.headers.append(HeaderField("Allow", route.methods.joined(separator: ", ")))
      return response
    }
    do throws(Refusal) {
      switch route {
      case .home: return SandboxPage.home(client, settings: settings).response
      case .style: return SandboxPage.stylesheet
      case .authorize where call.request.method == "POST": return try decide(&call)
      case .authorize: return try authorize(&call)
      case .token: return try token(&call)
      case .revoke: return try revoke(&call)
      case .account: return try account(&call)
      }
    } catch {
      // The route may already have noted something more specific.
      if call.event.outcome == .answered { call.event.outcome = error.outcome }
      return error.response
    }
  }

  // MARK: The authorization endpoint (RFC 6749 §3.1): what the browser sees

  /// `GET /i/oauth2/authorize`.
  private mutating func authorize(_ call: inout Call) throws(Refusal) -> Response {
    let form = Form(call.request.query.utf8)
    let address: AuthorizationRequest.ReturnAddress
    do throws(AccessNotGiven) { address = try returnAddress(form) } catch {
      // X never redirects then: that would make it an open redirector (RFC 9700 §4.11.2).
      call.event.outcome = .accessNotGiven
      return SandboxPage.accessNotGiven(error).response
    }
    let requested: AuthorizationRequest
    do throws(AuthorizationRequest.Invalid) {
      requested = try AuthorizationRequest(
        form, address: address, account: call.request.signedInAccount)
    } catch {
      call.event.outcome = .authorizationRefused
      return .redirect(
        to: address.redirectURI,
        ["error": error.code, "error_description": error.description, "state": address.state],
        after: call.request.method)
    }
    switch policy.consent {
    case .approve: return try approve(requested, &call)
    case .deny: return deny(requested, &call)
    case .ask:
      let id = call.fresh("consent")
      consents.add(requested, id: id)
      call.event.outcome = .asked
      return SandboxPage.consent(client, requested, id: id).response
    }
  }

  /// `POST /i/oauth2/authorize`: the consent page's form. It holds only the decision and the value
  /// that proves it came from that page; the request is the one that the page showed.
  private mutating func decide(_ call: inout Call) throws(Refusal) -> Response {
    let form = Form(call.request.body)
    let id = try form.required("consent")
    let decision = try form.required("decision")
    guard ["approve", "deny"].contains(decision), let requested = consents.take(id) else {
      call.event.outcome = .consentRefused
      return SandboxPage.staleConsent.response
    }
    return decision == "approve" ? try approve(requested, &call) : deny(requested, &call)
  }

  /// Where an answer may go: the client and the redirect URI are registered, and there is a state by
  /// which the client recognizes the answer.
  private func returnAddress(
    _ form: Form
  ) throws(AccessNotGiven) -> AuthorizationRequest.ReturnAddress {
    let id = try? form.value("client_id")
    guard let id, id.isByteForByte(client.id) else {
      throw AccessNotGiven(
        reason: "The client ID isn't the registered one.", sent: id, registered: [client.id])
    }
    let uri = try? form.value("redirect_uri")
    guard let uri, client.registers(uri) else {
      throw AccessNotGiven(
        reason: "The redirect URI isn't registered exactly: scheme, host, port, path and slash.",
        sent: uri, registered: client.redirectURIs)
    }
    let state = try? form.value("state")
    guard let state, state.unicodeScalars.count <= Self.stateLimit else {
      throw AccessNotGiven(
        reason: "The state is missing, or longer than \(Self.stateLimit) characters.", sent: state)
    }
    return AuthorizationRequest.ReturnAddress(redirectURI: uri, state: state)
  }

  private mutating func approve(
    _ requested: AuthorizationRequest, _ call: inout Call
  ) throws(Refusal) -> Response {
    let code = call.fresh("code")
    let now = call.now
    codes = codes.filter { !$0.value.isExpired(at: now) }
    codes[try SHA256.hex(of: code)] = IssuedCode(request: requested, issuedAt: now)
    call.event.outcome = .approved
    return .redirect(
      to: requested.address.redirectURI, ["state": requested.address.state, "code": code],
      after: call.request.method)
  }

  private func deny(_ requested: AuthorizationRequest, _ call: inout Call) -> Response {
    call.event.outcome = .denied
    return .redirect(
      to: requested.address.redirectURI,
      ["error": "access_denied", "state": requested.address.state],
      after: call.request.method)
  }

  // MARK: The token endpoint (RFC 6749 §3.2)

  /// `POST /2/oauth2/token`.
  private mutating func token(_ call: inout Call) throws(Refusal) -> Response {
    let form = Form(call.request.body)
    let type = try form.required("grant_type")
    try authenticate(form, call)
    switch type {
    case "authorization_code": return try exchangeCode(form, &call)
    case "refresh_token": return try refresh(form, &call)
    default: throw .unsupportedGrantType
    }
  }

  /// RFC 6749 §4.1.3 and RFC 7636 §4.6. Every attempt uses up the code (RFC 6749 §10.5), and success
  /// ends the previous grant.
  private mutating func exchangeCode(
    _ form: Form, _ call: inout Call
  ) throws(Refusal) -> Response {
    let code = try form.required("code")
    let redirectURI = try form.required("redirect_uri")
    let verifier = try form.required("code_verifier")
    guard let issued = codes.removeValue(forKey: try SHA256.hex(of: code)),
      !issued.isExpired(at: call.now),
      issued.request.address.redirectURI.isByteForByte(redirectURI)
    else { throw .invalidCode }
    guard 43...128 ~= verifier.utf8.count, verifier.utf8.allSatisfy(\.isUnreserved),
      base64URL(try SHA256.digest(of: verifier)).isByteForByte(issued.request.codeChallenge)
    else { throw .verifierMismatch }
    grantsMade += 1
    call.event.outcome = .exchanged
    return try issueTokens(
      for: IssuedGrant(
        index: grantsMade, account: issued.request.account,
        scopes: grantable(issued.request.scopes)), &call)
  }

  /// RFC 6749 §6, with rotation: every refresh token works once.
  private mutating func refresh(_ form: Form, _ call: inout Call) throws(Refusal) -> Response {
    let digest = try SHA256.hex(of: form.required("refresh_token"))
    call.event.presentedSHA256 = digest
    guard let issued = issuedRefreshTokens[digest] else { throw .invalidToken }
    call.event.grant = issued.grant
    call.event.presentedGeneration = issued.generation
    guard let grant = grants.values.first(where: { $0.index == issued.grant }) else {
      call.event.outcome = .tokenEnded
      throw .invalidToken
    }
    guard grant.refreshDigest == digest else {
      let isUsed = issued.generation < grant.generation
      call.event.outcome = isUsed ? .replayed : .tokenEnded
      if isUsed, policy.endsGrantOnReuse { grants[grant.account] = nil }
      throw .invalidToken
    }
    call.event.outcome = .refreshed
    return try issueTokens(for: grant, &call)
  }

  private func grantable(_ scopes: [String]) -> [String] {
    // In another order than requested, to catch a client that compares lists instead of sets.
    scopes.filter { policy.grantableScopes?.contains($0) ?? true }.sorted()
  }

  /// Gives `grant` its next pair of tokens. The old access token ends with its refresh token: X may or
  /// may not do that, and a client mustn't rely on the milder behaviour.
  private mutating func issueTokens(
    for grant: IssuedGrant, _ call: inout Call
  ) throws(Refusal) -> Response {
    struct Body: Encodable {
      let token_type = "bearer"
      let expires_in: Int
      let access_token: String
      let scope: String
      let refresh_token: String?
    }
    var grant = grant
    call.event.grant = grant.index
    let access = call.fresh("access")
    let accessDigest = try SHA256.hex(of: access)
    var refresh: String?
    grant.access = IssuedGrant.AccessToken(
      digest: accessDigest, expiresAt: call.now + Double(policy.accessLifetime))
    call.event.accessSHA256 = accessDigest
    if policy.issuesRefreshTokens, grant.scopes.contains("offline.access") {
      let token = call.fresh("refresh")
      let digest = try SHA256.hex(of: token)
      grant.generation += 1
      grant.refreshDigest = digest
      issuedRefreshTokens[digest] = IssuedRefreshToken(
        grant: grant.index, generation: grant.generation)
      call.event.issuedGeneration = grant.generation
      call.event.refreshSHA256 = digest
      refresh = token
    }
    grants[grant.account] = grant
    return .json(
      Body(
        expires_in: policy.accessLifetime, access_token: access,
        scope: grant.scopes.joined(separator: " "), refresh_token: refresh))
  }

  // MARK: Client authentication (RFC 6749 §2.3 and §3.2.1), as strict as X

  /// Refuses a caller that isn't the registered client, or that authenticates like the other type.
  private func authenticate(_ form: Form, _ call: Call) throws(Refusal) {
    let presented = call.request.values(of: "Authorization")
    let refusal = Refusal.unauthorizedClient(challenged: !presented.isEmpty)
    // X accepts the secret in the header only.
    guard try form.value("client_secret") == nil else { throw refusal }
    let id = try form.value("client_id")
    if client.isConfidential {
      guard presented.count == 1, client.isAuthenticated(by: presented[0]),
        id?.isByteForByte(client.id) ?? true
      else { throw refusal }
    } else {
      guard presented.isEmpty else { throw refusal }
      guard let id else { throw .missingParameter("client_id") }
      guard id.isByteForByte(client.id) else { throw refusal }
    }
  }

  // MARK: The revocation endpoint (RFC 7009)

  /// `POST /2/oauth2/revoke`. Each token is revoked by itself: a client has to revoke both.
  private mutating func revoke(_ call: inout Call) throws(Refusal) -> Response {
    struct Body: Encodable { let revoked = true }
    let form = Form(call.request.body)
    try authenticate(form, call)
    let token = try form.required("token")
    // X requires the hint, which RFC 7009 §2.1 makes optional.
    let hint = try form.required("token_type_hint")
    guard ["access_token", "refresh_token"].contains(hint) else { throw .unsupportedTokenType }
    let digest = try SHA256.hex(of: token)
    call.event.presentedSHA256 = digest
    if let issued = issuedRefreshTokens[digest] {
      call.event.grant = issued.grant
      call.event.presentedGeneration = issued.generation
    }
    // A token is found whatever the hint says (RFC 7009 §2.1).
    if let grant = grants.values.first(where: { $0.refreshDigest == digest }) {
      grants[grant.account]?.refreshDigest = nil
      call.event.outcome = .refreshRevoked
    } else if let grant = grants.values.first(where: { $0.access?.digest == digest }) {
      call.event.grant = grant.index
      grants[grant.account]?.access = nil
      call.event.outcome = .accessRevoked
    } else {
      call.event.outcome = .nothingRevoked
    }
    return .json(Body())
  }

  // MARK: The one call of the API itself: which account a token stands for

  /// `GET /2/users/me`, with a Bearer token (RFC 6750 §2.1) that has the scopes X requires.
  private func account(_ call: inout Call) throws(Refusal) -> Response {
    struct Body: Encodable {
      struct Account: Encodable {
        let id: String
        let name = "Sandbox"
        let username: String
      }
      let data: Account
    }
    let presented = call.request.values(of: "Authorization")
    let parts = presented.first?.split(separator: " ", maxSplits: 1) ?? []
    guard presented.count == 1, parts.count == 2, parts[0].lowercased() == "bearer" else {
      call.event.outcome = .clientRefused
      return .problem(401)
    }
    let digest = try SHA256.hex(of: String(parts[1]))
    call.event.presentedSHA256 = digest
    guard let grant = grants.values.first(where: { $0.access?.digest == digest }),
      let access = grant.access, call.now < access.expiresAt
    else {
      call.event.outcome = .tokenUnknown
      return .problem(401)
    }
    call.event.grant = grant.index
    guard ["users.read", "tweet.read"].allSatisfy(grant.scopes.contains) else {
      call.event.outcome = .scopeRefused
      return .problem(403)
    }
    let name = grant.account
    // Another account has another number, which stays the same.
    let number = name.utf8.reduce(7) { ($0 &* 31 &+ Int($1)) & 0xFFFF_FFFF }
    let id = name == Request.standardAccount ? 1 : number
    return .json(Body(data: .init(id: "\(id)", username: name)))
  }
}

extension Request {
  /// The account of a browser that says nothing else.
  static let standardAccount = "sandbox"
  /// The cookie that names another one.
  static let accountCookie = "sandbox-account"

  /// The account that the browser is signed in to.
  fileprivate var signedInAccount: String {
    let pairs = values(of: "Cookie").flatMap { field in
      field.split { $0 == ";" || $0 == " " }
    }
    let start = "\(Self.accountCookie)="
    let name = pairs.first { $0.hasPrefix(start) }?.dropFirst(start.count)
    // What X allows in a name.
    guard let name, 1...15 ~= name.utf8.count,
      name.utf8.allSatisfy({ $0.isUnreserved && !".~-".utf8.contains($0) })
    else { return Self.standardAccount }
    return String(name)
  }
}

/// The paths that the sandbox answers.
enum Route: String, CaseIterable {
  case home = "/"
  case style = "/style.css"
  case authorize = "/i/oauth2/authorize"
  case token = "/2/oauth2/token"
  case revoke = "/2/oauth2/revoke"
  case account = "/2/users/me"

  /// The allowed methods. No HEAD where a GET has consequences.
  var methods: [String] {
    switch self {
    case .home, .style, .account: ["GET", "HEAD"]
    case .authorize: ["GET", "POST"]
    case .token, .revoke: ["POST"]
    }
  }
}

/// One request while it is handled, with the clock and the random bytes that handling it needs.
struct Call {
  let request: Request
  /// Seconds since 1970.
  let now: Double
  let random: Entropy
  /// What the log will say; filled in as facts become known, so that a refusal keeps them.
  var event: Event

  /// A fresh unguessable value: 256 bits, after a prefix that says what it is and where it is from.
  func fresh(_ kind: String) -> String { "sandbox-\(kind)-\(base64URL(random(32)))" }
}

/// A source of random bytes: returns as many as asked for.
typealias Entropy = (_ count: Int) -> [UInt8]
