import Callback
import HTTP
import Synchronization

/// Connections to the server that wait for their next request.
final class IdleConnections: Sendable {
  /// Servers hang up after five seconds or more; a request that meets that moment would be lost.
  private static let secondsKept = 4.0
  private static let countKept = 8

  /// A connection is used by whoever took it out, and by nobody else.
  private struct Idle: @unchecked Sendable {
    let connection: HTTPConnection
    let since: Double
  }

  private let client: HTTPClient
  private let idle = Mutex<[Idle]>([])

  init(_ client: HTTPClient) { self.client = client }

  /// Lends a connection for `use`. It is kept only if that goes well.
  func lend(_ use: (HTTPConnection) throws(HTTPFailure) -> Void) throws(HTTPFailure) {
    let found = idle.withLock { idle in
      idle.removeAll { Monotonic.now - $0.since > Self.secondsKept }
      return idle.popLast()
    }
    let connection = found?.connection ?? HTTPConnection(client)
    try use(connection)
    let back = Idle(connection: connection, since: Monotonic.now)
    idle.withLock { if $0.count < Self.countKept { $0.append(back) } }
  }
}
