import Foundation
import TestSupport
import Testing

@testable import Sandbox

@Suite("The listener")
struct ListenerTests {
  /// Serves `handler` on a free port while `body` runs.
  private func serving(
    _ handler: @escaping @Sendable (Request) -> Response, _ body: (Int) throws -> Void
  ) throws {
    let listener = try Listener(port: 0)
    let ended = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
      listener.serve(handler)
      ended.signal()
    }
    defer {
      listener.stop()
      #expect(ended.wait(timeout: .now() + 10) == .success)
    }
    try body(listener.port)
  }

  @Test("a request is answered and the connection closed")
  func answers() throws {
    try serving({ .json([$0.path, String($0.body.count)]) }) { port in
      let answer = RawClient.exchange(port, "POST /p HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc")
      #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
      #expect(answer.contains("\r\nConnection: close\r\n"))
      #expect(answer.hasSuffix("\r\n\r\n[\"/p\",\"3\"]"))
    }
  }

  @Test("a HEAD gets only the head, with the length of a GET's content")
  func head() throws {
    try serving({ _ in .json(["x"]) }) { port in
      let answer = RawClient.exchange(port, "HEAD / HTTP/1.1\r\n\r\n")
      #expect(answer.contains("\r\nContent-Length: 5\r\n"))
      #expect(answer.hasSuffix("\r\n\r\n"))
    }
  }

  @Test("a request that is too large is told so, though it is still being sent")
  func tooLarge() throws {
    try serving({ _ in .json(["x"]) }) { port in
      let head = "POST / HTTP/1.1\r\nContent-Length: 100000\r\n\r\n"
      let answer = RawClient.exchange(port, head + String(repeating: "a", count: 100_000))
      #expect(answer.hasPrefix("HTTP/1.1 413 "))
    }
  }

  @Test("silent connections delay no other")
  func silence() throws {
    try serving({ _ in .json(["x"]) }) { port in
      let silent = (0..<50).compactMap { _ in try? Peer(port: port) }
      #expect(silent.count == 50)
      #expect(RawClient.exchange(port, "GET / HTTP/1.1\r\n\r\n").hasPrefix("HTTP/1.1 200 "))
      withExtendedLifetime(silent) {}
    }
  }

  @Test("of 100 concurrent refreshes of one token one wins, in the log too")
  func oneWinner() throws {
    let folder = TemporaryFolder()
    var trial = Trial()
    let token = try trial.login().refresh_token ?? ""
    let service = Service(trial.server, log: try EventLog(path: folder.file("log")))
    try serving({ service.answer($0) }) { port in
      let body = "grant_type=refresh_token&client_id=app&refresh_token=\(token)"
      let request =
        "POST /2/oauth2/token HTTP/1.1\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
      let answers = RawClient.exchangeAtOnce(100, port, request)
      #expect(answers.count { $0.hasPrefix("HTTP/1.1 200 ") } == 1)
      #expect(answers.count { $0.hasPrefix("HTTP/1.1 400 ") } == 99)
    }
    let lines = try #require(folder.text("log")).split(separator: "\n")
    let events = try lines.map { try JSONDecoder().decode(Event.self, from: Data($0.utf8)) }
    #expect(events.count { $0.outcome == .refreshed } == 1)
    #expect(events.count { $0.outcome == .replayed } == 99)
    #expect(events.first?.outcome == .refreshed)
    #expect(folder.text("log")?.contains(token) == false)
  }

  @Test("a delayed answer delays no other, and the state has changed before it goes out")
  func delay() throws {
    let service = Service(Trial().server, tokenDelay: 0.3)
    try serving({ service.answer($0) }) { port in
      let start = Date()
      let answers = RawClient.exchangeAtOnce(
        40, port, "POST /2/oauth2/token HTTP/1.1\r\nContent-Length: 0\r\n\r\n")
      let elapsed = Date().timeIntervalSince(start)
      #expect(answers.allSatisfy { $0.hasPrefix("HTTP/1.1 400 ") })
      #expect(elapsed >= 0.3)
      #expect(elapsed < 10, "40 answers waited for one another")
    }
  }

  @Test("a port in use is a failure with the port and the reason")
  func portInUse() throws {
    let first = try Listener(port: 0)
    #expect(throws: StartFailure.port(first.port, errno: EADDRINUSE)) {
      try Listener(port: first.port)
    }
  }
}
