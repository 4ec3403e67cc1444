import Testing

@testable import HTTP

@Suite("How requests leave")
struct ProxyChoiceTests {
  private func choice(
    _ proxy: String, to url: String = "https://api.x.com"
  ) throws(HTTPFailure) -> ProxyChoice {
    try ProxyChoice(to: url, environment: ["https_proxy": proxy])
  }

  @Test(
    "what libcurl takes for a proxy is one",
    arguments: [
      "proxy.example", "proxy.example:3128", "http://proxy.example", "HTTP://u:p@proxy.example:1/",
      "socks5h://u@proxy.example", "socks://proxy.example:1080", "u:p%40ss@proxy.example:8080",
    ])
  func usable(proxy: String) throws {
    #expect(try choice(proxy) == .through(host: "proxy.example"))
  }

  @Test("an IPv6 address is one in brackets")
  func address() throws {
    #expect(try choice("[::1]:3128") == .through(host: "::1"))
    #expect(try choice("http://[::1]") == .through(host: "::1"))
  }

  @Test(
    "anything else is none",
    arguments: [
      ":3128", "http://", "ftp://proxy.example", "::bad::", "proxy.example:port", "proxy.example:0",
      "proxy.example:70000", "http:// proxy.example", "u:p@", "u:p@ss@proxy.example",
      "u:p#@proxy.example", "u:p?@proxy.example:1", "u:p/@proxy.example", "u s:p@proxy.example",
      "\"proxy.example:3128\"", "proxy.example\r", "http://[::1:80",
      "http:/proxy.example:1",
    ])
  func unusable(proxy: String) {
    #expect {
      try choice(proxy)
    } throws: {
      ($0 as? HTTPFailure)?.cause == .proxyMalformed(variable: "https_proxy")
    }
  }

  @Test(
    "a URL that no request can go to is found out without one",
    arguments: ["https://", "https://ho%20st", "https://h:99999", "https://hé.example", "h"])
  func unsupported(url: String) {
    #expect {
      try choice("proxy", to: url)
    } throws: {
      ($0 as? HTTPFailure)?.cause == .unsupportedURL
    }
  }

  @Test("loopback, an exception and no setting are direct")
  func direct() throws {
    #expect(try choice("proxy", to: "http://127.0.0.1:8977") == .direct)
    #expect(try ProxyChoice(to: "https://api.x.com", environment: [:]) == .direct)
    let exempt = ["https_proxy": "proxy", "no_proxy": "x.com"]
    #expect(try ProxyChoice(to: "https://api.x.com", environment: exempt) == .direct)
  }
}
