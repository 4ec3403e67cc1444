import HTTP
import TestSupport
import Testing

@Suite("A streamed request")
struct StreamTests {
  private let empty = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"

  /// What a server reads of a request, until its text ends with `end`.
  private func sent(
    _ method: String, _ kind: StreamedRequest.Body, _ body: String = "", path: String = "/",
    headers: [(name: String, value: String)] = [], until end: String = "\r\n\r\n"
  ) throws -> String {
    let log = Log()
    let server = try ScriptedServer { [empty] peer in
      var text = ""
      repeat { text += String(decoding: peer.receive(), as: UTF8.self) } while !text.hasSuffix(end)
      log.note(request: text)
      peer.send(empty)
    }
    let request = streamed(method, server.url(path), kind, headers: headers)
    _ = try HTTPConnection(client()).answer(to: request, body)
    return try #require(log.requests.first)
      .replacing("Host: 127.0.0.1:\(server.port)\r\n", with: "Host: here\r\n")
  }

  /// What comes of a GET that a server answers with `text`.
  private func answer(
    _ text: String, method: String = "GET"
  ) throws -> (exchange: StreamedExchange, failure: HTTPFailure?) {
    let server = try ScriptedServer(answer: text)
    let exchange = StreamedExchange()
    let connection = try HTTPConnection(client())
    return (exchange, connection.failure(of: streamed(method, server.url()), exchange))
  }

  @Test("what is sent is what was given and the host, with nothing of the library's added")
  func plain() throws {
    let text = try sent(
      "GET", .none, path: "/a/../b/%2F%2E//c;d?e=%zz&f",
      headers: [("X-One", "1"), ("x-two", ""), ("X-One", "2")])
    #expect(
      text
        == "GET /a/../b/%2F%2E//c;d?e=%zz&f HTTP/1.1\r\nHost: here\r\nX-One: 1\r\nx-two:\r\n"
        + "X-One: 2\r\n\r\n")
  }

  @Test("a body of a known length is sent with it, be it nothing", arguments: ["POST", "DELETE"])
  func sized(method: String) throws {
    #expect(
      try sent(method, .sized(5), "hello", until: "hello")
        == "\(method) / HTTP/1.1\r\nHost: here\r\nContent-Length: 5\r\n\r\nhello")
    #expect(
      try sent(method, .sized(0))
        == "\(method) / HTTP/1.1\r\nHost: here\r\nContent-Length: 0\r\n\r\n")
  }

  @Test("a body without a length is sent in chunks", arguments: ["POST", "PATCH"])
  func unsized(method: String) throws {
    #expect(
      try sent(method, .unsized, "hello", until: "0\r\n\r\n")
        == "\(method) / HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n"
        + "5\r\nhello\r\n0\r\n\r\n")
  }

  @Test("no field says where the message ends, and not a byte is sent past its length")
  func framing() throws {
    let text = try sent(
      "POST", .sized(5), "hello, and more",
      headers: [
        ("content-length", "15"), ("Transfer-Encoding", "chunked"), ("Expect", "100-continue"),
        ("Connection", "close"), ("HOST", "elsewhere"),
      ], until: "hello")
    #expect(text == "POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 5\r\n\r\nhello")
  }

  @Test("a large body comes whole, and doesn't wait for a 100 Continue")
  func largeBody() throws {
    let length = 1_000_000
    let log = Log()
    let server = try ScriptedServer { [empty] peer in
      log.note(request: peer.readRequest())
      peer.send(empty)
    }
    let body = String(repeating: "abcde", count: length / 5)
    _ = try HTTPConnection(client()).answer(to: streamed("PUT", server.url(), .sized(length)), body)
    let request = try #require(log.requests.first)
    #expect(request.hasSuffix("\r\n\r\n" + body))
    #expect(!request.lowercased().contains("expect"))
  }

  @Test(
    "a request that can't be sent as it is isn't sent",
    arguments: [
      ("GET", "X-A", "1\r\nX-B: 2"), ("GET", "X A", ""), ("GET X", "X-A", ""), ("", "X-A", ""),
    ])
  func malformed(method: String, name: String, value: String) throws {
    let server = try ScriptedServer(answer: empty)
    let request = streamed(method, server.url(), headers: [(name, value)])
    let failure = try HTTPConnection(client()).failure(of: request, StreamedExchange())
    #expect(failure?.cause == .other)
    #expect(failure?.mayHaveReachedServer == false)
    #expect(server.connections == 0)
  }

  @Test("an answer's fields come as they are, those of interim heads and trailers don't")
  func fields() throws {
    let (exchange, failure) = try answer(
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
        + "HTTP/1.1 207 Multi-Status\r\nSet-Cookie: a=1\r\nset-COOKIE:b=2 \r\nX-Empty:\r\n"
        + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\nX-Trailer: t\r\n\r\n")
    #expect(failure == nil)
    #expect(exchange.begins == 1)
    #expect(exchange.status == 207)
    #expect(
      exchange.headers.map { "\($0.name)=\($0.value)" } == [
        "Set-Cookie=a=1", "set-COOKIE=b=2", "X-Empty=", "Transfer-Encoding=chunked",
      ])
    #expect(exchange.text == "abcde")
  }

  @Test("a redirect, a challenge and a compressed body are answers as others are")
  func passedOn() throws {
    for head in [
      "302 Found\r\nLocation: /elsewhere", "401 No\r\nWWW-Authenticate: Basic realm=\"r\"",
      "200 OK\r\nContent-Encoding: gzip",
    ] {
      let (exchange, failure) = try answer("HTTP/1.1 \(head)\r\nContent-Length: 2\r\n\r\nab")
      #expect(failure == nil)
      #expect(exchange.status == head.split(separator: " ").first.flatMap { Int($0) })
      #expect(exchange.text == "ab")
    }
  }

  @Test(
    "an answer that is cut off fails after it began",
    arguments: [
      "Content-Length: 10\r\n\r\nabc", "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
      "Transfer-Encoding: chunked\r\n\r\n9\r\nabc",
    ])
  func cutOff(rest: String) throws {
    let (exchange, failure) = try answer("HTTP/1.1 200 OK\r\n\(rest)")
    #expect(exchange.status == 200)
    #expect(exchange.text == "abc")
    #expect(failure?.cause == .connectionLost)
    #expect(failure?.mayHaveReachedServer == true)
  }

  @Test(
    "what has no final head is no answer",
    arguments: [
      ("", HTTPFailure.Cause.connectionLost), ("HTTP/1.1 200 OK\r\nX: y\r\n", .connectionLost),
      ("HTTP/1.1 100 Continue\r\n\r\n", .connectionLost), ("hello\n", .notHTTP),
      ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\nabc", .notHTTP),
      (
        "HTTP/1.1 200 OK\r\n"
          + String(repeating: "X: \(String(repeating: "y", count: 90))\r\n", count: 800),
        .tooLarge(limit: 64 << 10)
      ),
    ])
  func noAnswer(text: String, cause: HTTPFailure.Cause) throws {
    let (exchange, failure) = try answer(text)
    #expect(failure?.cause == cause)
    #expect(failure?.mayHaveReachedServer == true)
    #expect(exchange.begins == 0)
    #expect(exchange.text == "")
  }

  @Test(
    "an answer that comes before the body is sent ends the sending", arguments: [401, 413],
    [StreamedRequest.Body.sized(1 << 40), .unsized])
  func earlyAnswer(status: Int, body: StreamedRequest.Body) throws {
    let server = try ScriptedServer { peer in
      _ = peer.receive()
      peer.send("HTTP/1.1 \(status) No\r\nContent-Length: 2\r\n\r\nab")
      peer.waitForEnd()
    }
    let exchange = StreamedExchange()
    exchange.more = { $0.count }
    let connection = try HTTPConnection(client())
    #expect(connection.failure(of: streamed("POST", server.url(), body), exchange) == nil)
    #expect(exchange.status == status)
    #expect(exchange.text == "ab")
  }

  @Test("what fails before anything is sent fails as it does for a whole request")
  func notSent() throws {
    let connection = try HTTPConnection(client())
    let port = try LoopbackPort()
    for (url, cause) in [
      ("http://127.0.0.1:\(port.number)/", HTTPFailure.Cause.refused),
      ("https://nowhere.invalid/", .noSuchHost), ("ftp://127.0.0.1/", .unsupportedURL),
    ] {
      let failure = connection.failure(of: streamed("GET", url), StreamedExchange())
      #expect(failure?.cause == cause)
      #expect(failure?.mayHaveReachedServer == false)
    }
    let server = try TLSServer(CertificateAuthority().selfSigned())
    let failure = connection.failure(of: streamed("GET", server.url()), StreamedExchange())
    #expect(failure?.cause == .certificateNotTrusted)
  }

  @Test("it goes through a tunnel of the proxy that the environment names, and keeps it")
  func proxy() throws {
    let authority = try CertificateAuthority()
    let server = try TLSServer(authority.issue(for: "DNS:api.test.invalid"))
    let port = server.port
    let proxy = try ScriptedServer { peer in
      peer.readRequest()
      peer.send("HTTP/1.1 200 Connected\r\nX-Proxy: p\r\n\r\n")
      peer.tunnel(to: port)
    }
    let client = try client(["https_proxy": proxy.url(), "SSL_CERT_FILE": authority.file])
    let request = streamed("GET", "https://api.test.invalid/", headers: [("Authorization", "a")])
    let exchange = try HTTPConnection(client).answer(to: request)
    withExtendedLifetime(server) {}
    #expect(exchange.status == 200)
    #expect(!exchange.headers.contains { $0.name == "X-Proxy" })
    #expect(proxy.requests.first?.contains("Authorization") == false)
  }
}
