import Foundation
@testable import HTTP
import TestSupport
import Testing

@Suite struct LimitTests {
  @Test("a body of exactly the limit is taken")
  func bodyAtTheLimit() throws {
    let server = try ScriptedServer { peer in
      peer.readRequest()
      peer.send("HTTP/1.1 200 OK\r\nContent-Length: \(HTTPClient.bodyLimit)\r\n\r\n")
      peer.send([UInt8](repeating: 7, count: HTTPClient.bodyLimit))
    }
    let response = try client().send(tokenRequest(server.url()), timeout: 10)
    #expect(response.body == [UInt8](repeating: 7, count: HTTPClient.bodyLimit))
  }

  @Test("a byte more is too large")
  func bodyOverTheLimit() throws {
    let server = try ScriptedServer { peer in
      peer.readRequest()
      peer.send("HTTP/1.1 200 OK\r\n\r\n")
      peer.send([UInt8](repeating: 7, count: HTTPClient.bodyLimit + 1))
    }
    let failure = try #require(try sendFailure(of: tokenRequest(server.url()), by: client()))
    #expect(failure.cause == .tooLarge(limit: 1 << 20))
    #expect(failure.mayHaveReachedServer)
  }

  @Test("a body of 100 MB is given up long before its end")
  func endlessBody() throws {
    let sent = Counter()
    let server = try ScriptedServer { peer in
      peer.readRequest()
      peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
      let chunk =
        Array("10000\r\n".utf8) + [UInt8](repeating: 7, count: 65_536) + Array("\r\n".utf8)
      while sent.value < 100_000_000, peer.send(chunk) { sent.add(chunk.count) }
    }
    let failure = try #require(try sendFailure(of: tokenRequest(server.url()), by: client()))
    #expect(failure.cause == .tooLarge(limit: 1 << 20))
    #expect(sent.value < 50_000_000)
  }

  @Test(
    "a head without an end is given up at its limit",
    arguments: ["X-More: and more\r\n", "and still the same line", "HTTP/1.1 100 Continue\r\n\r\n"])
  func endlessHead(piece: String) throws {
    let block = String(repeating: piece, count: 100)
    let server = try ScriptedServer { peer in
      peer.readRequest()
      peer.send(piece.hasPrefix("HTTP") ? "" : "HTTP/1.1 200 OK\r\nX-First: ")
      for _ in 1...100_000 where !peer.send(block) { return }
    }
    let failure = try #require(try sendFailure(of: tokenRequest(server.url()), by: client()))
    #expect(failure.cause == .tooLarge(limit: 64 << 10))
    #expect(failure.mayHaveReachedServer)
  }

  @Test("trailers without an end are given up too")
  func endlessTrailers() throws {
    let server = try ScriptedServer { peer in
      peer.readRequest()
      peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n")
      while peer.send("X-Trailer: and more and more and more\r\n") {}
    }
    let failure = try #require(try sendFailure(of: tokenRequest(server.url()), by: client()))
    #expect(failure.cause == .tooLarge(limit: 64 << 10))
  }

  @Test("an answer without a length isn't taken for whole because the time is up")
  func withoutLength() throws {
    let server = try ScriptedServer { peer in
      peer.readRequest()
      peer.send("HTTP/1.1 200 OK\r\n\r\n{}")
      peer.waitForEnd()
    }
    let client = try client()
    let failure = try #require(
      sendFailure(of: tokenRequest(server.url()), by: client, timeout: 0.5))
    #expect(failure.cause == .timedOut(seconds: 0.5))
    #expect(failure.mayHaveReachedServer)
  }

  @Test("what had come of an answer when the connection broke is told")
  func partialAnswer() throws {
    let server = try ScriptedServer { peer in
      peer.readRequest()
      peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}")
    }
    let failure = try #require(try sendFailure(of: tokenRequest(server.url()), by: client()))
    #expect(failure.cause == .connectionLost)
    #expect(failure.partialAnswer?.status == 200)
    #expect(failure.partialAnswer?.body == Array("{}".utf8))
  }

  @Test(
    "a head that is cut off is no answer, and no coding but chunked says where a body ends",
    arguments: [
      ("HTTP/1.1 200 OK\r\nContent-Le", true),
      ("HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\n", false),
    ])
  func noAnswer(text: String, ends: Bool) throws {
    let server = try ScriptedServer { peer in
      peer.readRequest()
      peer.send(text)
      if !ends { peer.waitForEnd() }
    }
    let failure = try sendFailure(of: tokenRequest(server.url()), by: client(), timeout: 0.5)
    #expect(failure?.mayHaveReachedServer == true)
    #expect((failure?.partialAnswer == nil) == ends)
  }

  @Test("an answer that drips is given up when the time is up")
  func drip() throws {
    let server = try ScriptedServer { peer in
      peer.readRequest()
      peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
      while peer.send("a") { usleep(20_000) }
    }
    let client = try client()
    let taken = try seconds {
      let failure = try #require(
        sendFailure(of: tokenRequest(server.url()), by: client, timeout: 0.5))
      #expect(failure.cause == .timedOut(seconds: 0.5))
      #expect(failure.mayHaveReachedServer)
      #expect(failure.host == "127.0.0.1")
    }
    #expect(taken >= 0.45 && taken < 5)
  }

  @Test("a server that never answers is given up when the time is up")
  func silence() throws {
    let server = try ScriptedServer { peer in
      peer.readRequest()
      peer.waitForEnd()
    }
    let failure = try #require(
      try sendFailure(of: tokenRequest(server.url()), by: client(), timeout: 0.3))
    #expect(failure.cause == .timedOut(seconds: 0.3))
    #expect(failure.mayHaveReachedServer)
  }

  @Test(
    "a connection that isn't taken is given up when the time for connecting is up, and nothing was sent"
  )
  func fullBacklog() throws {
    // Linux keeps one connection more than the backlog waiting; the next one's SYN is dropped.
    let port = try LoopbackPort(backlog: 0)
    let url = "http://127.0.0.1:\(port.number)/"
    _ = sendFailure(of: tokenRequest(url), by: try client(), timeout: 0.2)
    try expectConnectTimeout(url)
  }

  @Test(
    "a TLS handshake that stands still is given up when the time for connecting is up, and nothing was sent"
  )
  func silentHandshake() throws {
    let server = try ScriptedServer { $0.waitForEnd() }
    try expectConnectTimeout("https://127.0.0.1:\(server.port)/")
  }

  private func expectConnectTimeout(_ url: String) throws {
    let client = try client()
    let taken = try seconds {
      let failure = try #require(
        sendFailure(of: tokenRequest(url), by: client, timeout: 10, connectTimeout: 0.3))
      #expect(failure.cause == .connectTimedOut(seconds: 0.3))
      #expect(!failure.mayHaveReachedServer)
    }
    #expect(taken < 5)
  }

  @Test("a time limit of no sense ends at once", arguments: [0, -1, .nan, 1e-9])
  func senselessTimeout(timeout: Double) throws {
    let server = try ScriptedServer { $0.waitForEnd() }
    let client = try client()
    let taken = seconds {
      #expect(sendFailure(of: tokenRequest(server.url()), by: client, timeout: timeout) != nil)
    }
    #expect(taken < 5)
  }
}

/// A number that two threads share.
private final class Counter: @unchecked Sendable {
  private let lock = NSLock()
  private var number = 0
  var value: Int { lock.withLock { number } }
  func add(_ more: Int) { lock.withLock { number += more } }

  @Test(
    "a TLS handshake that never ends, and never pauses, ends when the time for connecting is up")
  func endlessHandshake() throws {
    // Records of HelloRequests, which a client ignores (RFC 5246 §7.4.1.1), one after the other.
    let record: [UInt8] = [0x16, 3, 3, 0x40, 0] + [UInt8](repeating: 0, count: 0x4000)
    let server = try ScriptedServer { peer in
      for _ in 1...200_000 where !peer.send(record) { return }
    }
    let request = tokenRequest("https://127.0.0.1:\(server.port)/")
    let client = try client()
    var failure: HTTPFailure?
    let took = seconds {
      failure = sendFailure(of: request, by: client, timeout: 9, connectTimeout: 1)
    }
    #expect(failure?.cause == .connectTimedOut(seconds: 1))
    #expect(failure?.mayHaveReachedServer == false)
    #expect(took < 5)
  }
}
