import Foundation
import TestSupport

/// A server on loopback that plays a script of raw bytes, one connection at a time.
final class ScriptedServer: Sendable {
  private let listener: LoopbackPort
  private let log = Log()

  /// Starts to listen; runs `script` for each connection, on a thread of the server's own.
  init(_ script: @escaping @Sendable (ScriptedConnection) -> Void) throws {
    listener = try LoopbackPort(backlog: 16)
    let (listener, log) = (listener, log)
    Thread.detachNewThread {
      while case let descriptor = accept(listener.descriptor, nil, nil), descriptor >= 0 {
        log.noteConnection()
        script(ScriptedConnection(descriptor, log: log))
      }
    }
  }

  /// Answers each request with `answer`, and hangs up.
  convenience init(answer: String) throws {
    try self.init { peer in
      peer.readRequest()
      peer.send(answer)
    }
  }

  deinit { shutdown(listener.descriptor, Int32(SHUT_RDWR)) }

  /// The port it listens on.
  var port: Int { listener.number }

  /// How many connections were taken.
  var connections: Int { log.connections }

  /// The requests read, whole.
  var requests: [String] { log.requests }

  /// The URL of `path` here.
  func url(_ path: String = "/") -> String { "http://127.0.0.1:\(port)\(path)" }
}

/// What a server saw.
final class Log: @unchecked Sendable {
  private let lock = NSLock()
  private var count = 0
  private var texts: [String] = []

  var connections: Int { lock.withLock { count } }
  var requests: [String] { lock.withLock { texts } }
  func noteConnection() { lock.withLock { count += 1 } }
  func note(request: String) { lock.withLock { texts.append(request) } }
}
