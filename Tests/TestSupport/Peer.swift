import Foundation

/// A raw TCP connection to a port of this machine. Nothing waits longer than its ten seconds: a test
/// that goes wrong must end all the same.
public final class Peer {
  private let descriptor: Int32
  /// What connect(2) said.
  public struct CantConnect: Error { let errno: Int32 }

  /// Connects.
  public init(port: Int, address: String = "127.0.0.1") throws {
    let isIPv6 = address.contains(":")
    descriptor = socket(
      isIPv6 ? AF_INET6 : AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    Self.limitWaits(descriptor)
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

  /// Takes over the server's end of a connection.
  public init(accepted descriptor: Int32) {
    self.descriptor = descriptor
    Self.limitWaits(descriptor)
  }

  deinit { Foundation.close(descriptor) }

  private static func limitWaits(_ descriptor: Int32) {
    var limit = timeval(tv_sec: 10, tv_usec: 0)
    let size = socklen_t(MemoryLayout<timeval>.size)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
  }

  private static func connect<Address>(_ descriptor: Int32, _ address: inout Address) -> Int32 {
    withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Foundation.connect(descriptor, $0, socklen_t(MemoryLayout<Address>.size))
      }
    }
  }

  /// Sends all of `bytes`; says whether the other side took them.
  @discardableResult
  public func send(_ bytes: [UInt8]) -> Bool {
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

  /// Sends all of `text`; says whether the other side took it.
  @discardableResult
  public func send(_ text: String) -> Bool { send(Array(text.utf8)) }

  /// Nothing more will be sent.
  public func shutdownWriting() { shutdown(descriptor, Int32(SHUT_WR)) }

  /// Makes the next close a reset.
  public func resetOnClose() {
    var option = linger(l_onoff: 1, l_linger: 0)
    setsockopt(
      descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
  }

  /// All that comes until the other side closes. A reset or a time-out leaves a mark in the text.
  public func readToEnd() -> String {
    var bytes: [UInt8] = []
    while true {
      let (chunk, failure) = receive()
      bytes += chunk
      guard chunk.isEmpty else { continue }
      return String(decoding: bytes, as: UTF8.self) + (failure.map { "‹errno \($0)›" } ?? "")
    }
  }

  /// What comes next, at most 64 KiB: nothing at the end, or when it failed, and why.
  public func receive() -> (bytes: [UInt8], errno: Int32?) {
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    let count = recv(descriptor, &buffer, buffer.count, 0)
    return (Array(buffer.prefix(max(0, count))), count < 0 ? errno : nil)
  }

  /// Waits until it is readable, and leaves it unread.
  public func waitForData() {
    var end = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    poll(&end, 1, 10_000)
  }

  /// Whichever of the two is readable first, or at its end; nothing after ten seconds.
  public static func readable(_ one: Peer, _ other: Peer) -> [Peer] {
    var ends = [one, other].map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
    guard poll(&ends, 2, 10_000) > 0 else { return [] }
    return zip(ends, [one, other]).filter { $0.0.revents != 0 }.map(\.1)
  }
}
