import Glibc

/// One accepted connection: one request, one answer, closed. It knows HTTP, and nothing of OAuth.
struct Connection: ~Copyable {
  /// How long a peer may keep each read or write waiting, in seconds.
  static let waitLimit = 10
  /// How long a request may take to come in whole, in seconds: a peer that drips bytes ends here.
  static let requestLimit = 20.0

  private let socket: Int32

  /// Takes over `socket`.
  init(socket: Int32) {
    self.socket = socket
    var limit = timeval(tv_sec: Self.waitLimit, tv_usec: 0)
    let size = socklen_t(MemoryLayout<timeval>.size)
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
    setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
  }

  deinit { close(socket) }

  /// Reads the request and sends what `handler` answers.
  func serve(_ identity: TLSIdentity?, _ handler: (Request) -> Response) {
    guard let identity else {
      var stream = PlainStream(socket: socket)
      return Self.converse(&stream, handler)
    }
    guard speaksTLS() else {
      let line = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\nThis port speaks https.\n"
      _ = PlainStream(socket: socket).write(Array(line.utf8))
      return PlainStream(socket: socket).finish()
    }
    guard var stream = TLSStream(identity: identity), stream.shakeHands(over: socket) else {
      return
    }
    Self.converse(&stream, handler)
  }

  /// Whether the first byte, left where it is, starts a TLS handshake (RFC 8446 §5.1).
  private func speaksTLS() -> Bool {
    var first: UInt8 = 0
    return recv(socket, &first, 1, Int32(MSG_PEEK)) == 1 && first == 0x16
  }

  private static func converse(
    _ stream: inout (some ByteStream & ~Copyable), _ handler: (Request) -> Response
  ) {
    var reader = RequestReader()
    let start = monotonicSeconds()
    while true {
      let piece = stream.read(atMost: 16 * 1024)
      // A browser opens connections in advance and leaves them silent: that needs no answer.
      guard !piece.isEmpty else { return }
      switch reader.append(piece) {
      case .complete(let request):
        _ = stream.write(handler(request).serialized(withBody: request.method != "HEAD"))
        return stream.finish()
      case .refused(let status):
        return refuse(status, &stream)
      case .incomplete:
        if monotonicSeconds() - start > requestLimit { return refuse(408, &stream) }
      }
    }
  }

  private static func refuse(_ status: Int, _ stream: inout (some ByteStream & ~Copyable)) {
    _ = stream.write(Response.problem(status).serialized())
    stream.finish()
    // Closing with unread bytes resets the connection, and the answer could be lost with it.
    for _ in 0..<16 where stream.read(atMost: 16 * 1024).isEmpty { return }
  }
}

private func monotonicSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1_000_000_000
}
