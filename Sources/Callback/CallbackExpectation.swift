/// What the one right request looks like.
public struct CallbackExpectation: Sendable, Equatable, WithoutSecrets {
  /// Where the browser comes back to.
  public let redirect: RedirectTarget
  /// The `state` of this login's authorization request (RFC 6749 §10.12). Never empty.
  public let state: String

  /// - Precondition: `state` is fresh and unguessable: all that is sent without it is ignored. With
  ///   an empty one nothing is ever accepted.
  public init(redirect: RedirectTarget, state: String) {
    self.redirect = redirect
    self.state = state
  }

  /// Whether `candidate` is this login's state, in constant time.
  func isState(_ candidate: String) -> Bool {
    !state.isEmpty && state.equalsInConstantTime(candidate)
  }
}
