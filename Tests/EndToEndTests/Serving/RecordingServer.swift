import Foundation
import Synchronization
import TestSupport

/// A server that keeps the head of each request, and answers it with a whole response. A second request on
/// a connection is never read, as where a router has forgotten the connection.
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
      var left: [Peer] = []
      while case let descriptor = accept(listening, nil, nil), descriptor >= 0 {
        let peer = Peer(accepted: descriptor)
        var head = ""
        while !head.contains("\r\n\r\n"), case let more = peer.receive().bytes, !more.isEmpty {
          head += String(decoding: more, as: UTF8.self)
        }
        // A browser opens connections ahead, and may never use them.
        guard !head.isEmpty else { continue }
        heads.all.withLock { $0.append(head) }
        let response = answer(head)
        peer.send(response)
        if !response.contains("Connection: close") { left.append(peer) }
      }
    }
  }

  /// X's API, which answers each request with its token.
  static func api(closes: Bool = true) throws -> RecordingServer {
    try RecordingServer { head in response(token(head) ?? "no token", closes: closes) }
  }

  deinit { shutdown(listener.descriptor, Int32(SHUT_RDWR)) }

  var address: String { "http://127.0.0.1:\(listener.number)" }

  /// The heads of the requests so far.
  var requests: [String] { heads.all.withLock { $0 } }

  /// The tokens that came with them.
  var tokens: [String?] { requests.map(Self.token) }

  /// A response, which ends the connection unless it is said to leave it open.
  static func response(
    _ body: String, type: String = "text/plain", closes: Bool = true
  ) -> String {
    "HTTP/1.1 200 OK\r\nContent-Type: \(type)\r\nContent-Length: \(body.utf8.count)\r\n"
      + "\(closes ? "Connection: close\r\n" : "")\r\n\(body)"
  }

  private static func token(_ head: String) -> String? {
    head.split(separator: "\r\n").first { $0.hasPrefix("Authorization: Bearer ") }
      .map { String($0.dropFirst("Authorization: Bearer ".count)) }
  }
}
