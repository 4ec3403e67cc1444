import HTTP
import TestSupport
import Testing

@Suite("A streamed request")
struct StreamTests {
  private let empty = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"

  /// What a server reads of `request`, whose body is `body`.
  private func sent(
    _ method: String, _ kind: StreamedRequest.Body, _ body: String = "", path: String = "/",
    headers: [(name: String, value: String)] = [], until end: String = ""
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

  @Test("what is sent is what was given and the host, with nothing of the library's added")
  func plain() throws {
    let text = try sent(
      "GET", .none, path: "/a/../b/%2f%2E//c;d?e=%zz&f",
      headers: [("X-One", "1"), ("x-two", ""), ("X-One", "2")])
    #expect(
      text
        == "GET /a/../b/%2f%2E//c;d?e=%zz&f HTTP/1.1\r\nHost: here\r\nX-One: 1\r\nx-two:\r\n"
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
  @Test("a kept connection that ends as the next request comes isn't tried again")
  func neverTwice() throws {
    for (method, body) in [
      ("GET", StreamedRequest.Body.none), ("POST", .sized(5)), ("POST", .unsized),
    ] {
      let server = try ScriptedServer { [empty] peer in
        peer.readRequest()
        peer.send(empty)
        peer.readRequest()
      }
      let connection = try HTTPConnection(client())
      _ = try connection.answer(to: streamed("GET", server.url()))
      let failure = connection.failure(
        of: streamed(method, server.url(), body), StreamedExchange("hello"))
      #expect(failure?.cause == .connectionLost)
      #expect(failure?.mayHaveReachedServer == true)
      #expect(server.connections == 1)
      #expect(server.requests.count == 2)
      print(failure as Any)
    }
  }
}
