import Foundation
import HTTP
import OAuth
import TestSupport

@testable import Serving

/// A server on loopback in the place of X, with a thread for each connection.
final class StandIn: Sendable {
  /// The server's end of one connection.
  final class Connection {
    private let peer: Peer
    private var unread: [UInt8] = []

    init(_ descriptor: Int32) { peer = Peer(accepted: descriptor) }

    /// The next head without its empty line; nil at the end.
    func head() -> String? {
      let end = Array("\r\n\r\n".utf8)
      while true {
        if let range = unread.firstRange(of: end) {
          defer { unread.removeFirst(range.upperBound) }
          return String(decoding: unread[..<range.lowerBound], as: UTF8.self)
        }
        guard fill() else { return nil }
      }
    }

    /// `count` bytes of a body, or as many as come.
    func bytes(_ count: Int) -> [UInt8] {
      while unread.count < count, fill() {}
      defer { unread.removeFirst(min(count, unread.count)) }
      return Array(unread.prefix(count))
    }

    /// The body that `head` announces.
    func body(of head: String) -> [UInt8] {
      if let length = head.field("content-length").flatMap({ Int($0) }) { return bytes(length) }
      guard head.field("transfer-encoding") != nil else { return [] }
      var body: [UInt8] = []
      while case let size = chunkSize(), size > 0 {
        body += bytes(size)
        _ = bytes(2)
      }
      _ = bytes(2)
      return body
    }

    /// How many bytes of a body come before its end, `count` at most; they aren't kept.
    func discard(_ count: Int) -> Int {
      var total = min(count, unread.count)
      unread = []
      while total < count, case let more = peer.receive().bytes.count, more > 0 { total += more }
      return total
    }

    /// Whether the other side hangs up, rather than that nothing happens for ten seconds.
    func isHungUp() -> Bool {
      while true {
        let (bytes, failure) = peer.receive()
        if bytes.isEmpty { return failure != EAGAIN }
      }
    }

    @discardableResult
    func send(_ text: String) -> Bool { peer.send(text) }

    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool { peer.send(bytes) }

    /// Answers with a body of text.
    func answer(_ status: Int = 200, _ body: String = "", _ fields: [String] = []) {
      let lines = ["HTTP/1.1 \(status) Something", "Content-Length: \(body.utf8.count)"] + fields
      send((lines + ["", body]).joined(separator: "\r\n"))
    }

    private func chunkSize() -> Int {
      while true {
        if let range = unread.firstRange(of: [0x0D, 0x0A]) {
          defer { unread.removeFirst(range.upperBound) }
          return Int(String(decoding: unread[..<range.lowerBound], as: UTF8.self), radix: 16) ?? 0
        }
        guard fill() else { return 0 }
      }
    }

    private func fill() -> Bool {
      let more = peer.receive().bytes
      unread += more
      return !more.isEmpty
    }
  }

  private let listener: LoopbackPort
  private let log = Log()

  private final class Log: Sendable {
    let seen = Watched<(heads: [String], connections: Int)>(([], 0))
  }

  /// Runs `serve` for each request, with its head; it returns whether the connection goes on.
  init(_ serve: @escaping @Sendable (Connection, _ head: String) -> Bool) throws {
    listener = try LoopbackPort(backlog: 200)
    Thread.detachNewThread { [listener, log] in
      while case let descriptor = accept(listener.descriptor, nil, nil), descriptor >= 0 {
        log.seen.withLock { $0.connections += 1 }
        Thread.detachNewThread {
          let connection = Connection(descriptor)
          while let head = connection.head() {
            log.seen.withLock { $0.heads.append(head) }
            guard serve(connection, head) else { return }
          }
        }
      }
    }
  }

  /// Answers each request with its body.
  static func echo() throws -> StandIn {
    try StandIn { connection, head in
      let body = connection.body(of: head)
      connection.answer(200, String(decoding: body, as: UTF8.self))
      return true
    }
  }

  deinit { shutdown(listener.descriptor, Int32(SHUT_RDWR)) }

  var url: String { "http://127.0.0.1:\(listener.number)" }
  var port: Int { listener.number }
  var heads: [String] { log.seen.withLock { $0.heads } }
  var connections: Int { log.seen.withLock { $0.connections } }
}

extension String {
  /// The value of a field of this head.
  func field(_ name: String) -> String? {
    split(separator: "\r\n").dropFirst().first { $0.lowercased().hasPrefix("\(name):") }
      .map { $0.dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces) }
  }
}

/// Tokens of a test.
final class ScriptedTokens: TokenSource {
  private let successors: [String: String]
  private let first: Result<String, NoToken>
  private let asked = Watched<[String]>([])

  init(_ first: String = "token-1", successors: [String: String] = [:]) {
    (self.first, self.successors) = (.success(first), successors)
  }

  init(none: NoToken) { (first, successors) = (.failure(none), [:]) }

  func token() throws(NoToken) -> Secret { Secret(try first.get()) }

  func successor(of failed: Secret) -> Secret? {
    asked.withLock { $0.append(failed.reveal()) }
    return successors[failed.reveal()].map { Secret($0) }
  }

  /// The tokens for which a successor was asked.
  var refused: [String] { asked.withLock { $0 } }
}

/// A proxy that runs while the value lives.
final class RunningProxy: Sendable {
  static let secret = "c2VjcmV0LXNlY3JldC1z"

  let server: ProxyServer
  private let told: Told

  private final class Told: Sendable {
    let notes = Watched<[ProxyNote]>([])
  }

  init(
    to upstream: String, _ tokens: any TokenSource = ScriptedTokens(),
    limits: ProxyLimits = ProxyLimits()
  ) throws {
    let told = Told()
    self.told = told
    server = try ProxyServer(
      port: 0, secret: Self.secret, upstream: upstream, tokens: tokens,
      client: HTTPClient.open(environment: [:]), limits: limits,
      explain: { _ in "no answer came" }, note: { note in told.notes.withLock { $0.append(note) } })
    Thread.detachNewThread { [server] in server.run() }
  }

  deinit { server.stop(grace: 0) }

  var notes: [ProxyNote] { told.notes.withLock { $0 } }

  /// The notes about requests, once there are `count`.
  func notes(_ count: Int) -> [ProxyNote] {
    _ = eventually { notes.count >= count }
    return notes
  }

  func connect() throws -> Peer { try Peer(port: server.port) }

  /// A request to `path` behind the secret.
  func request(
    _ path: String, method: String = "GET", _ fields: [String] = [], body: String = ""
  ) -> String {
    let length = body.isEmpty ? [] : ["Content-Length: \(body.utf8.count)"]
    let lines =
      ["\(method) /\(Self.secret)\(path) HTTP/1.1", "Host: 127.0.0.1:\(server.port)"] + length
      + fields
    return (lines + ["", body]).joined(separator: "\r\n")
  }

  /// The whole answer to a request that closes the connection.
  func answer(
    _ path: String, method: String = "GET", _ fields: [String] = [], body: String = ""
  ) throws -> String {
    let peer = try connect()
    peer.send(request(path, method: method, fields + ["Connection: close"], body: body))
    return peer.readToEnd()
  }

  /// The whole answer to bytes.
  func answer(to text: String) throws -> String {
    let peer = try connect()
    peer.send(text)
    return peer.readToEnd()
  }
}

extension Peer {
  /// What comes until `text` is in it.
  func read(until text: String) -> String {
    var all = ""
    while !all.contains(text), case let more = receive().bytes, !more.isEmpty {
      all += String(decoding: more, as: UTF8.self)
    }
    return all
  }
}
