import HTTP
import Testing

@Suite struct HTTPRequestTests {
  private let answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"

  @Test("a POST is sent byte for byte as given, with nothing of the library's added")
  func post() throws {
    let server = try ScriptedServer(answer: answer)
    _ = try client().send(tokenRequest(server.url("/2/oauth2/token?a=b")), timeout: 10)
    #expect(
      server.requests == [
        """
        POST /2/oauth2/token?a=b HTTP/1.1\r
        Host: 127.0.0.1:\(server.port)\r
        Authorization: Basic aWQ6c2VjcmV0\r
        Content-Type: application/x-www-form-urlencoded\r
        User-Agent: xauth/1.2.3\r
        Connection: close\r
        Content-Length: 41\r
        \r
        grant_type=refresh_token&refresh_token=r0
        """
      ])
  }

  @Test("a GET has no body, no length and no content type")
  func get() throws {
    let server = try ScriptedServer(answer: answer)
    let request = HTTPRequest(
      method: .get, url: server.url("/2/users/me"), headers: [("Authorization", "Bearer a0")],
      body: Array("ignored".utf8))
    _ = try client().send(request, timeout: 10)
    #expect(
      server.requests == [
        """
        GET /2/users/me HTTP/1.1\r
        Host: 127.0.0.1:\(server.port)\r
        Authorization: Bearer a0\r
        Connection: close\r
        \r

        """
      ])
  }

  @Test("a PUT is sent as a POST is")
  func put() throws {
    let server = try ScriptedServer(answer: answer)
    let request = HTTPRequest(
      method: .put, url: server.url("/a"), headers: [("Content-Type", "application/json")],
      body: Array("{}".utf8))
    _ = try client().send(request, timeout: 10)
    #expect(
      server.requests == [
        """
        PUT /a HTTP/1.1\r
        Host: 127.0.0.1:\(server.port)\r
        Content-Type: application/json\r
        Connection: close\r
        Content-Length: 2\r
        \r
        {}
        """
      ])
  }

  @Test("a large body doesn't wait for a 100 Continue")
  func noExpect() throws {
    let server = try ScriptedServer(answer: answer)
    let body = [UInt8](repeating: UInt8(ascii: "a"), count: 3 << 20)
    let request = HTTPRequest(method: .post, url: server.url(), body: body)
    _ = try client().send(request, timeout: 10)
    let received = try #require(server.requests.first)
    #expect(!received.lowercased().contains("expect:"))
    #expect(received.utf8.count > body.count)
  }

  @Test("an empty POST says that it is empty")
  func emptyPost() throws {
    let server = try ScriptedServer(answer: answer)
    _ = try client().send(HTTPRequest(method: .post, url: server.url()), timeout: 10)
    #expect(server.requests.first?.contains("\r\nContent-Length: 0\r\n") == true)
  }

  @Test("a field with an empty value is sent, not dropped")
  func emptyValue() throws {
    let server = try ScriptedServer(answer: answer)
    let request = HTTPRequest(method: .get, url: server.url(), headers: [("X-Empty", "")])
    _ = try client().send(request, timeout: 10)
    #expect(server.requests.first?.contains("\r\nX-Empty:\r\n") == true)
  }

  @Test(
    "a field that would break the framing is refused before anything is sent",
    arguments: [
      ("X", "a\r\nY: b"), ("X", "a\nb"), ("X", "a\0b"), ("X: y", "z"), ("", "a"), ("X\r\nY", "a"),
    ])
  func injection(name: String, value: String) throws {
    let server = try ScriptedServer(answer: answer)
    let request = HTTPRequest(method: .get, url: server.url(), headers: [(name, value)])
    let failure = try #require(try sendFailure(of: request, by: client()))
    #expect(failure.cause == .other)
    #expect(!failure.mayHaveReachedServer)
    #expect(failure.detail.utf8.allSatisfy { (0x20...0x7E).contains($0) })
    #expect(server.connections == 0)
  }

  @Test(
    "anything but a plain http or https URL is refused",
    arguments: [
      "", "api.x.com", "ftp://127.0.0.1/", "file:///etc/passwd", "http://", "http://a b/",
      "http://user:secret@127.0.0.1/", "http://127.0.0.1\\@evil.example/", "http://127.0.0.1:0/",
      "http://127.0.0.1:99999/", "http://127.0.0.1:8o/", "http://%31/", "http://ex\u{E4}mple/",
      "http://[::1/", "http://[::1]x/", "http://a\r\nb/", "http:/127.0.0.1/",
    ])
  func unsupportedURL(url: String) throws {
    let failure = try #require(try sendFailure(of: tokenRequest(url), by: client()))
    #expect(failure.cause == .unsupportedURL)
    #expect(!failure.mayHaveReachedServer)
    #expect(!failure.detail.contains("secret"))
  }

  @Test("no description of a request shows its secrets")
  func redacted() {
    let request = tokenRequest("https://api.x.com/?token=r0")
    var dumped = ""
    dump(request, to: &dumped)
    for text in ["\(request)", String(reflecting: request), dumped, "\([request])"] {
      #expect(!text.contains("aWQ6c2VjcmV0") && !text.contains("r0") && !text.contains("114"))
      #expect(text.contains("api.x.com"))
    }
  }
}
