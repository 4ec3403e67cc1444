import COpenSSL

/// The server's side of one TLS connection, on one thread. The descriptor is its maker's to close.
struct TLSStream: ByteStream, ~Copyable {
  private let openssl: OpenSSLFunctions
  private let connection: OpaquePointer

  /// A stream that has yet to shake hands; nil when OpenSSL can't make one.
  init?(identity: TLSIdentity) {
    guard let openssl = copenssl_functions()?.pointee,
      let connection = openssl.SSL_new(identity.context)
    else { return nil }
    self.openssl = openssl
    self.connection = connection
  }

  deinit { openssl.SSL_free(connection) }

  /// Shakes hands over `socket`; false when that fails or takes longer than its time limits.
  mutating func shakeHands(over socket: Int32) -> Bool {
    openssl.SSL_set_fd(connection, socket) == 1 && openssl.SSL_accept(connection) == 1
  }

  mutating func read(atMost count: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      guard let start = buffer.baseAddress else { return }
      filled = max(0, Int(openssl.SSL_read(connection, start, Int32(clamping: count))))
    }
  }

  mutating func write(_ bytes: [UInt8]) -> Bool {
    // Without partial writes (the default) SSL_write sends all or fails.
    openssl.SSL_write(connection, bytes, Int32(clamping: bytes.count)) > 0
  }

  mutating func finish() { _ = openssl.SSL_shutdown(connection) }
}
