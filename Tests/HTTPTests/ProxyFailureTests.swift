import HTTP
import TestSupport
import Testing

@Suite struct ProxyFailureTests {
  /// What comes of a request through a proxy that answers CONNECT with `answer`; its variable holds
  /// `login` before the host.
  private func failure(answering answer: String, login: String = "") throws -> HTTPFailure {
    let proxy = try ScriptedServer(answer: "HTTP/1.1 \(answer)\r\nContent-Length: 0\r\n\r\n")
    let client = try client(["https_proxy": "http://\(login)127.0.0.1:\(proxy.port)"])
    let failure = try #require(
      sendFailure(of: tokenRequest("https://api.test.invalid/"), by: client))
    #expect(failure.proxy == "127.0.0.1")
    #expect(failure.host == "api.test.invalid")
    #expect(!failure.mayHaveReachedServer)
    return failure
  }

  @Test(
    "a proxy that refuses the tunnel is named, and nothing was sent", arguments: [302, 403, 502])
  func refusedTunnel(status: Int) throws {
    #expect(try failure(answering: "\(status) No").cause == .proxyRefused(status: status))
  }

  @Test(
    "a proxy that wants a login is told from others, and whether a password would do",
    arguments: [
      ("Basic realm=\"p\"", "", false, true), ("Basic realm=\"p\"", "u:hunter2@", true, true),
      ("NTLM\r\nProxy-Authenticate: Basic realm=\"p\"", "", false, true),
      ("Negotiate\r\nProxy-Authenticate: NTLM", "u:hunter2@", true, false),
    ])
  func login(challenge: String, login: String, hasLogin: Bool, takesPassword: Bool) throws {
    let failure = try failure(
      answering: "407 No\r\nProxy-Authenticate: \(challenge)", login: login)
    #expect(
      failure.cause
        == .proxyWantsLogin(
          variable: "https_proxy", hasLogin: hasLogin, takesPassword: takesPassword))
    #expect(!"\(failure)".contains("hunter2"))
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
    "a proxy that lets the tunnel wait is given up when the time for connecting is up, and nothing was sent"
  )
  func silentTunnel() throws {
    let proxy = try ScriptedServer { $0.waitForEnd() }
    let failure = try #require(
      try sendFailure(
        of: tokenRequest("https://api.test.invalid/"), by: client(["https_proxy": proxy.url()]),
        connectTimeout: 0.3))
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
    let authority = try CertificateAuthority()
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
    let target = try TLSServer(CertificateAuthority().issue(for: "DNS:api.test.invalid"))
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
      "user:hunter2@proxy.invalid:port", "user:hunter2@a b", "http://user:hunt@er2@proxy.invalid:1",
      "http://user:hunter2#@proxy.invalid:1", "http://user:hunter2/@proxy.invalid:1",
      "http://user:hunter2?@proxy.invalid:1", "\"http://user:hunter2@proxy.invalid:1\"",
    ])
  func malformedProxy(proxy: String) throws {
    let client = try client(["HTTPS_PROXY": proxy])
    let failure = try #require(
      sendFailure(of: tokenRequest("https://api.test.invalid/"), by: client))
    #expect(failure.cause == .proxyMalformed(variable: "HTTPS_PROXY"))
    #expect(!failure.mayHaveReachedServer)
    #expect(!"\(failure)\(client)".contains("hunt"))
  }
}
