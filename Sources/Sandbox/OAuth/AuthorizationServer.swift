/// X's authorization server and the one call of its API that names the account, as far as their
/// behaviour is known: one app, one account, and at most one live grant between them.
///
/// A value: requests in, responses out, with the clock and the random bytes given. It knows nothing
/// of sockets.
struct AuthorizationServer: Sendable {
  /// How long an authorization code is good for, in seconds: X's documentation.
  static let codeLifetime = 30.0
  /// The longest `state` that X takes, in characters.
  static let stateLimit = 500

  let client: Client
  let policy: Policy
  var consents = PendingConsents()
  var codes: [String: IssuedCode] = [:]
  /// The grant that lives: a login ends the one before (X: one for each app and account).
  var grant: Grant?
  var grantsMade = 0
  /// Every refresh token ever issued, by digest: a replay is told from an unknown token.
  var issuedRefreshTokens: [String: IssuedRefreshToken] = [:]

  /// A server at which `client` is registered and nothing has been granted.
  init(client: Client, policy: Policy = Policy()) {
    self.client = client
    self.policy = policy
  }

  /// Answers `request`, received at `now` (seconds since 1970).
  mutating func handle(_ request: Request, now: Double, random: Entropy) -> Response {
    withoutActuallyEscaping(random) { random in
      let route = Route(path: request.path)
      var turn = Turn(
        request: request, now: now, random: random,
        event: Event(time: now, route: route?.rawValue ?? "other"))
      var response = answer(route, &turn)
      turn.event.status = response.status
      response.event = turn.event
      return response
    }
  }

  private mutating func answer(_ route: Route?, _ turn: inout Turn) -> Response {
    guard let route else {
      turn.event.outcome = .notFound
      return turn.request.path.hasPrefix("/2/") ? .problem(404) : Page.notFound.response
    }
    guard route.methods.contains(turn.request.method) else {
      turn.event.outcome = .notFound
      var response = Response.problem(405)
      response.headers.append(Header("Allow", route.methods.joined(separator: ", ")))
      return response
    }
    do throws(Refusal) {
      switch route {
      case .home: return Page.home(client).response
      case .style: return Page.stylesheet
      case .authorize where turn.request.method == "POST": return try decide(&turn)
      case .authorize: return try authorize(&turn)
      case .token: return try token(&turn)
      case .revoke: return try revoke(&turn)
      case .account: return try account(&turn)
      }
    } catch {
      // A route that knows more than the refusal says has already noted it.
      if turn.event.outcome == .answered { turn.event.outcome = error.outcome }
      return error.response
    }
  }
}

/// A code that a client may exchange once.
struct IssuedCode: Sendable {
  let request: AuthorizationRequest
  /// Seconds since 1970.
  let issuedAt: Double
}
