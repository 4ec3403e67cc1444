/// What the one right request looks like.
public struct CallbackExpectation: Sendable, Equatable, WithoutSecrets {
  /// Where the browser comes back to.
  public let redirect: RedirectURI
  /// The `state` of this login's authorization request (RFC 6749 §10.12). Never empty.
  public let state: String

  /// - Precondition: `state` is fresh and unguessable: requests without it are ignored. With an
  ///   empty one nothing is ever accepted. It needs no escaping in a query (RFC 3986 §2.3), as
  ///   base64url doesn't.
  public init(redirect: RedirectURI, state: String) {
    self.redirect = redirect
    self.state = state
  }

  /// Where a browser that came with a code is redirected to: the outcome is shown there, and the
  /// address holds only the state, which is used by then.
  ///
  /// It holds the state, or any stranger could fetch the page in place of the browser that waits for
  /// it; and it is the redirect URI itself, because a proxy may forward no other address.
  var outcomeURI: String { "\(redirect.uri)?state=\(state)" }

  /// Whether `candidate` is this login's state, in constant time.
  func isState(_ candidate: String) -> Bool {
    !state.isEmpty && state.equalsInConstantTime(candidate)
  }
}

/// What a request at the callback means: a pure function of the request and what is expected.
public enum CallbackDecision: Sendable, Equatable, WithoutSecrets {
  /// Not the callback. It is answered as such, and the login goes on waiting.
  case refuse(Refusal)
  /// The callback, asked for by HEAD (a link preview, a scanner): 200 without a page, and nothing
  /// is consumed.
  case respondHead200
  /// X gave a code, in the characters of RFC 6749 appendix A.11.
  case authorized(code: String)
  /// X gave an error (RFC 6749 §4.1.2.1). Both texts are X's, limited only by the size of a request
  /// head: sanitize them before they reach a terminal.
  case denied(error: String, description: String?)
  /// The `state` with neither a code nor an error: how a browser follows the redirect away from the
  /// address with the code. Before there is an outcome it means nothing.
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
    /// The right `state` with a code or an error that is malformed or repeated; or with neither,
    /// before there is an outcome to show.
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

  /// Decides what `head` means.
  ///
  /// The order of the checks matters: nothing in a request is believed, not even an error, before
  /// its `state` has proved that it comes from the browser in which this login was opened.
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
    switch AuthorizationResponse(query) {
    case .code(let code): return .authorized(code: code)
    case .error(let error, let description): return .denied(error: error, description: description)
    case nil: return .refuse(.malformedResponse)
    }
  }
}

/// What X's redirect carries beside the `state` (RFC 6749 §4.1.2).
enum AuthorizationResponse: Equatable, WithoutSecrets {
  case code(String)
  case error(String, description: String?)

  /// nil when there is neither a code nor an error, when one is repeated, or when the code has
  /// characters that no code has. An error takes precedence: a response with both isn't a success.
  init?(_ query: FormQuery) {
    switch query.occurrence(of: "error") {
    case .repeated: return nil
    case .once(let error):
      var description: String?
      if case .once(let text) = query.occurrence(of: "error_description") { description = text }
      self = .error(error, description: description)
    case .absent:
      guard case .once(let code) = query.occurrence(of: "code"),
        code.utf8.allSatisfy(\.isVSCHAR)
      else { return nil }
      self = .code(code)
    }
  }
}
