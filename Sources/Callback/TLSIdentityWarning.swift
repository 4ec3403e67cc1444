/// What will make a browser hesitate though the server runs.
public enum TLSIdentityWarning: Sendable, Equatable {
  /// Signed by itself: browsers warn, unless somebody made them trust it.
  case selfSigned
  /// Less than 30 days are left.
  case expiresSoon(days: Int)
  /// A type of key that the usual browsers don't accept from servers: Ed25519, Ed448.
  case keyTypeUnknownToBrowsers
}
