import Glibc
import Synchronization

/// Listens on 127.0.0.1 and gives each connection a thread: connections are few and short, and a slow
/// one must not delay the others.
final class Listener: Sendable {
  /// How many connections are served at once; more are closed unanswered.
  static let connectionLimit = 512

  /// The port, chosen by the system when 0 was asked for.
  let port: Int
  private let socket: Int32
  private let certificate: ServerCertificate?
  private let open = Atomic<Int>(0)

  /// Binds and listens; connections wait from now on. With a certificate they speak TLS.
  init(port: Int, certificate: ServerCertificate? = nil) throws(StartFailure) {
    let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard socket >= 0 else { throw .port(port, errno: errno) }
    guard let bound = Self.bind(socket, port: port), listen(socket, 512) == 0 else {
      let reason = errno
      close(socket)
      throw .port(port, errno: reason)
    }
    self.port = bound
    self.socket = socket
    self.certificate = certificate
  }

  deinit { close(socket) }

  /// Serves until `stop()`.
  func serve(_ handler: @escaping @Sendable (Request) -> Response) {
    while true {
      let accepted = accept(socket, nil, nil)
      guard accepted >= 0 else {
        if errno == EINVAL { return }  // stop() shut the socket down
        // Out of descriptors: the connection stays in the backlog for the next attempt.
        if errno != EINTR, errno != ECONNABORTED { poll(nil, 0, 20) }
        continue
      }
      _ = fcntl(accepted, F_SETFD, FD_CLOEXEC)
      guard open.add(1, ordering: .relaxed).newValue <= Self.connectionLimit,
        onThread({ [self] in
          var exchange = Exchange(socket: accepted)
          exchange.serve(certificate, handler)
          open.subtract(1, ordering: .relaxed)
        })
      else {
        open.subtract(1, ordering: .relaxed)
        close(accepted)
        continue
      }
    }
  }

  /// Makes `serve` return. Connections that were already accepted are still answered.
  func stop() { shutdown(socket, Int32(SHUT_RDWR)) }

  /// Binds to 127.0.0.1 and returns the port; nil, with errno set, when that fails.
  private static func bind(_ socket: Int32, port: Int) -> Int? {
    var yes: Int32 = 1
    let size = socklen_t(MemoryLayout<Int32>.size)
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, size)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(truncatingIfNeeded: port).bigEndian)
    address.sin_addr.s_addr = in_addr_t(INADDR_LOOPBACK).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let done = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.bind(socket, $0, length) == 0 && getsockname(socket, $0, &length) == 0
      }
    }
    return done ? Int(UInt16(bigEndian: address.sin_port)) : nil
  }
}

/// Runs `body` on a thread of its own; false when none could be created.
private func onThread(_ body: @escaping @Sendable () -> Void) -> Bool {
  final class Body: Sendable {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }
  let retained = Unmanaged.passRetained(Body(body))
  var thread = pthread_t()
  let failed = pthread_create(
    &thread, nil,
    { argument in
      guard let argument else { return nil }
      Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
      return nil
    }, retained.toOpaque())
  guard failed == 0 else {
    retained.release()
    return false
  }
  pthread_detach(thread)
  return true
}
