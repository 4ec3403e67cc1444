import HTTP
import TestSupport
import Testing

@Suite struct ConnectionTests {
  @Test("a refused connection: nothing was sent")
  func refused() throws {
    let port = try LoopbackPort()
    let request = tokenRequest("http://127.0.0.1:\(port.number)/")
    let failure = try #require(try sendFailure(of: request, by: client()))
    #expect(failure.cause == .refused)
    #expect(failure.host == "127.0.0.1")
    #expect(!failure.mayHaveReachedServer)
    #expect(!failure.detail.isEmpty)
  }

  @Test("a name without an address: nothing was sent")
  func noSuchHost() throws {
    let request = tokenRequest("https://nowhere.invalid/")
    let failure = try #require(try sendFailure(of: request, by: client()))
    #expect(failure.cause == .noSuchHost)
    #expect(failure.host == "nowhere.invalid")
    #expect(!failure.mayHaveReachedServer)
  }

  @Test("an address without a route: nothing was sent")
  func unreachable() throws {
    // TCP to the broadcast address fails with ENETUNREACH whatever the machine's network.
    let failure = try #require(
      try sendFailure(of: tokenRequest("http://255.255.255.255/"), by: client()))
    #expect(failure.cause == .unreachable)
    #expect(!failure.mayHaveReachedServer)
  }

  @Test("a reset at once is a lost connection, wherever libcurl notices it")
  func resetAtOnce() throws {
    let server = try ScriptedServer { $0.reset() }
    let failure = try #require(try sendFailure(of: tokenRequest(server.url()), by: client()))
    #expect(failure.cause == .connectionLost)
    #expect(server.connections == 1)
  }

  @Test("a reset before the request was read might as well come after it was")
  func resetUnread() throws {
    let server = try ScriptedServer { peer in
      peer.waitForData()
      peer.reset()
    }
    let failure = try #require(try sendFailure(of: tokenRequest(server.url()), by: client()))
    #expect(failure.cause == .connectionLost)
    #expect(failure.mayHaveReachedServer)
    #expect(server.connections == 1)
  }

  @Test(
    "a connection that ends before the answer does is lost, and the request isn't repeated",
    arguments: [
      "", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc",
    ], [true, false])
  func lost(answer: String, byReset: Bool) throws {
    let server = try ScriptedServer { peer in
      peer.readRequest()
      peer.send(answer)
      if byReset { peer.reset() }
    }
    let failure = try #require(try sendFailure(of: tokenRequest(server.url()), by: client()))
    #expect(failure.cause == .connectionLost)
    #expect(failure.mayHaveReachedServer)
    #expect(server.connections == 1)
  }

  @Test(
    "what answers without a status line isn't HTTP/1", arguments: ["hello\n", "\u{15}\u{3}\u{1}"])
  func notHTTP(answer: String) throws {
    let server = try ScriptedServer(answer: answer)
    let failure = try #require(try sendFailure(of: tokenRequest(server.url()), by: client()))
    #expect(failure.cause == .notHTTP)
    #expect(failure.mayHaveReachedServer)
  }

  @Test("a detail is one bounded line of printable ASCII")
  func detail() throws {
    let noise = "\u{1B}[31m" + String(repeating: "\u{7}x", count: 500)
    let server = try ScriptedServer(answer: "HTTP/1.1 200 OK\r\nContent-Length: \(noise)\r\n\r\n")
    let failure = try #require(try sendFailure(of: tokenRequest(server.url()), by: client()))
    #expect(failure.detail.utf8.allSatisfy { (0x20...0x7E).contains($0) })
    #expect(failure.detail.utf8.count <= 200)
  }

  @Test("localhost and an address of IPv6 are reached under the host that was named")
  func names() throws {
    let server = try ScriptedServer(answer: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    _ = try client().send(tokenRequest("http://LocalHost:\(server.port)/"), timeout: 10)
    #expect(server.requests.first?.contains("\r\nHost: LocalHost:\(server.port)\r\n") == true)
    let port = try LoopbackPort()
    let failure = sendFailure(of: tokenRequest("http://[::1]:\(port.number)/"), by: try client())
    #expect(failure?.host == "::1")
  }
}
