import COpenSSL

/// What all TLS connections of a listener share (`SSL_CTX`).
final class TLSContext {
  let openssl: UnsafePointer<OpenSSLFunctions>
  let pointer: OpaquePointer

  /// TLS 1.2 or newer (RFC 9325 §3.1.1), and nothing kept between connections.
  init(_ openssl: UnsafePointer<OpenSSLFunctions>) throws(TLSIdentityFailure) {
    guard let pointer = openssl.pointee.SSL_CTX_new(openssl.pointee.TLS_server_method()) else {
      throw .libraryUnsuitable(reason: openssl.takeReason())
    }
    self.openssl = openssl
    self.pointer = pointer
    guard copenssl_set_min_proto_version(openssl, pointer, TLS1_2_VERSION) == 1 else {
      throw .libraryUnsuitable(reason: openssl.takeReason())
    }
    copenssl_set_strict_options(openssl, pointer)
    copenssl_disable_session_cache(openssl, pointer)
    // A ticket that a browser never reads turns the end of the connection into a reset.
    _ = openssl.pointee.SSL_CTX_set_num_tickets(pointer, 0)
  }

  deinit { openssl.pointee.SSL_CTX_free(pointer) }

  /// Serves the first certificate, and sends the others along as its chain.
  func use(_ certificates: [OpenSSLObject], path: String) throws(TLSIdentityFailure) {
    openssl.pointee.ERR_clear_error()
    for (index, certificate) in certificates.enumerated() {
      let isAccepted =
        index == 0
        ? openssl.pointee.SSL_CTX_use_certificate(pointer, certificate.pointer) == 1
        : copenssl_add1_chain_cert(openssl, pointer, certificate.pointer) == 1
      guard isAccepted else { throw .unacceptable(path: path, reason: openssl.takeReason()) }
    }
  }

  /// Proves the certificate with `key`.
  func use(_ key: OpenSSLObject, path: String) throws(TLSIdentityFailure) {
    openssl.pointee.ERR_clear_error()
    guard openssl.pointee.SSL_CTX_use_PrivateKey(pointer, key.pointer) == 1 else {
      throw .unacceptable(path: path, reason: openssl.takeReason())
    }
  }
}
