import Glibc
import Synchronization

/// A port of 127.0.0.1 that the system gave away: listened on while the value lives.
final class FreePort {
  let number: Int
  private let descriptor: Int32

  init?() {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, size) == 0 && listen(descriptor, 1) == 0
          && getsockname(descriptor, $0, &size) == 0
      }
    }
    self.descriptor = descriptor
    number = Int(UInt16(bigEndian: address.sin_port))
    if !isBound { return nil }
  }

  deinit { close(descriptor) }
}

/// A loopback address of one test's own: 127/8 has enough for all, so no two want the same port.
enum LoopbackAddress {
  private static let next = Atomic<UInt32>(UInt32(truncatingIfNeeded: getpid()) &* 251)

  static func fresh() -> String {
    let number = next.add(1, ordering: .relaxed).newValue % (1 << 22) + 256
    return "127.\((number >> 16) + 1).\(number >> 8 & 255).\(number & 255)"
  }
}
