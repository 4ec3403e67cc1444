import Glibc

/// A TCP port of 127.0.0.1 that nobody else is given while the value lives, and that a program which
/// sets SO_REUSEADDR can still listen on: Linux lets two sockets bind it as long as neither listens.
final class ReservedPort: Sendable {
  let number: Int
  private let descriptor: Int32

  /// The redirect URI that has this port and otherwise the defaults.
  var redirectURI: String { "http://127.0.0.1:\(number)/oauth/callback" }

  init() {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var yes: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let descriptor = descriptor
    withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        _ = bind(descriptor, $0, length)
        getsockname(descriptor, $0, &length)
      }
    }
    number = Int(UInt16(bigEndian: address.sin_port))
  }

  /// From here on the port is in use: nobody else can listen there.
  func occupy() { listen(descriptor, 1) }

  deinit { close(descriptor) }
}
