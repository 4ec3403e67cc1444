import Foundation

/// A client's raw TCP connection. Nothing waits longer than its ten seconds.
final class Peer {
  private let descriptor: Int32
  struct CantConnect: Error { let errno: Int32 }

  init(port: Int, address: String = "127.0.0.1") throws {
    let isIPv6 = address.contains(":")
    descriptor = socket(
      isIPv6 ? AF_INET6 : AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var limit = timeval(tv_sec: 10, tv_usec: 0)
    let size = socklen_t(MemoryLayout<timeval>.size)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
    let result: Int32
    if isIPv6 {
      var target = sockaddr_in6()
      target.sin6_family = sa_family_t(AF_INET6)
      target.sin6_port = in_port_t(port).bigEndian
      inet_pton(AF_INET6, address, &target.sin6_addr)
      result = Self.connect(descriptor, &target)
    } else {
      var target = sockaddr_in()
      target.sin_family = sa_family_t(AF_INET)
      target.sin_port = in_port_t(port).bigEndian
      inet_pton(AF_INET, address, &target.sin_addr)
      result = Self.connect(descriptor, &target)
    }
    guard result == 0 else {
      let reason = errno
      Foundation.close(descriptor)
      throw CantConnect(errno: reason)
    }
  }

  deinit { Foundation.close(descriptor) }

  private static func connect<Address>(_ descriptor: Int32, _ address: inout Address) -> Int32 {
    withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Foundation.connect(descriptor, $0, socklen_t(MemoryLayout<Address>.size))
      }
    }
  }

  /// Sends all of `bytes`; says whether the other side took them.
  @discardableResult
  func send(_ bytes: [UInt8]) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes {
        Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }

  @discardableResult
  func send(_ text: String) -> Bool { send(Array(text.utf8)) }

  func shutdownWriting() { shutdown(descriptor, Int32(SHUT_WR)) }

  /// Makes the next close a reset.
  func resetOnClose() {
    var option = linger(l_onoff: 1, l_linger: 0)
    setsockopt(
      descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
  }

  /// All that comes until the other side closes. A reset or a time-out leaves a mark in the text.
  func readToEnd() -> String {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = recv(descriptor, &chunk, chunk.count, 0)
      if count > 0 {
        bytes += chunk[..<count]
      } else {
        let mark = count == 0 ? "" : "‹errno \(errno)›"
        return String(decoding: bytes, as: UTF8.self) + mark
      }
    }
  }
}
