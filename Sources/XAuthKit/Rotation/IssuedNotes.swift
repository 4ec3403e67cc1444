import OAuth

/// What a person should know about the tokens that came.
struct IssuedNotes: Sendable, Equatable {
  /// The server didn't say how long the access token lives.
  let lifetimeIsAssumed: Bool
  /// Seconds the access token lives.
  let lifetime: Int

  init(_ issued: IssuedTokens) {
    lifetimeIsAssumed = issued.lifetimeIsAssumed
    lifetime = issued.lifetime
  }

  /// Says what isn't as it should be with tokens that came.
  func warn(_ console: Console, need: Rotation.Need) {
    if lifetimeIsAssumed {
      console.warn("X did not say how long the access token lives; two hours are assumed")
    }
    if lifetime < need.validity {
      console.warn(
        "the new token lives only \(Spans.words(lifetime)), less than --min-validity",
        hint: "every run will renew it; ask for less with --min-validity")
    }
  }
}
