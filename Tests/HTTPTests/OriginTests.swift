import Testing

@testable import HTTP

@Suite struct OriginTests {
  @Test(
    "scheme and host are told",
    arguments: [
      ("https://api.x.com/2/oauth2/token", true, "api.x.com"),
      ("HTTP://API.X.com", false, "api.x.com"),
      ("https://api.x.com:8443?a=b", true, "api.x.com"), ("http://[::1]:80/", false, "::1"),
      ("https://x.com#@y.com", true, "x.com"), ("https://x.com/@y.com:1", true, "x.com"),
    ])
  func told(url: String, isSecure: Bool, host: String) throws {
    let origin = try #require(Origin(url: url))
    #expect(origin.isSecure == isSecure)
    #expect(origin.host == host)
  }

  @Test(
    "these hosts are loopback",
    arguments: [
      "localhost", "a.localhost", "LOCALHOST", "127.0.0.1", "127.255.255.254", "[::1]", "[0:0::1]",
    ])
  func loopback(host: String) throws {
    #expect(try #require(Origin(url: "http://\(host)/")).isLoopback)
  }

  @Test(
    "these are not",
    arguments: [
      "localhost.x.com", "notlocalhost", "128.0.0.1", "127.1", "127.0.0.1.x.com", "[::2]", "[::]",
    ])
  func notLoopback(host: String) throws {
    #expect(try !#require(Origin(url: "http://\(host)/")).isLoopback)
  }
}
