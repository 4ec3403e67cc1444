import Foundation
import TestSupport

/// The server's end of one connection; it ends with the value.
final class ScriptedConnection {
  private let peer: Peer
  private let log: Log

  init(_ descriptor: Int32, log: Log) {
    peer = Peer(accepted: descriptor)
    self.log = log
  }

  /// Reads one request, head and `Content-Length` bytes of body.
  @discardableResult
  func readRequest() -> String {
    var bytes: [UInt8] = []
    var wanted = Int.max
    while bytes.count < wanted {
      let more = receive()
      if more.isEmpty { break }
      bytes += more
      if wanted == Int.max { wanted = Self.length(of: bytes) ?? Int.max }
    }
    let request = String(decoding: bytes, as: UTF8.self)
    log.note(request: request)
    return request
  }

  /// What comes next, at most 64 KiB; empty at the end.
  func receive() -> [UInt8] { peer.receive().bytes }

  /// Waits until the client has sent something, and leaves it unread.
  func waitForData() { peer.waitForData() }

  /// Sends all of `text`; false once the client has gone.
  @discardableResult
  func send(_ text: String) -> Bool { peer.send(text) }

  /// Sends all of `bytes`; false once the client has gone.
  @discardableResult
  func send(_ bytes: [UInt8]) -> Bool { peer.send(bytes) }

  /// Waits until the client hangs up.
  func waitForEnd() {
    while !receive().isEmpty {}
  }

  /// Has the end be a reset instead of an orderly one.
  func reset() { peer.resetOnClose() }

  /// Connects to `port` on loopback and passes bytes on both ways until one side ends.
  func tunnel(to port: Int) {
    guard let far = try? Peer(port: port) else { return }
    while case let ready = Peer.readable(peer, far), !ready.isEmpty {
      for from in ready {
        let bytes = from.receive().bytes
        if bytes.isEmpty || !(from === peer ? far : peer).send(bytes) { return }
      }
    }
  }

  /// The length of a request whose head is whole.
  private static func length(of bytes: [UInt8]) -> Int? {
    guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
    let head = String(decoding: bytes[..<end.lowerBound], as: UTF8.self)
    let body = head.split(separator: "\r\n").compactMap { line in
      line.lowercased().hasPrefix("content-length:")
        ? Int(line.dropFirst(15).drop { $0 == " " }) : nil
    }
    return end.upperBound + (body.first ?? 0)
  }
}
