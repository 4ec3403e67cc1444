import Testing

@testable import Callback

@Suite("Redirect target")
struct RedirectURITests {
  private func uri(
    _ scheme: RedirectURI.Scheme, _ host: String, _ port: Int, _ path: String = "/cb"
  ) throws -> String {
    try RedirectURI(scheme: scheme, host: host, port: port, path: path).uri
  }

  @Test("The URI has one spelling")
  func spelling() throws {
    #expect(
      try uri(.http, "127.0.0.1", 8976, "/oauth/callback") == "http://127.0.0.1:8976/oauth/callback"
    )
    #expect(try uri(.http, "LocalHost", 1) == "http://localhost:1/cb")
    #expect(try uri(.http, "0:0:0:0:0:0:0:1", 1) == "http://[::1]:1/cb")
    #expect(try uri(.http, "[::1]", 1, "/") == "http://[::1]:1/")
    #expect(try uri(.https, "Login.Example.com", 443) == "https://login.example.com/cb")
    #expect(try uri(.https, "login.example.com", 80) == "https://login.example.com:80/cb")
    #expect(try uri(.http, "localhost", 80) == "http://localhost/cb")
  }

  @Test(
    "Loopback is 127/8, ::1 and localhost",
    arguments: [
      "127.0.0.1", "127.255.255.254", "::1", "[::1]", "0:0:0:0:0:0:0:1", "localhost", "LOCALHOST",
    ])
  func loopback(host: String) { #expect(RedirectURI.isLoopback(host)) }

  @Test(
    "Nothing else is loopback, whatever it looks like",
    arguments: [
      "", "127.1", "127.0.0.1.", "127.0.0.01", "127.0.0.256", "0127.0.0.1", "127.0.0.1.example.com",
      "2130706433", "0x7f.0.0.1", "0x7f000001", "::ffff:127.0.0.1", "::", "0.0.0.0", "localhost.",
      "localhost.example.com", "x.localhost", " 127.0.0.1", "127.0.0.1 ", "127.0.0.1\0",
      "[127.0.0.1]",
      "[::1", "::1]", "::1%lo", "[localhost]", "１２７.0.0.1", "ⅼocalhost", "128.0.0.1", "12７.0.0.1",
    ])
  func notLoopback(host: String) { #expect(!RedirectURI.isLoopback(host)) }

  @Test("Plain http is for loopback only")
  func schemes() {
    #expect(throws: RedirectURIFailure.needsHTTPS(host: "example.com")) {
      try uri(.http, "example.com", 80)
    }
    #expect(throws: RedirectURIFailure.needsHTTPS(host: "192.168.0.1")) {
      try uri(.http, "192.168.0.1", 80)
    }
  }

  @Test(
    "Hosts that browsers read otherwise are refused",
    arguments: [
      "127.1", "0x7f.1", "1.2.3", "a..b", "-a", "a-", "a/b", "a@b", "a:1", "é.example", "", "a b",
    ])
  func hosts(host: String) {
    #expect(throws: RedirectURIFailure.malformedHost(host)) { try uri(.https, host, 443) }
  }

  @Test(
    "Paths that browsers would change are refused",
    arguments: [
      "", "cb", "//cb", "/a/../b", "/./b", "/a/..", "/%2e%2E/b", "/.%2e", "/a?b", "/a#b", "/a b",
      "/é", "/a\\b", "/%4", "/%zz", "/a\n",
    ])
  func paths(path: String) {
    #expect(throws: RedirectURIFailure.malformedPath(path)) { try uri(.http, "::1", 1, path) }
  }

  @Test(
    "Ordinary paths are accepted unchanged",
    arguments: [
      "/", "/oauth/callback", "/oauth/callback/", "/a//b", "/caf%C3%A9", "/a.b/..c",
      "/x~@:!$&'()*+,;=",
    ])
  func goodPaths(path: String) throws {
    #expect(try uri(.http, "127.0.0.1", 1, path) == "http://127.0.0.1:1\(path)")
  }
}
