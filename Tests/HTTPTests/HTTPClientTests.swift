@testable import HTTP
import Testing

@Suite struct HTTPClientTests {
  @Test("an open client tells its authorities")
  func open() throws {
    let client = try client(["SSL_CERT_FILE": "/a.pem"])
    #expect(client.trust.file == "/a.pem")
  }

  @Test("no description of a client shows its proxy's password")
  func redacted() throws {
    let client = try client(["https_proxy": "http://user:hunter2@proxy.invalid"])
    var dumped = ""
    dump(client, to: &dumped)
    #expect(!"\(client)\(String(reflecting: client))\(dumped)".contains("hunter2"))
  }
}
