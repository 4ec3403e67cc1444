import COpenSSL

/// A certificate and its key, ready to serve TLS 1.2 and newer.
///
/// Sendable because an SSL_CTX that is no longer changed may be used from every thread
/// (openssl-threads(7)), and this one isn't changed after its initializer.
final class TLSIdentity: @unchecked Sendable {
  let context: OpaquePointer

  /// Reads the chain and the key, both PEM.
  init(certificateFile: String, keyFile: String) throws(StartFailure) {
    guard let openssl = copenssl_functions()?.pointee else {
      throw .openSSL(copenssl_failure().map { String(cString: $0) } ?? "unknown reason")
    }
    guard let context = openssl.SSL_CTX_new(openssl.TLS_server_method()) else {
      throw .openSSL("no TLS server context")
    }
    self.context = context
    _ = openssl.SSL_CTX_ctrl(context, SSL_CTRL_SET_MIN_PROTO_VERSION, Int(TLS1_2_VERSION), nil)
    // Without a callback OpenSSL would ask for a password on the terminal.
    openssl.SSL_CTX_set_default_passwd_cb(context) { _, _, _, _ in -1 }
    guard openssl.SSL_CTX_use_certificate_chain_file(context, certificateFile) == 1 else {
      throw .certificate(certificateFile)
    }
    guard openssl.SSL_CTX_use_PrivateKey_file(context, keyFile, SSL_FILETYPE_PEM) == 1,
      openssl.SSL_CTX_check_private_key(context) == 1
    else { throw .key(keyFile) }
  }

  deinit { copenssl_functions()?.pointee.SSL_CTX_free(context) }
}
