/// What the one right request looks like.
public struct CallbackExpectation: Sendable, Equatable, WithoutSecrets {
  /// Where the browser comes back to.
  public let redirect: RedirectURI
  /// The `state` of this login's authorization request (RFC 6749 §10.12). Never empty.
  public let state: String
  /// Where a browser on this machine is started, if one is.
  public let start: StartAddress?

  /// - Precondition: `state` is fresh and unguessable: requests without it are ignored. With an
  ///   empty one nothing is ever accepted. It needs no escaping in a query (RFC 3986 §2.3), as
  ///   base64url doesn't.
  public init(redirect: RedirectURI, state: String, start: StartAddress? = nil) {
    self.redirect = redirect
    self.state = state
    self.start = start
  }

  /// The same for the `port` that was bound, wherever the system was to pick it.
  func at(port: Int) -> CallbackExpectation {
    CallbackExpectation(
      redirect: redirect.port == 0 ? redirect.at(port: port) : redirect, state: state,
      start: start.map { $0.address.port == 0 ? $0.at(port: port) : $0 })
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
  /// Nobody looks at the answer: HEAD (a link preview, a scanner), or a page that a browser fetches in
  /// case the user goes there. A success without a page, and nothing is consumed.
  case respondEmpty(status: Int)
  /// The start address. Only the browser that came to it first has the cookie.
  case start(hasCookie: Bool)
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
  /// its `state` has proved that it comes from the browser in which this login was opened; and none is
  /// taken for a person's before it is known that one sees the answer.
  public static func decide(
    _ head: RequestHead, expecting expectation: CallbackExpectation
  ) -> CallbackDecision {
    guard head.method == "GET" || head.method == "HEAD" else { return .refuse(.methodNotAllowed) }

    let hosts = head.values(of: "Host")
    guard hosts.count == 1, let host = hosts.first else { return .refuse(.malformedHost) }
    // Behind a proxy the two have different names.
    let start = expectation.start.flatMap { $0.address.path == head.path ? $0 : nil }
    let address = start?.address ?? expectation.redirect
    guard address.isNamed(by: host), head.authority.map(address.isNamed(by:)) ?? true
    else { return .refuse(.foreignHost) }

    if let start { return head.emptyAnswer ?? .start(hasCookie: start.isOpener(head)) }
    guard head.path == expectation.redirect.path else { return .refuse(.otherPath) }

    let query = FormQuery(head.query ?? "")
    guard case .once(let state) = query.occurrence(of: "state"), expectation.isState(state) else {
      return .refuse(.notThisLogin)
    }
    if let answer = head.emptyAnswer { return answer }
    if !query.mentions("code", "error") { return .returned }
    switch AuthorizationResponse(query) {
    case .code(let code): return .authorized(code: code)
    case .error(let error, let description): return .denied(error: error, description: description)
    case nil: return .refuse(.malformedResponse)
    }
  }
}

extension RequestHead {
  /// The empty answer to a request whose answer is never shown; nil for any other.
  fileprivate var emptyAnswer: CallbackDecision? {
    if method == "HEAD" { return .respondEmpty(status: 200) }
    return isPrefetch ? .respondEmpty(status: 204) : nil
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
