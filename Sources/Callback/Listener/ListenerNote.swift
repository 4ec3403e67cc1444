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
