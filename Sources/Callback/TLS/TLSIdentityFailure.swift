/// Why a certificate and a key can't be served with.
public enum TLSIdentityFailure: Error, Sendable, Equatable {
  /// The file can't be opened or read.
  case notReadable(path: String, errno: Int32)
  /// A folder, a device, or larger than any PEM file is.
  case notAFile(path: String)
  /// No certificate, or no private key, in PEM (RFC 7468).
  case notPEM(path: String)
  /// The key is protected by a passphrase, which nobody is there to type.
  case encryptedKey(path: String)
  /// The key isn't the one in the first certificate of the file.
  case keyMismatch(certificate: String, key: String)
  /// Anybody on the machine can read the key. `mode` holds the permission bits.
  case keyReadableByOthers(path: String, mode: UInt32)
  /// The certificate isn't for `host`, only for these names (its subject alternative names:
  /// browsers look at nothing else, RFC 9110 §4.3.4).
  case wrongHost(host: String, names: [String])
  /// Past its notAfter (seconds since 1970).
  case expired(notAfter: Int)
  /// Before its notBefore (seconds since 1970).
  case notYetValid(notBefore: Int)
  /// It is for other purposes than serving (RFC 5280 §4.2.1.12).
  case notForServers
  /// OpenSSL refuses it, for this reason of its own: a key that is too short, for example.
  case unacceptable(path: String, reason: String)
  /// OpenSSL isn't there, or is too old: the loader's own words.
  case libraryUnavailable(reason: String)
  /// OpenSSL is there, and makes no server of TLS 1.2 or newer, for this reason of its own.
  case libraryUnsuitable(reason: String)
}
