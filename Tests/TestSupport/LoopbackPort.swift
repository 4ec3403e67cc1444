import Foundation

/// A TCP port of 127.0.0.1 that nobody else is given while the value lives.
public final class LoopbackPort: Sendable {
  /// The port.
  public let number: Int
  /// The socket that holds it.
  public let descriptor: Int32

  /// Takes a free port. Without a `backlog` nobody listens there: connections are refused, and a
  /// program that sets SO_REUSEADDR can still listen, as Linux lets two sockets bind a port as long
  /// as neither listens.
  public init(backlog: Int32? = nil) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var yes: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    let descriptor = descriptor
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
      }
    }
    number = Int(UInt16(bigEndian: address.sin_port))
    guard isBound, backlog.map(listen) ?? true else {
      throw POSIXError(POSIXError.Code(rawValue: errno) ?? .EIO)
    }
  }

  deinit { close(descriptor) }

  /// From here on the port is in use: nobody else can listen there. Connections wait, so many of
  /// them; nobody accepts them. Whether that could be done.
  @discardableResult
  public func listen(backlog: Int32 = 1) -> Bool { Glibc.listen(descriptor, backlog) == 0 }
}
