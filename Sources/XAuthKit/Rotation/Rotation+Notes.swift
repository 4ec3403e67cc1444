extension Rotation.IssuedNotes {
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
