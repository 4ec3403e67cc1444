import Foundation
import HTTP
import OAuth
import TestSupport
import Testing

@testable import Serving

@Suite("A proxy under attack")
struct ProxyAttackTests {
  /// Requests in one connection that end it, and the status of the last answer. `SECRET` and `HOST`
  /// stand for the proxy's.
  private static let attacks: [(text: String, status: Int)] = [
    ("GET /2/x HTTP/1.1\r\nHost: HOST\r\n\r\n", 404),
    ("GET /SECRETx/2/x HTTP/1.1\r\nHost: HOST\r\n\r\n", 404),
    ("GET /SECRET/2/x HTTP/1.1\r\nHost: evil.example\r\n\r\n", 421),
    ("GET /SECRET/2/x HTTP/1.1\r\n\r\n", 400),
    ("GET /SECRET/2/x HTTP/1.1\r\nHost: HOST\r\nHost: HOST\r\n\r\n", 400),
    ("GET http://api.x.com/SECRET/2/x HTTP/1.1\r\nHost: HOST\r\n\r\n", 421),
    ("GET /SECRET/2/x HTTP/1.1\r\nHost: HOST\r\nOrigin: https://evil.example\r\n\r\n", 403),
    ("GET /SECRET/2/x HTTP/1.1\r\nHost: HOST\r\nSec-Fetch-Site: cross-site\r\n\r\n", 403),
    ("OPTIONS /SECRET/2/x HTTP/1.1\r\nHost: HOST\r\nOrigin: null\r\n\r\n", 403),
    ("CONNECT api.x.com:443 HTTP/1.1\r\nHost: HOST\r\n\r\n", 421),
    ("TRACE /SECRET/2/x HTTP/1.1\r\nHost: HOST\r\n\r\n", 405),
    ("POST /SECRET/2/oauth2/token HTTP/1.1\r\nHost: HOST\r\nContent-Length: 0\r\n\r\n", 403),
    ("POST /SECRET/2/%6Fauth2/token HTTP/1.1\r\nHost: HOST\r\nContent-Length: 0\r\n\r\n", 403),
    (
      "POST /SECRET/2/x%2f..%2foauth2/token HTTP/1.1\r\nHost: HOST\r\nContent-Length: 0\r\n\r\n",
      400
    ),
    ("GET /SECRET/1.1/x HTTP/1.1\r\nHost: HOST\r\n\r\n", 403),
    // Bodies that would be read in two ways, each with a request in it.
    (
      "POST /SECRET/2/x HTTP/1.1\r\nHost: HOST\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /SECRET/2/y HTTP/1.1\r\nHost: HOST\r\n\r\n",
      400
    ),
    (
      "POST /SECRET/2/x HTTP/1.1\r\nHost: HOST\r\nContent-Length: 0\r\nContent-Length: 44\r\n\r\nGET /SECRET/2/y HTTP/1.1\r\nHost: HOST\r\n\r\n",
      400
    ),
    (
      "POST /SECRET/2/x HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: xchunked\r\n\r\nGET /SECRET/2/y HTTP/1.1\r\nHost: HOST\r\n\r\n",
      400
    ),
    ("POST /SECRET/2/x HTTP/1.0\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    ("POST /SECRET/2/x HTTP/1.1\r\nHost: HOST\r\nContent-Length: 1\n\r\nGET ", 400),
    ("POST /SECRET/2/x HTTP/1.1\nHost: HOST\nContent-Length: 0\n\n", 400),
    ("POST /SECRET/2/x HTTP/1.1\r\nHost: HOST\r\nContent-Length : 5\r\n\r\nGET /", 400),
    ("POST /SECRET/2/x HTTP/1.1\r\nHost: HOST\r\nA: b\r\n Content-Length: 5\r\n\r\nGET /", 400),
    ("GET /SECRET/2/x HTTP/1.1\r\nHost: HOST\r\nA: b\rContent-Length: 5\r\n\r\n", 400),
    ("GET /SECRET/2/x HTTP/1.1\r\nHost: HOST\r\nA: b\0c\r\n\r\n", 400),
    ("GET /SECRET/2/x HTTP/2.0\r\nHost: HOST\r\n\r\n", 505),
    ("\u{16}\u{3}\u{1}\u{2}\0\u{1}\0", 400),
  ]

  @Test("nothing that could be read in two ways, or isn't allowed, leaves it", arguments: attacks)
  func refuses(text: String, status: Int) throws {
    let standIn = try StandIn.echo()
    let proxy = try RunningProxy(to: standIn.url)
    let attack = text.replacing("SECRET", with: RunningProxy.secret)
      .replacing("HOST", with: "127.0.0.1:\(proxy.server.port)")
    // After a good request, on whose connection it could hide.
    let peer = try proxy.connect()
    peer.send(proxy.request("/2/good", method: "POST", body: "good") + attack)
    let answers = peer.readToEnd()
    #expect(answers.hasPrefix("HTTP/1.1 200 OK\r\n"))
    #expect(answers.components(separatedBy: "HTTP/1.1 ").last?.hasPrefix("\(status) ") == true)
    #expect(answers.components(separatedBy: "HTTP/1.1 ").count == 3)
    #expect(standIn.heads.count == 1)
    #expect(!answers.contains(RunningProxy.secret))
    #expect(!answers.contains("token-1"))
  }

  @Test("a body in broken chunks ends the connection, and nothing of it becomes a request")
  func brokenChunks() throws {
    let standIn = try StandIn.echo()
    let proxy = try RunningProxy(to: standIn.url)
    let smuggled = proxy.request("/2/smuggled")
    for chunks in ["5\nhello\r\n0\r\n\r\n", "zz\r\n", "1\r\nab\r\n0\r\n\r\n"] {
      let peer = try proxy.connect()
      peer.send(
        proxy.request("/2/x", method: "POST", ["Transfer-Encoding: chunked"]) + chunks + smuggled)
      let answer = peer.readToEnd()
      #expect(answer.hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
      #expect(answer.contains("\r\nConnection: close\r\n"))
      #expect(answer.components(separatedBy: "HTTP/1.1 ").count == 2)
    }
    #expect(!standIn.heads.contains { $0.contains("smuggled") })
  }

  @Test("an answer of X's can't add a line to the head")
  func brokenFields() throws {
    let standIn = try StandIn { connection, _ in
      connection.send("HTTP/1.1 200 OK\r\nX-A: b\rX-B: c\r\nX-C: d\r\nContent-Length: 0\r\n\r\n")
      return true
    }
    let answer = try RunningProxy(to: standIn.url).answer("/2/x")
    #expect(!answer.contains("X-B: c\r\n"))
    #expect(!answer.replacing("\r\n", with: "").contains("\r"))
  }

  @Test("a head that is too large, too slow or never comes ends its connection alone")
  func heads() throws {
    var limits = ProxyLimits()
    limits.reading.head = 0.3
    limits.reading.idle = 0.3
    let standIn = try StandIn.echo()
    let proxy = try RunningProxy(to: standIn.url, limits: limits)
    let (silent, slow) = (try proxy.connect(), try proxy.connect())
    slow.send("GET /\(RunningProxy.secret)/2/x HTTP/1.1\r\nHost:")
    let large =
      "GET /\(RunningProxy.secret)/2/\(String(repeating: "a", count: 20 << 10)) HTTP/1.1\r\n"
    #expect(try proxy.answer(to: large).hasPrefix("HTTP/1.1 431 "))
    let fields = String(repeating: "A: b\r\n", count: 101)
    #expect(try proxy.answer(to: "GET / HTTP/1.1\r\n\(fields)\r\n").hasPrefix("HTTP/1.1 431 "))
    #expect(silent.readToEnd() == "")
    #expect(slow.readToEnd().hasPrefix("HTTP/1.1 408 Request Timeout\r\n"))
    #expect(try proxy.answer("/2/x").hasPrefix("HTTP/1.1 200 OK\r\n"))
    #expect(standIn.heads.count == 1)
  }

  @Test("a body that stops coming is answered with 408, and X's side of it ends")
  func slowBody() throws {
    var limits = ProxyLimits()
    limits.reading.body = 0.3
    let ended = Counter()
    let standIn = try StandIn { connection, _ in
      if connection.isHungUp() { ended.add(1) }
      return false
    }
    let proxy = try RunningProxy(to: standIn.url, limits: limits)
    for head in [
      proxy.request("/2/x", method: "POST", ["Content-Length: 10"]) + "half",
      proxy.request("/2/x", method: "POST", ["Transfer-Encoding: chunked"]) + "a\r\nhalf",
    ] {
      let answer = try proxy.answer(to: head)
      #expect(answer.hasPrefix("HTTP/1.1 408 Request Timeout\r\n"))
      #expect(answer.contains("\r\nConnection: close\r\n"))
    }
    #expect(eventually { ended.value == 2 })
  }

  @Test("a client that takes nothing is given up")
  func deafClient() throws {
    var limits = ProxyLimits()
    limits.writing = 0.3
    let ended = Counter()
    let standIn = try StandIn { connection, _ in
      connection.send("HTTP/1.1 200 OK\r\n\r\n")
      while connection.send([UInt8](repeating: 0, count: 1 << 20)) {}
      ended.add(1)
      return false
    }
    let proxy = try RunningProxy(to: standIn.url, limits: limits)
    let peer = try proxy.connect()
    peer.send(proxy.request("/2/x"))
    #expect(eventually { ended.value == 1 })
    withExtendedLifetime(peer) {}
  }

  @Test("idle connections, however many, keep nobody out")
  func idleCrowd() throws {
    let standIn = try StandIn.echo()
    let proxy = try RunningProxy(to: standIn.url)
    let kept = try proxy.connect()
    var crowd: [Peer] = []
    for number in 0..<150 {
      let peer = try proxy.connect()
      // Half of them have begun a head.
      if number.isMultiple(of: 2) { peer.send("GET /") }
      crowd.append(peer)
    }
    #expect(try proxy.answer("/2/x", method: "POST", body: "in").hasSuffix("\r\n\r\nin"))
    // The first ones made room.
    #expect(kept.readToEnd() == "")
    #expect(!proxy.notes.contains(.full))
  }

  @Test(
    "with all its connections at work the next one is told so, and a request in progress goes on")
  func full() throws {
    var limits = ProxyLimits()
    limits.connections = 2
    let mayAnswer = DispatchSemaphore(value: 0)
    let standIn = try StandIn { connection, _ in
      _ = mayAnswer.wait(timeout: .now() + 20)
      connection.answer(200, "done")
      return true
    }
    let proxy = try RunningProxy(to: standIn.url, limits: limits)
    let busy = try (0..<2).map { _ in
      let peer = try proxy.connect()
      peer.send(proxy.request("/2/x", ["Connection: close"]))
      return peer
    }
    #expect(eventually { standIn.heads.count == 2 })
    let turnedAway = try proxy.connect().readToEnd()
    #expect(turnedAway.hasPrefix("HTTP/1.1 503 Service Unavailable\r\n"))
    #expect(turnedAway.contains("\r\nRetry-After: 1\r\n"))
    #expect(proxy.notes.contains(.full))
    for _ in busy { mayAnswer.signal() }
    for peer in busy { #expect(peer.readToEnd().hasSuffix("done")) }
  }
}
