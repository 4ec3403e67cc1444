import COpenSSL
import Callback
import Glibc

/// A certificate chain and its key, ready to serve TLS 1.2 and newer.
///
/// Sendable because several threads may use one SSL_CTX once it is no longer changed
/// (openssl-threads(7)), and this one isn't changed after the initializer.
final class ServerCertificate: @unchecked Sendable {
  fileprivate let openssl: UnsafePointer<OpenSSLFunctions>
  fileprivate let context: OpaquePointer

  /// Reads the chain and the key, both PEM.
  init(certificateFile: String, keyFile: String) throws(StartFailure) {
    guard let openssl = copenssl_functions() else {
      throw .openSSL(copenssl_failure().map { String(cString: $0) } ?? "unknown reason")
    }
    let functions = openssl.pointee
    guard let context = functions.SSL_CTX_new(functions.TLS_server_method()) else {
      throw .openSSL("no TLS server context")
    }
    self.openssl = openssl
    self.context = context
    _ = functions.SSL_CTX_ctrl(context, SSL_CTRL_SET_MIN_PROTO_VERSION, Int(TLS1_2_VERSION), nil)
    // Without a callback OpenSSL would ask for a password on the terminal.
    functions.SSL_CTX_set_default_passwd_cb(context) { _, _, _, _ in -1 }
    guard functions.SSL_CTX_use_certificate_chain_file(context, certificateFile) == 1 else {
      throw .certificate(certificateFile)
    }
    guard functions.SSL_CTX_use_PrivateKey_file(context, keyFile, SSL_FILETYPE_PEM) == 1,
      functions.SSL_CTX_check_private_key(context) == 1
    else { throw .key(keyFile) }
  }

  deinit { openssl.pointee.SSL_CTX_free(context) }
}

/// One accepted connection: one request, one response, closed. It blocks, with the socket's own time
/// limits, and knows nothing of OAuth.
struct Exchange: ~Copyable {
  /// How long a peer may keep each read or write waiting, in seconds.
  private static let waitLimit = 10
  /// How long a request may take to arrive in full, in seconds: the limit for a peer that drips bytes.
  private static let requestLimit = 20.0
  private static let pieceSize = 16 * 1024

  private let socket: Int32
  /// nil on a plain connection.
  private var tls: (openssl: UnsafePointer<OpenSSLFunctions>, session: OpaquePointer)?

  /// Takes over `socket`.
  init(socket: Int32) {
    self.socket = socket
    var limit = timeval(tv_sec: Self.waitLimit, tv_usec: 0)
    let size = socklen_t(MemoryLayout<timeval>.size)
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
    setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
  }

  deinit {
    if let tls { tls.openssl.pointee.SSL_free(tls.session) }
    close(socket)
  }

  /// Reads the request and sends the response of `handler`; under TLS if there is a certificate.
  mutating func serve(_ certificate: ServerCertificate?, _ handler: (Request) -> Response) {
    if let certificate {
      guard speaksTLS() else {
        let line = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\nThis port speaks https.\n"
        write(Array(line.utf8))
        return finish()
      }
      guard shakeHands(certificate) else { return }
    }
    var reader = RequestReader()
    let start = Monotonic.now
    while true {
      let piece = read()
      // Browsers open connections in advance and leave them silent: no answer is needed.
      guard !piece.isEmpty else { return }
      switch reader.append(piece) {
      case .complete(let request):
        write(handler(request).serialized(withBody: request.method != "HEAD"))
        return finish()
      case .refused(let status):
        return refuse(status)
      case .incomplete:
        if Monotonic.now - start > Self.requestLimit { return refuse(408) }
      }
    }
  }

  private func refuse(_ status: Int) {
    write(Response.problem(status).serialized())
    finish()
    // Closing with unread bytes resets the connection, and the answer could be lost with it.
    for _ in 0..<16 where read().isEmpty { return }
  }

  /// Whether the first byte, which stays unread, starts a TLS handshake (RFC 8446 §5.1).
  private func speaksTLS() -> Bool {
    var first: UInt8 = 0
    return recv(socket, &first, 1, Int32(MSG_PEEK)) == 1 && first == 0x16
  }

  private mutating func shakeHands(_ certificate: ServerCertificate) -> Bool {
    let openssl = certificate.openssl
    guard let session = openssl.pointee.SSL_new(certificate.context) else { return false }
    tls = (openssl, session)
    return openssl.pointee.SSL_set_fd(session, socket) == 1
      && openssl.pointee.SSL_accept(session) == 1
  }

  /// The next bytes; empty at the end, after an error and past the time limit.
  private func read() -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: Self.pieceSize) { buffer, filled in
      guard let start = buffer.baseAddress else { return }
      if let tls {
        let size = Int32(Self.pieceSize)
        filled = max(0, Int(tls.openssl.pointee.SSL_read(tls.session, start, size)))
      } else {
        var received = recv(socket, start, Self.pieceSize, 0)
        while received < 0, errno == EINTR { received = recv(socket, start, Self.pieceSize, 0) }
        filled = max(0, received)
      }
    }
  }

  /// Sends `bytes`, as far as the peer is still there.
  private func write(_ bytes: [UInt8]) {
    if let tls {
      // Without partial writes (the default) SSL_write sends everything or fails.
      _ = tls.openssl.pointee.SSL_write(tls.session, bytes, Int32(clamping: bytes.count))
      return
    }
    var rest = bytes[...]
    while !rest.isEmpty {
      let sent = rest.withUnsafeBytes {
        send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if sent < 0, errno == EINTR { continue }
      guard sent > 0 else { return }
      rest = rest.dropFirst(sent)
    }
  }

  /// Tells the peer that no more bytes follow.
  private func finish() {
    if let tls {
      _ = tls.openssl.pointee.SSL_shutdown(tls.session)
    } else {
      shutdown(socket, Int32(SHUT_WR))
    }
  }
}
