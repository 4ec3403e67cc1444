import Glibc

/// One connection's bytes, plain or under TLS. Blocking, with the socket's own time limits.
protocol ByteStream: ~Copyable {
  /// The next bytes; empty at the end, after an error and past the time limit.
  mutating func read(atMost count: Int) -> [UInt8]
  /// Sends `bytes`; false when the peer is gone.
  mutating func write(_ bytes: [UInt8]) -> Bool
  /// Says that nothing more comes.
  mutating func finish()
}

/// A connection without TLS. The descriptor is its maker's to close.
struct PlainStream: ByteStream {
  let socket: Int32

  func read(atMost count: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      var received = recv(socket, buffer.baseAddress, count, 0)
      while received < 0, errno == EINTR { received = recv(socket, buffer.baseAddress, count, 0) }
      filled = max(0, received)
    }
  }

  func write(_ bytes: [UInt8]) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let sent = rest.withUnsafeBytes {
        send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if sent < 0, errno == EINTR { continue }
      guard sent > 0 else { return false }
      rest = rest.dropFirst(sent)
    }
    return true
  }

  func finish() { shutdown(socket, Int32(SHUT_WR)) }
}
