extension ListenerNote {
  /// What shares the places that there are for notes: hostile neighbours could make up handshake
  /// faults for ever, and none of theirs may keep another kind from being told.
  enum Kind: Hashable {
    case plainHTTPOnTLSPort
    case tlsOnPlainPort
    /// A refusal of the certificate, each for itself: the reason is the browser's.
    case certificateRefused(alert: UInt8)
    case otherAlert
    case handshakeFailed
    case foreignHost
    case wrongState

    /// How many notes of this kind are told.
    var limit: Int {
      switch self {
      case .otherAlert, .handshakeFailed: 4
      default: 1
      }
    }
  }

  /// bad_certificate to unknown_ca (RFC 8446 §6.2): all that is about the certificate.
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
    }
  }
}
