/// What a wait for the callback ended with.
public enum ListenerEvent: Sendable, Equatable, WithoutSecrets {
  /// The browser came back with a code. Its connection is held until `finish`; no later request is
  /// an event of this kind.
  case authorized(code: String)
  /// The browser came back with an error, in X's words: strip them before they reach a terminal.
  /// Its connection is held until `finish`.
  case denied(error: String, description: String?)
  /// One of the caller's own descriptors is readable, or at its end.
  case readable(Int32)
  /// The time is up.
  case deadline
  /// Something that the login survives, but that a waiting person may want to know. Each note comes
  /// once.
  case noteworthy(ListenerNote)
}
