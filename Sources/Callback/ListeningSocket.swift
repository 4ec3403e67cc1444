import Glibc

/// A bound, listening socket; closed with the value.
package final class ListeningSocket: Sendable {
  package let descriptor: Int32
  let address: SocketAddress

  /// The port it is bound to.
  package var port: Int { address.port }

  /// Binds and listens.
  ///
  /// With SO_REUSEADDR, so that the last login's closed connections don't block the port for a
  /// minute; on Linux it doesn't let two sockets listen on one port (socket(7)). SO_REUSEPORT would:
  /// another program of the same user could then intercept callbacks.
  package init(_ endpoint: ListenEndpoint) throws(ListenFailure) {
    guard let wanted = SocketAddress(host: endpoint.address, port: endpoint.port) else {
      throw .addressNotHere(address: endpoint.address)
    }
    let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
    let descriptor = socket(wanted.family, type, 0)
    guard descriptor >= 0 else { throw Self.failure("socket", endpoint) }
    do throws(ListenFailure) {
      try Self.open(descriptor, at: wanted, endpoint)
      address = try Self.boundAddress(of: descriptor)
    } catch {
      close(descriptor)
      throw error
    }
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// The outcome of accepting a connection.
  package enum Accepted {
    case connection(Int32)
    case none
    /// The process or the system has no descriptors left.
    case exhausted
  }

  /// Takes one waiting connection.
  package func accept() -> Accepted {
    let connection = Glibc.accept(descriptor, nil, nil)
    guard connection >= 0 else {
      let exhausted = [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(errno)
      // The kernel looks for a free descriptor first, even if no connection waits.
      return exhausted && hasWaiting ? .exhausted : .none
    }
    // Two steps instead of accept4(2), which Swift doesn't see. A program that another thread starts
    // in between inherits the connection: who has such threads ends it by shutdown(2).
    _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
    _ = fcntl(connection, F_SETFL, O_NONBLOCK)
    return .connection(connection)
  }

  /// Whether a connection waits to be accepted.
  var hasWaiting: Bool {
    var polled = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&polled, 1, 0) > 0
  }

  private static func open(
    _ descriptor: Int32, at address: SocketAddress, _ endpoint: ListenEndpoint
  ) throws(ListenFailure) {
    var on: Int32 = 1
    let size = socklen_t(MemoryLayout<Int32>.size)
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, size)
    // Each family gets its own socket; without this, [::] would claim the port for IPv4 as well.
    if address.family == AF_INET6 {
      setsockopt(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &on, size)
    }
    guard address.withSystemAddress({ bind(descriptor, $0, $1) }) == 0 else {
      throw failure("bind", endpoint)
    }
    guard listen(descriptor, SOMAXCONN) == 0 else { throw failure("listen", endpoint) }
  }

  private static func boundAddress(of descriptor: Int32) throws(ListenFailure) -> SocketAddress {
    var storage = sockaddr_storage()
    var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let result = withUnsafeMutablePointer(to: &storage) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        getsockname(descriptor, $0, &size)
      }
    }
    guard result == 0, let address = SocketAddress(storage) else {
      throw .system(call: "getsockname", errno: errno)
    }
    return address
  }

  private static func failure(_ call: String, _ endpoint: ListenEndpoint) -> ListenFailure {
    switch errno {
    case EADDRINUSE: .portInUse(address: endpoint.address, port: endpoint.port)
    case EACCES, EPERM: .notAllowed(address: endpoint.address, port: endpoint.port)
    // EINVAL: a link-local address without its interface (ipv6(7)), as /etc/hosts has it. By that
    // name a browser couldn't reach it either.
    case EADDRNOTAVAIL, EAFNOSUPPORT, EINVAL: .addressNotHere(address: endpoint.address)
    default: .system(call: call, errno: errno)
    }
  }
}
