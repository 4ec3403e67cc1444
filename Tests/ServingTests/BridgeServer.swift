import Foundation
import Synchronization
import TestSupport

/// A server on loopback whose answers a test scripts, request by request, each connection on a thread
/// of its own.
final class BridgeServer: Sendable {
  /// One request, as it came.
  struct Request: Sendable {
    let method: String
    /// By lowercased name.
    let headers: [String: String]
    let body: String

    /// Whether the body has this text.
    func says(_ text: String) -> Bool { body.contains(text) }
  }

  /// Where an answer goes.
  final class Answer {
    fileprivate let peer: Peer
    fileprivate var isLast = false

    fileprivate init(_ peer: Peer) { self.peer = peer }

    /// A whole answer.
    func send(
      _ status: Int = 200, _ body: String = "", type: String = "application/json",
      headers: [String] = []
    ) {
      let fields = ["Content-Type: \(type)", "Content-Length: \(body.utf8.count)"] + headers
      raw("HTTP/1.1 \(status) Said\r\n" + fields.map { "\($0)\r\n" }.joined() + "\r\n\(body)")
    }

    /// The head of a stream, which lasts until the connection ends.
    func beginStream(_ headers: [String] = []) {
      isLast = true
      let fields = ["Content-Type: text/event-stream", "Connection: close"] + headers
      raw("HTTP/1.1 200 OK\r\n" + fields.map { "\($0)\r\n" }.joined() + "\r\n")
    }

    /// Bytes as they are; false once the other side has gone.
    @discardableResult
    func raw(_ text: String) -> Bool { peer.send(text) }

    /// Hangs up after this.
    func hangUp() { isLast = true }

    /// Waits until the other side hangs up.
    func waitForEnd() {
      isLast = true
      while !peer.receive().bytes.isEmpty {}
    }
  }

  private let listener: LoopbackPort
  private let log = Log()

  /// Starts to listen; `script` answers each request.
  init(_ script: @escaping @Sendable (Request, Answer) -> Void) throws {
    listener = try LoopbackPort(backlog: 128)
    let (listening, log) = (listener.descriptor, log)
    Thread.detachNewThread {
      while case let descriptor = accept(listening, nil, nil), descriptor >= 0 {
        let peer = Peer(accepted: descriptor)
        nonisolated(unsafe) let connection = peer
        Thread.detachNewThread { Self.serve(connection, script) { log.add($0) } }
      }
    }
  }

  deinit { shutdown(listener.descriptor, Int32(SHUT_RDWR)) }

  /// The endpoint's URL.
  var url: String { "http://127.0.0.1:\(listener.number)/mcp" }

  /// The requests so far, in the order in which they came.
  var requests: [Request] { log.all }

  /// The requests to end a session. One for the server's own stream may still come after them.
  var goodbyes: [Request] { requests.filter { $0.method == "DELETE" } }

  /// Those that have `text` in their body.
  func requests(saying text: String) -> [Request] { requests.filter { $0.says(text) } }

  private final class Log: Sendable {
    private let seen = Mutex<[Request]>([])
    var all: [Request] { seen.withLock { $0 } }
    func add(_ request: Request) { seen.withLock { $0.append(request) } }
  }

  private static func serve(
    _ peer: Peer, _ script: (Request, Answer) -> Void, note: (Request) -> Void
  ) {
    var bytes: [UInt8] = []
    let answer = Answer(peer)
    while !answer.isLast, let request = read(from: peer, &bytes) {
      note(request)
      script(request, answer)
    }
  }

  private static func read(from peer: Peer, _ bytes: inout [UInt8]) -> Request? {
    var end: Range<Int>?
    while end == nil {
      end = bytes.firstRange(of: Array("\r\n\r\n".utf8))
      guard end == nil else { break }
      let more = peer.receive().bytes
      if more.isEmpty { return nil }
      bytes += more
    }
    guard let end else { return nil }
    let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      let parts = line.split(separator: ":", maxSplits: 1)
      headers[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
    }
    let length = headers["content-length"].flatMap(Int.init) ?? 0
    while bytes.count < end.upperBound + length {
      let more = peer.receive().bytes
      if more.isEmpty { return nil }
      bytes += more
    }
    let body = String(decoding: bytes[end.upperBound..<end.upperBound + length], as: UTF8.self)
    bytes.removeFirst(end.upperBound + length)
    return Request(
      method: String(lines[0].prefix { $0 != " " }), headers: headers, body: body)
  }
}
