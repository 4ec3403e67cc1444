import COpenSSL

/// A certificate and its key, checked and ready to serve.
///
/// For one thread: OpenSSL's objects are behind it.
public final class TLSIdentity {
  /// What a browser may stumble over.
  public let warnings: [TLSIdentityWarning]
  /// The certificate's notAfter, in seconds since 1970.
  public let notAfter: Int

  let context: TLSContext

  private init(
    _ context: TLSContext, _ facts: CertificateFacts, chainEnd: Int?, now: Int
  ) {
    self.context = context
    warnings = facts.warnings(now: now) + (chainEnd.map { [.chainExpired(notAfter: $0)] } ?? [])
    notAfter = facts.notAfter
  }

  /// Reads a certificate (the server's own first, then the chain) and its key, and checks all that
  /// a browser would: better now than when it has come back from X.
  ///
  /// - Parameters:
  ///   - certificateFile: a PEM file.
  ///   - keyFile: a PEM file, which may be the same one.
  ///   - host: the redirect URI's host.
  ///   - now: seconds since 1970.
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
    try facts.check(leaf, host: host, now: now)

    let context = try TLSContext(openssl)
    try context.use(certificates, path: certificateFile)
    try context.use(key, path: keyFile)
    let chainEnd = CertificateFacts.endOfChain(certificates.dropFirst(), now: now)
    return TLSIdentity(context, facts, chainEnd: chainEnd, now: now)
  }
}
