/// What a wait for the callback ended with.
public enum ListenerEvent: Sendable, Equatable, WithoutSecrets {
  /// The browser came back with a code. Its connection is held until `finish`; no later request is
  /// an event of this kind.
  case authorized(code: String)
  /// The browser came back with an error, in X's words: strip them before they reach a terminal. Its
  /// connection is held until `finish`.
  case denied(error: String, description: String?)
  /// One of the caller's own descriptors is readable, or at its end.
  case readable(Int32)
  /// The time is up.
  case deadline
  /// Something that the login survives, but that a waiting person may want to know. Each note comes
  /// once.
  case noteworthy(ListenerNote)
}

/// What may explain to a person why the login isn't getting on.
public enum ListenerNote: Sendable, Hashable {
  /// Somebody spoke plain HTTP where TLS is expected.
  case plainHTTPOnTLSPort
  /// Somebody spoke TLS where plain HTTP is expected: a browser that insists on https.
  case tlsOnPlainPort
  /// A browser refused the certificate, or the handshake, with this alert (RFC 8446 §6).
  case handshakeRefused(alert: UInt8, meaning: String)
  /// A handshake failed for this reason, in OpenSSL's words.
  case handshakeFailed(reason: String)
  /// The right path under another `Host`: a proxy that rewrites it, or a foreign page.
  case foreignHost
  /// The callback with a missing or another login's `state`: an older tab, as a rule.
  case wrongState
}
