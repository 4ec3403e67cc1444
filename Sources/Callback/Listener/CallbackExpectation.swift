/// What the one right request looks like.
public struct CallbackExpectation: Sendable, Equatable, WithoutSecrets {
  /// Where the browser comes back to.
  public let redirect: RedirectURI
  /// The `state` of this login's authorization request (RFC 6749 §10.12). Never empty.
  public let state: String

  /// - Precondition: `state` is fresh and unguessable: all that is sent without it is ignored. With
  ///   an empty one nothing is ever accepted. It needs no escaping in a query (RFC 3986 §2.3), as
  ///   base64url doesn't.
  public init(redirect: RedirectURI, state: String) {
    self.redirect = redirect
    self.state = state
  }

  /// Where a browser is led that came with a code: the outcome is shown there, and the address has
  /// nothing in it but the state, which is spent.
  ///
  /// With the state, or any stranger could take the page away from the browser that waits for it; and
  /// at the redirect URI itself, the only address that a proxy may pass on.
  var outcomeURI: String { "\(redirect.uri)?state=\(state)" }

  /// Whether `candidate` is this login's state, in constant time.
  func isState(_ candidate: String) -> Bool {
    !state.isEmpty && state.equalsInConstantTime(candidate)
  }
}
