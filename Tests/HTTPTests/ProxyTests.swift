import HTTP
import Testing

@Suite struct ProxyTests {
  private let answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

  @Test("a plain request goes to the proxy in absolute form")
  func plain() throws {
    let proxy = try ScriptedServer(answer: answer)
    let client = try client(["http_proxy": proxy.url()])
    let response = try client.send(tokenRequest("http://api.test.invalid/a"), deadline: 10)
    #expect(response.body == Array("ok".utf8))
    #expect(proxy.requests.first?.hasPrefix("POST http://api.test.invalid/a HTTP/1.1\r\n") == true)
  }

  @Test(
    "a TLS request goes through a tunnel, and the proxy sees none of its fields",
    arguments: ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"])
  func tunnel(variable: String) throws {
    let authority = try Authority()
    let server = try TLSServer(authority.issue(for: "DNS:api.test.invalid"))
    let target = server.port
    let proxy = try ScriptedServer { peer in
      peer.readRequest()
      peer.send("HTTP/1.1 200 Connected\r\nX-Proxy: a\r\n\r\n")
      peer.tunnel(to: target)
    }
    let client = try client([variable: proxy.url(), "SSL_CERT_FILE": authority.file])
    let request = plainRequest(server.url(host: "api.test.invalid"))
    let response = try client.send(request, deadline: 10)
    #expect(response.status == 200)
    #expect(response.headers["x-proxy"] == nil)
    #expect(proxy.requests.count == 1)
    #expect(
      proxy.requests.first?.hasPrefix("CONNECT api.test.invalid:\(target) HTTP/1.1\r\n") == true)
    #expect(proxy.requests.first?.contains("Authorization") == false)
  }

  @Test(
    "a proxy that refuses the tunnel is named, and nothing was sent", arguments: [403, 407, 502])
  func refusedTunnel(status: Int) throws {
    let proxy = try ScriptedServer(
      answer: "HTTP/1.1 \(status) No\r\nProxy-Authenticate: Basic realm=\"p\"\r\n"
        + "Content-Length: 0\r\n\r\n")
    let failure = try #require(
      try sendFailure(
        of: tokenRequest("https://api.test.invalid/"), by: client(["https_proxy": proxy.url()])))
    #expect(failure.cause == .proxyFailed)
    #expect(failure.proxy == "127.0.0.1")
    #expect(failure.host == "api.test.invalid")
    #expect(!failure.mayHaveReachedServer)
  }

  @Test("a proxy that hangs up instead of opening the tunnel is named, and nothing was sent")
  func lostTunnel() throws {
    let proxy = try ScriptedServer { $0.readRequest() }
    let failure = try #require(
      try sendFailure(
        of: tokenRequest("https://api.test.invalid/"), by: client(["https_proxy": proxy.url()])))
    #expect(failure.cause == .proxyFailed)
    #expect(!failure.mayHaveReachedServer)
  }

  @Test(
    "a proxy that lets the tunnel wait is given up at the connect deadline, and nothing was sent")
  func silentTunnel() throws {
    let proxy = try ScriptedServer { $0.waitForEnd() }
    let failure = try #require(
      try sendFailure(
        of: tokenRequest("https://api.test.invalid/"), by: client(["https_proxy": proxy.url()]),
        connectDeadline: 0.3))
    #expect(failure.cause == .connectTimedOut(seconds: 0.3))
    #expect(!failure.mayHaveReachedServer)
  }

  @Test(
    "a proxy that can't be reached is named, and nothing was sent", arguments: ["http", "https"],
    ["http", "https", "socks5h", "socks4a"])
  func refusedConnection(scheme: String, proxyScheme: String) throws {
    let port = try LoopbackPort()
    let failure = try #require(
      try sendFailure(
        of: tokenRequest("\(scheme)://api.test.invalid/"),
        by: client(["all_proxy": "\(proxyScheme)://127.0.0.1:\(port.number)"])))
    #expect(failure.cause == .proxyFailed)
    #expect(failure.proxy == "127.0.0.1")
    #expect(failure.host == "api.test.invalid")
    #expect(!failure.mayHaveReachedServer)
  }

  @Test("a SOCKS proxy that refuses is named, and nothing was sent")
  func refusedBySOCKS() throws {
    // RFC 1928, sections 3 and 6: no authentication; connection not allowed by ruleset.
    let proxy = try ScriptedServer { peer in
      _ = peer.receive()
      peer.send([5, 0])
      _ = peer.receive()
      peer.send([5, 2, 0, 1, 0, 0, 0, 0, 0, 0])
    }
    let failure = try #require(
      try sendFailure(
        of: tokenRequest("https://api.test.invalid/"),
        by: client(["https_proxy": "socks5h://127.0.0.1:\(proxy.port)"])))
    #expect(failure.cause == .proxyFailed)
    #expect(!failure.mayHaveReachedServer)
  }

  @Test(
    "a proxy whose certificate doesn't hold is named, and nothing was sent",
    arguments: [true, false])
  func distrustedProxy(isTrusted: Bool) throws {
    let authority = try Authority()
    let names = isTrusted ? "DNS:another.invalid" : "IP:127.0.0.1"
    let proxy = try TLSServer(authority.issue(for: names))
    let environment = ["https_proxy": proxy.url()]
    let trust = isTrusted ? ["SSL_CERT_FILE": authority.file] : [:]
    let failure = try #require(
      try sendFailure(
        of: tokenRequest("https://api.test.invalid/"),
        by: client(environment.merging(trust) { first, _ in first })))
    #expect(failure.cause == .proxyFailed)
    #expect(failure.proxy == "127.0.0.1")
    #expect(!failure.mayHaveReachedServer)
  }

  @Test("a server whose certificate doesn't hold behind a proxy is told from a failing proxy")
  func distrustedServer() throws {
    let target = try TLSServer(Authority().issue(for: "DNS:api.test.invalid"))
    let port = target.port
    let proxy = try ScriptedServer { peer in
      peer.readRequest()
      peer.send("HTTP/1.1 200 Connected\r\n\r\n")
      peer.tunnel(to: port)
    }
    let failure = try #require(
      try sendFailure(
        of: plainRequest(target.url(host: "api.test.invalid")),
        by: client(["https_proxy": proxy.url()])))
    #expect(failure.cause == .certificateNotTrusted)
    #expect(failure.host == "api.test.invalid")
    #expect(!failure.mayHaveReachedServer)
  }

  @Test("a proxy without an address is named, and nothing was sent")
  func noSuchProxy() throws {
    let failure = try #require(
      try sendFailure(
        of: tokenRequest("https://api.test.invalid/"),
        by: client(["https_proxy": "proxy.invalid:3128"])))
    #expect(failure.cause == .proxyFailed)
    #expect(failure.proxy == "proxy.invalid")
    #expect(!failure.mayHaveReachedServer)
  }

  @Test(
    "a malformed proxy is told without its password",
    arguments: [
      "http://user:hunter2@[bad", "gopher://user:hunter2@proxy.invalid", "http://user:hunter2@:x",
      "user:hunter2@proxy.invalid:port", "user:hunter2@a b",
    ])
  func malformedProxy(proxy: String) throws {
    let client = try client(["https_proxy": proxy])
    let failure = try #require(
      sendFailure(of: tokenRequest("https://api.test.invalid/"), by: client))
    #expect(failure.cause == .proxyFailed)
    #expect(!failure.mayHaveReachedServer)
    #expect(!"\(failure)\(client)".contains("hunter2"))
  }

  @Test("a proxy's own credentials go to the proxy")
  func proxyCredentials() throws {
    let proxy = try ScriptedServer(answer: answer)
    let client = try client(["http_proxy": "http://user:pass@127.0.0.1:\(proxy.port)"])
    _ = try client.send(tokenRequest("http://api.test.invalid/"), deadline: 10)
    #expect(proxy.requests.first?.contains("Proxy-Authorization: Basic dXNlcjpwYXNz\r\n") == true)
  }

  @Test("an exempted host isn't asked of the proxy", arguments: ["no_proxy", "NO_PROXY"])
  func exempted(variable: String) throws {
    let proxy = try ScriptedServer(answer: answer)
    let client = try client(["http_proxy": proxy.url(), variable: "x.com, .test.invalid"])
    let failure = sendFailure(of: tokenRequest("http://api.test.invalid/"), by: client)
    #expect(failure?.cause == .noSuchHost)
    #expect(failure?.host == "api.test.invalid")
    #expect(proxy.connections == 0)
  }

  @Test("loopback is always direct")
  func loopback() throws {
    let proxy = try ScriptedServer(answer: answer)
    let server = try ScriptedServer(answer: answer)
    let client = try client(["http_proxy": proxy.url(), "all_proxy": proxy.url()])
    for host in ["127.0.0.1", "localhost"] {
      _ = try client.send(tokenRequest("http://\(host):\(server.port)/"), deadline: 10)
    }
    #expect(server.connections == 2)
    #expect(proxy.connections == 0)
  }

  @Test("HTTP_PROXY in upper case and empty values count for nothing")
  func ignored() throws {
    let proxy = try ScriptedServer(answer: answer)
    let client = try client(["HTTP_PROXY": proxy.url(), "http_proxy": "", "all_proxy": ""])
    let failure = sendFailure(of: tokenRequest("http://api.test.invalid/"), by: client)
    #expect(failure?.cause == .noSuchHost)
    #expect(proxy.connections == 0)
  }
}
