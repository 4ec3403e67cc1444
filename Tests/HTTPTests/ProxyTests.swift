import HTTP
import TestSupport
import Testing

@Suite struct ProxyTests {
  private let answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

  @Test("a plain request goes to the proxy in absolute form")
  func plain() throws {
    let proxy = try ScriptedServer(answer: answer)
    let client = try client(["http_proxy": proxy.url()])
    let response = try client.send(tokenRequest("http://api.test.invalid/a"), timeout: 10)
    #expect(response.body == Array("ok".utf8))
    #expect(proxy.requests.first?.hasPrefix("POST http://api.test.invalid/a HTTP/1.1\r\n") == true)
  }

  @Test(
    "a TLS request goes through a tunnel, and the proxy sees none of its fields",
    arguments: ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"])
  func tunnel(variable: String) throws {
    let authority = try CertificateAuthority()
    let server = try TLSServer(authority.issue(for: "DNS:api.test.invalid"))
    let target = server.port
    let proxy = try ScriptedServer { peer in
      peer.readRequest()
      peer.send("HTTP/1.1 200 Connected\r\nX-Proxy: a\r\n\r\n")
      peer.tunnel(to: target)
    }
    let client = try client([variable: proxy.url(), "SSL_CERT_FILE": authority.file])
    let request = plainRequest(server.url(host: "api.test.invalid"))
    let response = try client.send(request, timeout: 10)
    #expect(response.status == 200)
    #expect(response.headers["x-proxy"] == nil)
    #expect(proxy.requests.count == 1)
    #expect(
      proxy.requests.first?.hasPrefix("CONNECT api.test.invalid:\(target) HTTP/1.1\r\n") == true)
    #expect(proxy.requests.first?.contains("Authorization") == false)
  }

  @Test("a proxy's own credentials go to the proxy")
  func proxyCredentials() throws {
    let proxy = try ScriptedServer(answer: answer)
    let client = try client(["http_proxy": "http://user:pass@127.0.0.1:\(proxy.port)"])
    _ = try client.send(tokenRequest("http://api.test.invalid/"), timeout: 10)
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
      _ = try client.send(tokenRequest("http://\(host):\(server.port)/"), timeout: 10)
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
