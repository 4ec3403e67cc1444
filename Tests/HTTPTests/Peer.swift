import Foundation

/// The server's end of one connection.
final class Peer {
  private let descriptor: Int32
  private let log: Log
  private var isOpen = true

  init(_ descriptor: Int32, log: Log) {
    self.descriptor = descriptor
    self.log = log
    // A test that goes wrong must end all the same.
    var limit = timeval(tv_sec: 10, tv_usec: 0)
    let size = socklen_t(MemoryLayout<timeval>.size)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
  }

  /// Reads one request, head and `Content-Length` bytes of body.
  @discardableResult
  func readRequest() -> String {
    var bytes: [UInt8] = []
    var wanted = Int.max
    while bytes.count < wanted {
      let more = receive()
      if more.isEmpty { break }
      bytes += more
      if wanted == Int.max { wanted = Self.length(of: bytes) ?? Int.max }
    }
    let request = String(decoding: bytes, as: UTF8.self)
    log.note(request: request)
    return request
  }

  /// What comes next, at most 64 KiB; empty at the end.
  func receive() -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    let count = recv(descriptor, &buffer, buffer.count, 0)
    return Array(buffer.prefix(max(0, count)))
  }

  /// Waits until the client has sent something, and leaves it unread.
  func waitForData() {
    var end = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    poll(&end, 1, 10_000)
  }

  /// Sends all of `text`; false once the client has gone.
  @discardableResult
  func send(_ text: String) -> Bool { send(Array(text.utf8)) }

  /// Sends all of `bytes`; false once the client has gone.
  @discardableResult
  func send(_ bytes: [UInt8]) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if count <= 0 { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }

  /// Waits until the client hangs up.
  func waitForEnd() {
    while !receive().isEmpty {}
  }

  /// Hangs up with a reset instead of an orderly end.
  func reset() {
    var linger = linger(l_onoff: 1, l_linger: 0)
    setsockopt(
      descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
    close()
  }

  /// Hangs up, if that hasn't happened yet.
  func close() {
    if isOpen { Glibc.close(descriptor) }
    isOpen = false
  }

  /// Connects to `port` on loopback and passes bytes on both ways until one side ends.
  func tunnel(to port: Int) {
    let other = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { Glibc.close(other) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let isConnected = withUnsafeBytes(of: &address) { bytes in
      connect(
        other, bytes.assumingMemoryBound(to: sockaddr.self).baseAddress!, socklen_t(bytes.count))
    }
    guard isConnected == 0 else { return }
    let far = Peer(other, log: log)
    while true {
      var ends = [descriptor, other].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
      guard poll(&ends, 2, 10_000) > 0 else { return }
      for (end, (from, to)) in zip(ends, [(self, far), (far, self)]) where end.revents != 0 {
        let bytes = from.receive()
        if bytes.isEmpty || !to.send(bytes) { return }
      }
    }
  }

  /// The length of a request whose head is whole.
  private static func length(of bytes: [UInt8]) -> Int? {
    guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
    let head = String(decoding: bytes[..<end.lowerBound], as: UTF8.self)
    let body = head.split(separator: "\r\n").compactMap { line in
      line.lowercased().hasPrefix("content-length:")
        ? Int(line.dropFirst(15).drop { $0 == " " }) : nil
    }
    return end.upperBound + (body.first ?? 0)
  }
}
