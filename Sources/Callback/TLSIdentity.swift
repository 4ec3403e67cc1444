import COpenSSL

/// Why a certificate and its key can't be used for TLS.
public enum TLSIdentityFailure: Error, Sendable, Equatable {
  /// The file can't be opened or read.
  case notReadable(path: String, errno: Int32)
  /// A folder, a device, or larger than any PEM file.
  case notAFile(path: String)
  /// No certificate, or no private key, in PEM (RFC 7468).
  case notPEM(path: String)
  /// The key is protected by a passphrase.
  case encryptedKey(path: String)
  /// The key doesn't belong to the first certificate of the file.
  case keyMismatch(certificate: String, key: String)
  /// Every user of the machine can read the key. `mode` holds the permission bits.
  case keyReadableByOthers(path: String, mode: UInt32)
  /// The certificate isn't for `host` but for `names`, its subject alternative names: browsers check
  /// nothing else (RFC 9110 §4.3.4).
  case wrongHost(host: String, names: [String])
  /// Past its notAfter (seconds since 1970).
  case expired(notAfter: Int)
  /// Before its notBefore (seconds since 1970).
  case notYetValid(notBefore: Int)
  /// It isn't for use by a TLS server (RFC 5280 §4.2.1.12).
  case notForServers
  /// OpenSSL refuses it, and says why: the key is too short, for example.
  case unacceptable(path: String, reason: String)
  /// OpenSSL is missing or too old; the loader's message.
  case libraryUnavailable(reason: String)
  /// OpenSSL is there but can't make a TLS 1.2 server, and says why.
  case libraryUnsuitable(reason: String)
}

/// What makes browsers warn or refuse although the server runs.
public enum TLSIdentityWarning: Sendable, Equatable {
  /// Self-signed: browsers warn unless they were told to trust it.
  case selfSigned
  /// Less than 30 days are left.
  case expiresSoon(days: Int)
  /// A type of key that common browsers don't accept from servers: Ed25519, Ed448, or a curve other
  /// than P-256 and P-384.
  case keyTypeUnknownToBrowsers
  /// Another certificate of the chain is past its notAfter (seconds since 1970).
  case chainExpired(notAfter: Int)
}

/// A certificate and its key, checked and ready to serve.
///
/// For one thread, like the OpenSSL objects inside.
public final class TLSIdentity {
  /// What browsers may object to.
  public let warnings: [TLSIdentityWarning]
  /// The certificate's notAfter, in seconds since 1970.
  public let notAfter: Int

  let context: TLSContext

  private init(_ context: TLSContext, _ facts: CertificateFacts, chainEnd: Int?, now: Int) {
    self.context = context
    warnings = facts.warnings(now: now) + (chainEnd.map { [.chainExpired(notAfter: $0)] } ?? [])
    notAfter = facts.notAfter
  }

  /// Reads a certificate (the server's own first, then the chain) and its key, and checks everything
  /// a browser would: better now than when the browser has come back from X.
  ///
  /// - Parameters:
  ///   - certificateFile: a PEM file.
  ///   - keyFile: a PEM file, which may be the same one.
  ///   - host: the redirect URI's host.
  ///   - now: seconds since 1970.
  /// - Throws: the first check that failed.
  public static func load(
    certificateFile: String, keyFile: String, forHost host: String, now: Int
  ) throws(TLSIdentityFailure) -> TLSIdentity {
    guard let openssl = copenssl_functions() else {
      let reason = copenssl_failure().map { String(cString: $0) } ?? ""
      throw .libraryUnavailable(reason: reason)
    }
    let certificates = try PEMFile(certificateFile).certificates(openssl)
    let keySource = try PEMFile(keyFile)
    let key = try keySource.privateKey(openssl)
    try keySource.checkPermissions()

    guard let leaf = certificates.first else { throw .notPEM(path: certificateFile) }
    openssl.pointee.ERR_clear_error()
    guard openssl.pointee.X509_check_private_key(leaf.pointer, key.pointer) == 1 else {
      throw .keyMismatch(certificate: certificateFile, key: keyFile)
    }
    let facts = try CertificateFacts(leaf, key, path: certificateFile)
    try facts.check(host: host, now: now)

    let context = try TLSContext(openssl)
    try context.use(certificates, path: certificateFile)
    try context.use(key, path: keyFile)
    let chainEnd = CertificateFacts.endOfChain(certificates.dropFirst(), now: now)
    return TLSIdentity(context, facts, chainEnd: chainEnd, now: now)
  }
}
