/// What may explain to the user why the login doesn't progress.
public enum ListenerNote: Sendable, Hashable {
  /// Plain HTTP arrived where TLS is expected.
  case plainHTTPOnTLSPort
  /// TLS arrived where plain HTTP is expected: a browser that insists on https.
  case tlsOnPlainPort
  /// A browser refused the certificate, or the handshake, with this alert (RFC 8446 §6).
  case handshakeRefused(alert: UInt8, meaning: String)
  /// A handshake failed for this reason, as OpenSSL puts it.
  case handshakeFailed(reason: String)
  /// The right path under another `Host`: a proxy that rewrites it, or a foreign page.
  case foreignHost
  /// The callback with a missing `state` or another login's: usually an older tab.
  case wrongState
  /// A second browser came to the start address.
  case openedTwice

  /// What a limit on the number of notes is counted by: hostile neighbours can make up any number of
  /// handshake failures, and must not crowd out the other kinds.
  enum Kind: Hashable {
    case plainHTTPOnTLSPort
    case tlsOnPlainPort
    /// A refusal of the certificate, one kind for each alert: the reason comes from the browser.
    case certificateRefused(alert: UInt8)
    case otherAlert
    case handshakeFailed
    case foreignHost
    case wrongState
    case openedTwice

    /// How many notes of this kind are reported.
    var limit: Int {
      switch self {
      case .otherAlert, .handshakeFailed: 4
      default: 1
      }
    }
  }

  /// bad_certificate to unknown_ca (RFC 8446 §6.2): the alerts that concern the certificate.
  private static let certificateAlerts: ClosedRange<UInt8> = 42...48

  var kind: Kind {
    switch self {
    case .plainHTTPOnTLSPort: .plainHTTPOnTLSPort
    case .tlsOnPlainPort: .tlsOnPlainPort
    case .handshakeRefused(let alert, _):
      Self.certificateAlerts.contains(alert) ? .certificateRefused(alert: alert) : .otherAlert
    case .handshakeFailed: .handshakeFailed
    case .foreignHost: .foreignHost
    case .wrongState: .wrongState
    case .openedTwice: .openedTwice
    }
  }
}
