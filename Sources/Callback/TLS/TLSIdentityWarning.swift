/// What will make a browser hesitate though the server runs.
public enum TLSIdentityWarning: Sendable, Equatable {
  /// Signed by itself: browsers warn, unless somebody made them trust it.
  case selfSigned
  /// Less than 30 days are left.
  case expiresSoon(days: Int)
  /// A type of key that the usual browsers don't accept from servers: Ed25519, Ed448, or a curve
  /// other than P-256 and P-384.
  case keyTypeUnknownToBrowsers
  /// A certificate behind the server's own is past its notAfter (seconds since 1970).
  case chainExpired(notAfter: Int)
}
