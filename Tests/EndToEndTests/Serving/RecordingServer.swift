import Foundation
import Synchronization
import TestSupport

/// A server that keeps the head of each request, and answers it with a whole response; one request a
/// connection.
final class RecordingServer: Sendable {
  private let listener: LoopbackPort
  private let heads: Heads

  private final class Heads: Sendable {
    let all = Mutex<[String]>([])
  }

  /// Listens; `answer` gets each head.
  init(_ answer: @escaping @Sendable (_ head: String) -> String) throws {
    listener = try LoopbackPort(backlog: 100)
    heads = Heads()
    Thread.detachNewThread { [listening = listener.descriptor, heads] in
      while case let descriptor = accept(listening, nil, nil), descriptor >= 0 {
        let peer = Peer(accepted: descriptor)
        var head = ""
        while !head.contains("\r\n\r\n"), case let more = peer.receive().bytes, !more.isEmpty {
          head += String(decoding: more, as: UTF8.self)
        }
        // A browser opens connections ahead, and may never use them.
        guard !head.isEmpty else { continue }
        heads.all.withLock { $0.append(head) }
        peer.send(answer(head))
      }
    }
  }

  /// X's API, which answers each request with its token.
  static func api() throws -> RecordingServer {
    try RecordingServer { head in response(token(head) ?? "no token") }
  }

  deinit { shutdown(listener.descriptor, Int32(SHUT_RDWR)) }

  var address: String { "http://127.0.0.1:\(listener.number)" }

  /// The heads of the requests so far.
  var requests: [String] { heads.all.withLock { $0 } }

  /// The tokens that came with them.
  var tokens: [String?] { requests.map(Self.token) }

  /// A response that ends the connection.
  static func response(_ body: String, type: String = "text/plain") -> String {
    "HTTP/1.1 200 OK\r\nContent-Type: \(type)\r\nContent-Length: \(body.utf8.count)\r\n"
      + "Connection: close\r\n\r\n\(body)"
  }

  private static func token(_ head: String) -> String? {
    head.split(separator: "\r\n").first { $0.hasPrefix("Authorization: Bearer ") }
      .map { String($0.dropFirst("Authorization: Bearer ".count)) }
  }
}
