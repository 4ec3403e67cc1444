import Glibc

/// An IP address and a TCP port.
struct SocketAddress: Sendable, Equatable {
  /// The address: 4 or 16 bytes, in network order.
  let bytes: [UInt8]
  let port: Int

  init?(bytes: [UInt8], port: Int) {
    guard bytes.count == 4 || bytes.count == 16 else { return nil }
    self.bytes = bytes
    self.port = port
  }

  /// A numeric address, an IPv6 one without brackets.
  init?(host: String, port: Int) {
    let isIPv6 = host.contains(":")
    var bytes = [UInt8](repeating: 0, count: isIPv6 ? 16 : 4)
    guard inet_pton(isIPv6 ? AF_INET6 : AF_INET, host, &bytes) == 1 else { return nil }
    self.bytes = bytes
    self.port = port
  }

  init?(_ storage: sockaddr_storage) {
    var storage = storage
    let isIPv6 = storage.ss_family == sa_family_t(AF_INET6)
    guard isIPv6 || storage.ss_family == sa_family_t(AF_INET) else { return nil }
    let (bytes, port) = withUnsafeBytes(of: &storage) { raw in
      if isIPv6 {
        let address = raw.loadUnaligned(as: sockaddr_in6.self)
        return (withUnsafeBytes(of: address.sin6_addr) { Array($0) }, address.sin6_port)
      }
      let address = raw.loadUnaligned(as: sockaddr_in.self)
      return (withUnsafeBytes(of: address.sin_addr) { Array($0) }, address.sin_port)
    }
    self.init(bytes: bytes, port: Int(UInt16(bigEndian: port)))
  }

  var family: Int32 { bytes.count == 16 ? AF_INET6 : AF_INET }

  /// The numeric address, an IPv6 one without brackets.
  var host: String {
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    guard inet_ntop(family, bytes, &text, socklen_t(text.count)) != nil else { return "" }
    return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// Calls `body` with the address as system calls expect it.
  func withSystemAddress<R>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R {
    let port = in_port_t(truncatingIfNeeded: port).bigEndian
    if family == AF_INET6 {
      var address = sockaddr_in6()
      address.sin6_family = sa_family_t(AF_INET6)
      address.sin6_port = port
      withUnsafeMutableBytes(of: &address.sin6_addr) { $0.copyBytes(from: bytes) }
      return Self.rebound(&address, body)
    }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port
    withUnsafeMutableBytes(of: &address.sin_addr) { $0.copyBytes(from: bytes) }
    return Self.rebound(&address, body)
  }

  private static func rebound<Address, R>(
    _ address: inout Address, _ body: (UnsafePointer<sockaddr>, socklen_t) -> R
  ) -> R {
    withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        body($0, socklen_t(MemoryLayout<Address>.size))
      }
    }
  }
}
