import Foundation
import TestSupport

/// Bytes to a port on loopback, and what comes back until the other side closes.
enum RawClient {
  static func exchange(_ port: Int, _ request: String) -> String {
    guard let peer = try? Peer(port: port) else { return "" }
    peer.send(request)
    return peer.readToEnd()
  }

  /// `count` exchanges, each on a thread of its own.
  static func exchangeAtOnce(_ count: Int, _ port: Int, _ request: String) -> [String] {
    let answers = Answers()
    let group = DispatchGroup()
    for _ in 0..<count {
      group.enter()
      Thread.detachNewThread {
        answers.add(exchange(port, request))
        group.leave()
      }
    }
    _ = group.wait(timeout: .now() + 60)
    return answers.all
  }

  private final class Answers: @unchecked Sendable {
    private let lock = NSLock()
    private var texts: [String] = []
    func add(_ text: String) { lock.withLock { texts.append(text) } }
    var all: [String] { lock.withLock { texts } }
  }
}
