import Glibc
import HTTP
import Synchronization

/// Connections to a server that wait for their next request.
final class IdleConnections: Sendable {
  /// Servers hang up after five seconds or more; a request that meets that moment would be lost.
  private static let secondsKept = 4.0
  private static let countKept = 8

  /// A connection is used by whoever took it out, and by nobody else.
  private struct Idle: @unchecked Sendable {
    let connection: HTTPConnection
    /// In seconds since the boot: while the machine sleeps, a connection grows old.
    let since: Double
  }

  private let client: HTTPClient
  private let idle = Mutex<[Idle]>([])

  init(_ client: HTTPClient) { self.client = client }

  /// Lends a connection for `use`. It is kept only if that goes well.
  func lend(_ use: (HTTPConnection) throws(HTTPFailure) -> Void) throws(HTTPFailure) {
    let found = idle.withLock { idle in
      idle.removeAll { Self.now - $0.since > Self.secondsKept }
      return idle.popLast()
    }
    let connection = found?.connection ?? HTTPConnection(client)
    try use(connection)
    let back = Idle(connection: connection, since: Self.now)
    idle.withLock { if $0.count < Self.countKept { $0.append(back) } }
  }

  private static var now: Double {
    var now = timespec()
    clock_gettime(CLOCK_BOOTTIME, &now)
    return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
  }
}
