import COpenSSL

/// The configuration that all TLS connections of a listener share (`SSL_CTX`).
final class TLSContext {
  let openssl: UnsafePointer<OpenSSLFunctions>
  let pointer: OpaquePointer

  /// TLS 1.2 or newer (RFC 9325 §3.1.1), without resumption.
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
    // A ticket that the browser never reads would turn the end of the connection into a reset.
    _ = openssl.pointee.SSL_CTX_set_num_tickets(pointer, 0)
  }

  deinit { openssl.pointee.SSL_CTX_free(pointer) }

  /// Presents the first certificate, and sends the others along as its chain.
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

  /// Signs with `key`, which belongs to the certificate.
  func use(_ key: OpenSSLObject, path: String) throws(TLSIdentityFailure) {
    openssl.pointee.ERR_clear_error()
    guard openssl.pointee.SSL_CTX_use_PrivateKey(pointer, key.pointer) == 1 else {
      throw .unacceptable(path: path, reason: openssl.takeReason())
    }
  }
}

/// One TLS connection as a filter on bytes: it has no socket, so it never blocks, and OpenSSL can't
/// raise SIGPIPE by writing.
final class TLSSession {
  /// What the received bytes led to.
  enum Progress {
    /// This much plaintext, possibly none; the session goes on.
    case plaintext([UInt8])
    /// The peer refused, with an alert (RFC 8446 §6).
    case alert(UInt8, meaning: String)
    /// The handshake or a record was wrong, for this reason, as OpenSSL puts it.
    case failed(reason: String)
    /// The peer closed the session in order.
    case ended
  }

  private let context: TLSContext
  private let session: OpaquePointer
  private let incoming: OpaquePointer
  private let outgoing: OpaquePointer
  private var openssl: UnsafePointer<OpenSSLFunctions> { context.openssl }

  /// A session that waits for the client's hello; nil when memory ran out.
  init?(_ context: TLSContext) {
    let openssl = context.openssl
    guard let session = openssl.pointee.SSL_new(context.pointer) else { return nil }
    guard let incoming = openssl.pointee.BIO_new(openssl.pointee.BIO_s_mem()) else {
      openssl.pointee.SSL_free(session)
      return nil
    }
    guard let outgoing = openssl.pointee.BIO_new(openssl.pointee.BIO_s_mem()) else {
      _ = openssl.pointee.BIO_free(incoming)
      openssl.pointee.SSL_free(session)
      return nil
    }
    // The session owns both from here on.
    openssl.pointee.SSL_set_bio(session, incoming, outgoing)
    openssl.pointee.SSL_set_accept_state(session)
    (self.context, self.session) = (context, session)
    (self.incoming, self.outgoing) = (incoming, outgoing)
  }

  deinit { openssl.pointee.SSL_free(session) }

  /// Whether the handshake is still going on.
  var isHandshaking: Bool { openssl.pointee.SSL_is_init_finished(session) == 0 }

  /// Processes bytes from the wire. Call `takeOutput` afterwards, after a failure too.
  func receive(_ bytes: ArraySlice<UInt8>) -> Progress {
    openssl.pointee.ERR_clear_error()
    _ = bytes.withUnsafeBufferPointer {
      openssl.pointee.BIO_write(incoming, $0.baseAddress, Int32($0.count))
    }
    if isHandshaking {
      let result = openssl.pointee.SSL_do_handshake(session)
      guard result == 1 else { return progress(after: result, with: []) }
    }
    var plaintext: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 16 << 10)
    while true {
      let count = openssl.pointee.SSL_read(session, &buffer, Int32(buffer.count))
      guard count > 0 else { return progress(after: count, with: plaintext) }
      plaintext += buffer[..<Int(count)]
    }
  }

  /// Encrypts the last bytes of the session and the closing alert.
  func sealLast(_ plaintext: [UInt8]) {
    openssl.pointee.ERR_clear_error()
    _ = openssl.pointee.SSL_write(session, plaintext, Int32(plaintext.count))
    _ = openssl.pointee.SSL_shutdown(session)
    openssl.pointee.ERR_clear_error()
  }

  /// The bytes to send.
  func takeOutput() -> [UInt8] {
    var output = [UInt8](repeating: 0, count: openssl.pointee.BIO_ctrl_pending(outgoing))
    guard !output.isEmpty else { return [] }
    let count = openssl.pointee.BIO_read(outgoing, &output, Int32(output.count))
    return Array(output.prefix(Int(max(0, count))))
  }

  private func progress(after result: Int32, with plaintext: [UInt8]) -> Progress {
    switch openssl.pointee.SSL_get_error(session, result) {
    case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE:
      return .plaintext(plaintext)
    case SSL_ERROR_ZERO_RETURN:
      return plaintext.isEmpty ? .ended : .plaintext(plaintext)
    default:
      let error = openssl.pointee.ERR_get_error()
      openssl.pointee.ERR_clear_error()
      let number = copenssl_reason(error) - SSL_AD_REASON_OFFSET
      if let alert = UInt8(exactly: number) {
        let meaning = openssl.pointee.SSL_alert_desc_string_long(Int32(alert))
        return .alert(alert, meaning: meaning.map { String(cString: $0) } ?? "")
      }
      let reason = openssl.pointee.ERR_reason_error_string(error)
      return .failed(reason: reason.map { String(cString: $0) } ?? "unknown reason")
    }
  }
}
