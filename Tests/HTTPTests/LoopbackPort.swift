import Foundation

/// A port of 127.0.0.1 that is taken, on which nobody accepts.
final class LoopbackPort {
  /// The port.
  let number: Int
  private let descriptor: Int32

  /// Takes a free port. Without a `backlog` connections to it are refused.
  init(backlog: Int32? = nil) throws {
    (descriptor, number) = try Self.open(backlog: backlog)
  }

  deinit { close(descriptor) }

  /// A socket bound to a free port, listening if there is a backlog.
  static func open(backlog: Int32?) throws -> (descriptor: Int32, port: Int) {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutableBytes(of: &address) { bytes in
      let address = bytes.assumingMemoryBound(to: sockaddr.self).baseAddress!
      return bind(descriptor, address, length) == 0
        && getsockname(descriptor, address, &length) == 0
    }
    guard isBound, backlog.map({ listen(descriptor, $0) == 0 }) ?? true else {
      throw POSIXError(POSIXError.Code(rawValue: errno) ?? .EIO)
    }
    return (descriptor, Int(UInt16(bigEndian: address.sin_port)))
  }
}
