/// What a request at the callback means: a pure function of the request and what is expected.
public enum CallbackDecision: Sendable, Equatable, WithoutSecrets {
  /// Not the callback. It is answered so, and the login goes on waiting.
  case refuse(Refusal)
  /// The callback, asked for by HEAD (a link preview, a scanner): 200 without a page, and nothing
  /// is consumed.
  case respondHead200
  /// X gave a code, in the characters of RFC 6749 appendix A.11.
  case authorized(code: String)
  /// X gave an error (RFC 6749 §4.1.2.1). Both texts are X's words, unbounded and unfiltered but
  /// for the size of a request head: strip them before they reach a terminal.
  case denied(error: String, description: String?)
  /// The `state` with neither a code nor an error: what a browser asks for that was led away from the
  /// address with the code in it. Before there is an outcome it means nothing.
  case returned

  /// Why a request isn't the callback; the order is that of the checks.
  public enum Refusal: Sendable, Equatable {
    /// Neither GET nor HEAD.
    case methodNotAllowed
    /// No `Host`, or more than one (RFC 9112 §3.2).
    case malformedHost
    /// A `Host` that isn't the redirect URI's (RFC 9110 §7.4).
    case foreignHost
    /// Another path.
    case otherPath
    /// The `state` is missing, repeated, or another login's.
    case notThisLogin
    /// The right `state` with something that is neither a code nor an error, or with one of them
    /// repeated; or with nothing else, before there is an outcome to tell.
    case malformedResponse

    /// The status code to answer with.
    public var status: Int {
      switch self {
      case .methodNotAllowed: 405
      case .foreignHost: 421
      case .otherPath: 404
      case .malformedHost, .notThisLogin, .malformedResponse: 400
      }
    }
  }

  /// The checks, in this order for a reason: nothing of a request is believed, not even an error,
  /// before its `state` has proved that it comes from the browser this login was opened in.
  public static func decide(
    _ head: RequestHead, expecting expectation: CallbackExpectation
  ) -> CallbackDecision {
    guard head.method == "GET" || head.method == "HEAD" else { return .refuse(.methodNotAllowed) }

    let hosts = head.values(of: "Host")
    guard hosts.count == 1, let host = hosts.first else { return .refuse(.malformedHost) }
    guard expectation.redirect.isNamed(by: host),
      head.authority.map(expectation.redirect.isNamed(by:)) ?? true
    else { return .refuse(.foreignHost) }

    guard head.path == expectation.redirect.path else { return .refuse(.otherPath) }

    let query = FormQuery(head.query ?? "")
    guard case .once(let state) = query.occurrence(of: "state"), expectation.isState(state) else {
      return .refuse(.notThisLogin)
    }
    if head.method == "HEAD" { return .respondHead200 }
    if !query.mentions("code", "error") { return .returned }
    return AuthorizationResponse(query).map(Self.init) ?? .refuse(.malformedResponse)
  }

  private init(_ response: AuthorizationResponse) {
    switch response {
    case .code(let code): self = .authorized(code: code)
    case .error(let error, let description): self = .denied(error: error, description: description)
    }
  }
}
