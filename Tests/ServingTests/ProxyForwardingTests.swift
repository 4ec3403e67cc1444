import Foundation
import HTTP
import OAuth
import TestSupport
import Testing

@testable import Serving

@Suite("A proxy that passes requests on")
struct ProxyForwardingTests {
  @Test("X gets the request with the token in it, and the client the answer")
  func forwards() throws {
    let standIn = try StandIn { connection, head in
      connection.answer(
        201, "{\"a\":1}",
        [
          "X-Rate-Limit-Remaining: 3", "Set-Cookie: guest=1", "Alt-Svc: h3", "Keep-Alive: 5",
          "Strict-Transport-Security: max-age=1", "Location: https://x.com/a", "Connection: X-Hop",
          "X-Hop: 1",
        ])
      return true
    }
    let proxy = try RunningProxy(to: standIn.url + "/prefix/")
    let answer = try proxy.answer(
      "/2/users/by?q=a%2Fb", ["Authorization: OAuth dummy", "Cookie: a=b", "X-A: 1"])
    let head = try #require(standIn.heads.first)
    #expect(head.hasPrefix("GET /prefix/2/users/by?q=a%2Fb HTTP/1.1\r\n"))
    #expect(head.field("authorization") == "Bearer token-1")
    #expect(head.field("host") == "127.0.0.1:\(standIn.port)")
    #expect(head.field("x-a") == "1")
    for name in ["cookie", "content-length", "transfer-encoding"] {
      #expect(head.field(name) == nil)
    }
    #expect(!head.contains(RunningProxy.secret))
    #expect(
      answer == """
        HTTP/1.1 201 Created\r
        X-Rate-Limit-Remaining: 3\r
        Location: https://x.com/a\r
        Content-Length: 7\r
        Connection: close\r
        \r
        {"a":1}
        """)
  }

  @Test("several requests use one connection to the proxy, and one from there to X")
  func keepsConnections() throws {
    let standIn = try StandIn.echo()
    let proxy = try RunningProxy(to: standIn.url)
    let peer = try proxy.connect()
    for round in 1...3 {
      peer.send(proxy.request("/2/tweets", method: "POST", body: "round \(round)"))
      #expect(peer.read(until: "round \(round)").hasPrefix("HTTP/1.1 200 OK\r\n"))
    }
    #expect(standIn.connections == 1)
    // Two at once, the second one in chunks: each is answered, in their order.
    peer.send(
      proxy.request("/2/a", method: "POST", body: "first")
        + proxy.request("/2/b", method: "POST", ["Transfer-Encoding: chunked"])
        + "3\r\nsec\r\n3\r\nond\r\n0\r\n\r\n")
    let both = peer.read(until: "second")
    #expect(both.contains("first"))
    #expect(both.contains("second"))
    #expect(standIn.heads.count == 5)
    #expect(standIn.heads.last?.field("transfer-encoding") == "chunked")
  }

  @Test("a piece of an answer arrives before the next one is there")
  func streams() throws {
    let mayGoOn = DispatchSemaphore(value: 0)
    let standIn = try StandIn { connection, _ in
      connection.send(
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
      connection.send("9\r\ndata: 1\n\n\r\n")
      _ = mayGoOn.wait(timeout: .now() + 20)
      connection.send("9\r\ndata: 2\n\n\r\n0\r\n\r\n")
      return true
    }
    let proxy = try RunningProxy(to: standIn.url)
    let peer = try proxy.connect()
    peer.send(proxy.request("/mcp"))
    let first = peer.read(until: "data: 1")
    #expect(first.contains("Transfer-Encoding: chunked"))
    #expect(first.contains("9\r\ndata: 1\n\n\r\n"))
    mayGoOn.signal()
    #expect(peer.read(until: "0\r\n\r\n").hasSuffix("9\r\ndata: 2\n\n\r\n0\r\n\r\n"))
    peer.send(proxy.request("/mcp", ["Connection: close"]))
    mayGoOn.signal()
    #expect(peer.readToEnd().hasSuffix("0\r\n\r\n"))
  }

  @Test("HTTP/1.0 gets an answer without chunks, HEAD one without a body, 204 one without a length")
  func framing() throws {
    let standIn = try StandIn { connection, head in
      if head.hasPrefix("HEAD") {
        connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n")
      } else if head.contains("/204") {
        connection.send("HTTP/1.1 204 No Content\r\n\r\n")
      } else {
        connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n")
      }
      return true
    }
    let proxy = try RunningProxy(to: standIn.url)
    let old = proxy.request("/2/x").replacing("HTTP/1.1", with: "HTTP/1.0")
    #expect(try proxy.answer(to: old) == "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nab")
    let toHead = try proxy.answer("/2/x", method: "HEAD")
    #expect(toHead == "HTTP/1.1 200 OK\r\nContent-Length: 1234\r\nConnection: close\r\n\r\n")
    let empty = try proxy.answer("/2/204", method: "DELETE")
    #expect(empty == "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
  }

  @Test("a client that waits to be told to send its body is told")
  func expectContinue() throws {
    let standIn = try StandIn.echo()
    let proxy = try RunningProxy(to: standIn.url)
    let peer = try proxy.connect()
    peer.send(
      proxy.request("/2/x", method: "POST", ["Expect: 100-continue", "Content-Length: 4"]))
    #expect(peer.read(until: "\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
    peer.send("body")
    #expect(peer.read(until: "body").hasPrefix("HTTP/1.1 200 OK\r\n"))
    #expect(standIn.heads.first?.field("expect") == nil)
  }

  @Test(
    "an answer that doesn't wait for the body is passed on at once, though the server hangs up",
    arguments: ["Content-Length: 1000000", "Transfer-Encoding: chunked"])
  func earlyAnswer(framing: String) throws {
    let standIn = try StandIn { connection, _ in
      // Long enough for the proxy to wait for the client.
      usleep(200_000)
      connection.answer(413, "too large", ["Connection: close"])
      return false
    }
    let proxy = try RunningProxy(to: standIn.url)
    let peer = try proxy.connect()
    peer.send(proxy.request("/2/media", method: "POST", [framing]) + "5\r\nbegin\r\n")
    let answer = peer.read(until: "too large")
    #expect(answer.hasPrefix("HTTP/1.1 413 "))
    #expect(answer.contains("\r\nConnection: close\r\n"))
  }

  @Test("a server that hangs up before it has the body is told of at once: 502")
  func hungUp() throws {
    let standIn = try StandIn { _, _ in
      usleep(200_000)
      return false
    }
    let proxy = try RunningProxy(to: standIn.url)
    let peer = try proxy.connect()
    peer.send(proxy.request("/2/media", method: "POST", ["Content-Length: 1000000"]) + "begin")
    #expect(peer.read(until: "\r\n\r\n").hasPrefix("HTTP/1.1 502 "))
  }

  @Test("what a server answers while the client pauses is passed on at once")
  func duplex() throws {
    let standIn = try StandIn { connection, head in
      connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n")
      usleep(200_000)
      connection.send("early-")
      _ = connection.body(of: head)
      connection.send("late")
      return true
    }
    let proxy = try RunningProxy(to: standIn.url)
    let peer = try proxy.connect()
    peer.send(proxy.request("/2/x", method: "POST", ["Content-Length: 9"]) + "begin")
    #expect(peer.read(until: "early-").hasPrefix("HTTP/1.1 200 "))
    peer.send("rest")
    #expect(peer.read(until: "late").hasSuffix("late"))
  }

  @Test("a server that speaks before it has the body, and doesn't answer, gets the rest of it")
  func interim() throws {
    let hasSpoken = DispatchSemaphore(value: 0)
    let standIn = try StandIn { connection, head in
      usleep(200_000)
      for _ in 1...3 { connection.send("HTTP/1.1 103 Early Hints\r\n\r\n") }
      hasSpoken.signal()
      connection.answer(200, String(decoding: connection.body(of: head), as: UTF8.self))
      return true
    }
    let proxy = try RunningProxy(to: standIn.url)
    let peer = try proxy.connect()
    for part in ["once", "more"] {
      peer.send(proxy.request("/2/x", method: "POST", ["Content-Length: 9"]) + "bod")
      #expect(hasSpoken.wait(timeout: .now() + 20) == .success)
      peer.send("y-")
      peer.send(part)
      #expect(peer.read(until: "body-\(part)").hasPrefix("HTTP/1.1 200 OK\r\n"))
    }
    #expect(standIn.connections == 1)
  }

  @Test("a body of any length passes both ways, and what nobody reads isn't taken")
  func bigBodies() throws {
    let size = 48 << 20
    let received = Counter()
    let standIn = try StandIn { connection, head in
      if head.hasPrefix("POST") {
        received.add(connection.discard(size))
        connection.answer(200, "taken")
      } else {
        connection.send("HTTP/1.1 200 OK\r\nContent-Length: \(size)\r\n\r\n")
        let piece = [UInt8](repeating: 0x61, count: 1 << 20)
        for _ in 0..<size >> 20 where connection.send(piece) { received.add(piece.count) }
      }
      return true
    }
    let proxy = try RunningProxy(to: standIn.url)
    let peer = try proxy.connect()
    peer.send(proxy.request("/2/media", method: "POST", ["Content-Length: \(size)"]))
    let piece = [UInt8](repeating: 0x62, count: 1 << 20)
    for _ in 0..<size >> 20 { #expect(peer.send(piece)) }
    #expect(peer.read(until: "taken").hasPrefix("HTTP/1.1 200"))
    #expect(received.take() == size)

    peer.send(proxy.request("/2/media"))
    #expect(peer.read(until: "\r\n\r\n").hasPrefix("HTTP/1.1 200"))
    // As long as nothing is read here, only what buffers hold can have left the stand-in.
    var before = -1
    while before != received.value {
      before = received.value
      usleep(300_000)
    }
    #expect(received.value < size / 2)
    var count = 0
    while count < size - (64 << 10), case let more = peer.receive().bytes.count, more > 0 {
      count += more
    }
    #expect(count >= size - (64 << 10))
  }

  @Test("a client that hangs up ends the transfer from X")
  func hangUp() throws {
    let hasEnded = Counter()
    let standIn = try StandIn { connection, _ in
      connection.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n")
      if connection.isHungUp() { hasEnded.add(1) }
      return false
    }
    let proxy = try RunningProxy(to: standIn.url)
    var peer: Peer? = try proxy.connect()
    peer?.send(proxy.request("/2/tweets/search/stream"))
    #expect(peer?.read(until: "data: 1").isEmpty == false)
    peer = nil
    #expect(eventually { hasEnded.value == 1 })
    #expect(
      proxy.notes(1).contains { note in
        if case .answered(_, _, 200, isWhole: false, _) = note { true } else { false }
      })
  }

  @Test("a client that hangs up as soon as it has all of the answer has got a whole one")
  func hangUpAtTheEnd() throws {
    let standIn = try StandIn.echo()
    let proxy = try RunningProxy(to: standIn.url)
    for round in 1...50 {
      let peer = try proxy.connect()
      peer.send(proxy.request("/2/x", method: "POST", body: "round \(round)."))
      #expect(peer.read(until: "round \(round).").hasPrefix("HTTP/1.1 200"))
    }
    let whole = proxy.notes(50).filter { note in
      if case .answered(_, _, 200, isWhole: true, _) = note { true } else { false }
    }
    #expect(whole.count == 50)
  }

  @Test("an answer that breaks off breaks off for the client as well")
  func brokenAnswer() throws {
    let standIn = try StandIn { connection, head in
      connection.send(
        head.contains("sized")
          ? "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"
          : "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n")
      return false
    }
    let proxy = try RunningProxy(to: standIn.url)
    let peer = try proxy.connect()
    peer.send(proxy.request("/2/sized"))
    #expect(peer.readToEnd() == "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
    let other = try proxy.connect()
    other.send(proxy.request("/2/chunked"))
    #expect(other.readToEnd().hasSuffix("\r\n\r\n4\r\nhalf\r\n"))
    #expect(standIn.heads.count == 2)
  }

  @Test("an error of the proxy's has the form of X's, and says whether the request was sent")
  func problems() throws {
    let nobody = try LoopbackPort()
    let refusing = try RunningProxy(to: "http://127.0.0.1:\(nobody.number)")
    let refused = try refusing.answer("/2/x")
    #expect(
      refused.hasPrefix("HTTP/1.1 502 Bad Gateway\r\nContent-Type: application/problem+json\r\n"))
    #expect(
      refused.hasSuffix(
        #"{"title":"Bad Gateway","type":"about:blank","status":502,"detail":"xauth proxy: no answer came; the request was not sent"}"#
      ))

    let silent = try StandIn { _, _ in false }
    let broken = try RunningProxy(to: silent.url).answer("/2/x", method: "POST", body: "once")
    #expect(broken.hasPrefix("HTTP/1.1 502 "))
    #expect(broken.contains("the request may have been carried out, and was not sent again"))
    #expect(silent.heads.count == 1)

    var limits = ProxyLimits()
    limits.answer = 0.2
    let slow = try StandIn { connection, _ in !connection.isHungUp() }
    let late = try RunningProxy(to: slow.url, limits: limits).answer("/2/x")
    #expect(late.hasPrefix("HTTP/1.1 504 Gateway Timeout\r\n"))
    #expect(late.contains("the request may have been carried out, and was not sent again"))
  }

  @Test("without a token nothing is sent, and the client is told why")
  func noToken() throws {
    let standIn = try StandIn.echo()
    let waiting = ScriptedTokens(none: NoToken("no network, said \"X\"", retryAfter: 5))
    let proxy = try RunningProxy(to: standIn.url, waiting)
    let answer = try proxy.answer("/2/x")
    #expect(answer.hasPrefix("HTTP/1.1 503 Service Unavailable\r\n"))
    #expect(answer.contains("\r\nRetry-After: 5\r\n"))
    #expect(answer.contains(#""detail":"xauth proxy: no network, said \"X\"""#))
    let dead = try RunningProxy(
      to: standIn.url, ScriptedTokens(none: NoToken("log in", retryAfter: nil)))
    #expect(try !dead.answer("/2/x").contains("Retry-After"))
    #expect(standIn.heads.isEmpty)
  }

  @Test("a stream of events may stand still, another answer may not")
  func standstill() throws {
    var limits = ProxyLimits()
    limits.stall = 0.2
    let mayGoOn = DispatchSemaphore(value: 0)
    let standIn = try StandIn { connection, head in
      let type = head.contains("/events") ? "text/event-stream; charset=utf-8" : "text/plain"
      connection.send(
        "HTTP/1.1 200 OK\r\nContent-Type: \(type)\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n")
      if head.contains("/plain") { return !connection.isHungUp() }
      _ = mayGoOn.wait(timeout: .now() + 20)
      connection.send("1\r\nb\r\n0\r\n\r\n")
      return false
    }
    let proxy = try RunningProxy(to: standIn.url, limits: limits)
    let events = try ["/2/events", "/2/tweets/sample/stream"].map { path in
      let peer = try proxy.connect()
      peer.send(proxy.request(path, ["Connection: close"]))
      return peer
    }
    // It is given up long after both of the others have stood still for as long.
    #expect(try proxy.answer("/2/plain").hasSuffix("\r\n\r\n1\r\na\r\n"))
    for _ in events { mayGoOn.signal() }
    for peer in events { #expect(peer.readToEnd().hasSuffix("1\r\nb\r\n0\r\n\r\n")) }
  }

  @Test(
    "nothing of a request but its method and path is noted, nothing of an answer but its status")
  func notes() throws {
    let standIn = try StandIn { connection, head in
      _ = connection.body(of: head)
      connection.answer(200, "BODY", ["X-A: FIELD"])
      return true
    }
    let proxy = try RunningProxy(to: standIn.url, ScriptedTokens("TOKEN"))
    _ = try proxy.answer("/2/a%20b?QUERY=1", method: "POST", ["X-A: FIELD"], body: "BODY")
    _ = try proxy.answer(to: "GET /\(RunningProxy.secret)?QUERY HTTP/1.1\r\nHost: FIELD\r\n\r\n")
    _ = try proxy.answer(
      to: "GET /wrong/2/QUERY HTTP/1.1\r\nHost: localhost:\(proxy.server.port)\r\n\r\n")
    let notes = proxy.notes(3)
    #expect(notes.count == 3)
    guard case .answered("POST", "/2/a%20b", 200, true, _) = notes[0] else {
      Issue.record("\(notes[0])")
      return
    }
    for word in ["TOKEN", "QUERY", "BODY", "FIELD", "wrong", RunningProxy.secret] {
      #expect(!"\(notes)".contains(word))
    }
  }
}

/// A number that several threads change.
final class Counter: Sendable {
  private let count = Watched(0)

  var value: Int { count.withLock { $0 } }

  func add(_ more: Int) { count.withLock { $0 += more } }

  /// The number, which is 0 from there on.
  func take() -> Int {
    count.withLock { count in
      defer { count = 0 }
      return count
    }
  }
}
