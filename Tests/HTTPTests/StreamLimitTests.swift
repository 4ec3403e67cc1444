import Foundation
import HTTP
import TestSupport
import Testing

@Suite("The end of a streamed request")
struct StreamLimitTests {
  private let begun = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"

  /// A server that says `text` and then nothing, until the client goes: that is noted.
  private func silentServer(_ text: String, _ log: Log = Log()) throws -> ScriptedServer {
    try ScriptedServer { peer in
      peer.readRequest()
      peer.send(text)
      peer.waitForEnd()
      log.note(request: "end")
    }
  }

  @Test("a server that doesn't answer is given up when its time is up", arguments: [true, false])
  func silence(isInterim: Bool) throws {
    let server = try silentServer(
      isInterim ? "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n" : "")
    let connection = try HTTPConnection(client())
    let taken = seconds {
      let failure = connection.failure(
        of: streamed("POST", server.url(), .sized(2)), StreamedExchange("ab"), headTimeout: 0.5)
      #expect(failure?.cause == .timedOut(seconds: 0.5))
      #expect(failure?.mayHaveReachedServer == true)
    }
    #expect(taken >= 0.5 && taken < 5)
  }

  @Test("a server that takes no more of a body is given up when its time is up")
  func stuckBody() throws {
    let log = Log()
    let server = try ScriptedServer { peer in
      _ = peer.receive()
      _ = eventually { log.requests == ["over"] }
    }
    let exchange = StreamedExchange()
    exchange.more = { $0.count }
    let failure = try HTTPConnection(client()).failure(
      of: streamed("POST", server.url(), .unsized), exchange, headTimeout: 0.5)
    #expect(failure?.cause == .timedOut(seconds: 0.5))
    log.note(request: "over")
  }

  @Test("an answer that stands still is given up when its time is up")
  func standstill() throws {
    let server = try silentServer(begun)
    let exchange = StreamedExchange()
    let failure = try HTTPConnection(client()).failure(
      of: streamed("GET", server.url()), exchange, idleTimeout: 0.5)
    #expect(failure?.cause == .timedOut(seconds: 0.5))
    #expect(exchange.text == "abc")
  }

  @Test("an answer may last longer than its limits as long as it moves, or without one for ever")
  func lasting() throws {
    for idle in [0.8, nil] {
      let server = try ScriptedServer { peer in
        peer.readRequest()
        peer.send("HTTP/1.1 200 OK\r\n\r\n")
        for _ in 1...(idle == nil ? 1 : 8) {
          usleep(idle == nil ? 1_500_000 : 200_000)
          peer.send("a")
        }
      }
      let exchange = StreamedExchange()
      let failure = try HTTPConnection(client()).failure(
        of: streamed("GET", server.url()), exchange, headTimeout: 0.3, idleTimeout: idle)
      #expect(failure == nil)
      #expect(exchange.text.hasPrefix("a"))
    }
  }

  @Test("what the exchange itself takes its time for isn't the server's")
  func slowExchange() throws {
    let server = try ScriptedServer { peer in
      var text = ""
      while !text.hasSuffix("0\r\n\r\n") {
        text += String(decoding: peer.receive(), as: UTF8.self)
      }
      peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na")
    }
    let exchange = StreamedExchange("a")
    exchange.more = { _ in
      usleep(700_000); return 0
    }
    exchange.onBegin = {
      usleep(700_000); return true
    }
    exchange.onTake = {
      usleep(700_000); return true
    }
    let failure = try HTTPConnection(client()).failure(
      of: streamed("POST", server.url(), .unsized), exchange, headTimeout: 0.5, idleTimeout: 0.5)
    #expect(failure == nil)
  }

  enum Step: CaseIterable { case read, short, begin, take }

  @Test("an exchange that gives up ends it at once", arguments: Step.allCases)
  func givingUp(step: Step) throws {
    let log = Log()
    let server = try silentServer(begun, log)
    let exchange = StreamedExchange(step == .short ? "ab" : "")
    exchange.more = { buffer in step == .read ? nil : step == .short ? 0 : buffer.count }
    exchange.onBegin = { step != .begin }
    exchange.onTake = { step != .take }
    let body: StreamedRequest.Body = step == .read || step == .short ? .sized(5) : .none
    let connection = try HTTPConnection(client())
    let isAnswered = try connection.send(
      streamed("POST", server.url(), body), exchange, headTimeout: 10, idleTimeout: 10)
    #expect(!isAnswered)
    #expect(eventually { log.requests == ["end"] })
  }

  @Test("nobody waits for it any more: it ends, wherever it is, and its connection too")
  func notWanted() throws {
    let log = Log()
    let silent = try silentServer("", log)
    let started = try silentServer(begun, log)
    let handshake = try ScriptedServer { peer in
      peer.waitForEnd()
      log.note(request: "end")
    }
    for url in [silent.url(), started.url(), "https://127.0.0.1:\(handshake.port)/"] {
      let exchange = StreamedExchange()
      let end = DispatchTime.now() + 0.3
      exchange.wanted = { DispatchTime.now() < end }
      let connection = try HTTPConnection(client())
      let taken = seconds {
        // Newer libraries don't ask before there is a connection.
        let isAnswered = try? connection.send(
          streamed("GET", url), exchange, headTimeout: 10, idleTimeout: nil, connectTimeout: 2)
        #expect(isAnswered == false || url.hasPrefix("https") && isAnswered == nil)
      }
      #expect(taken >= 0.3 && taken < 5)
    }
    #expect(eventually { log.requests.count == 3 })
  }

  @Test(
    "a connection or a TLS handshake that never ends is given up when the time for connecting is up"
  )
  func connecting() throws {
    // Records of HelloRequests, which a client ignores (RFC 5246 §7.4.1.1), one after the other.
    let record: [UInt8] = [0x16, 3, 3, 0x40, 0] + [UInt8](repeating: 0, count: 0x4000)
    let endless = try ScriptedServer { peer in while peer.send(record) {} }
    let silent = try ScriptedServer { $0.waitForEnd() }
    for server in [endless, silent] {
      let connection = try HTTPConnection(client())
      let taken = seconds {
        let failure = connection.failure(
          of: streamed("GET", "https://127.0.0.1:\(server.port)/"), StreamedExchange(),
          connectTimeout: 0.5)
        #expect(failure?.cause == .connectTimedOut(seconds: 0.5))
        #expect(failure?.mayHaveReachedServer == false)
      }
      #expect(taken < 5)
    }
  }
}
