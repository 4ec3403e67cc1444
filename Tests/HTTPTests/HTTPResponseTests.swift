import HTTP
import Testing

@Suite struct HTTPResponseTests {
  private func response(to answer: String) throws -> HTTPResponse {
    let server = try ScriptedServer(answer: answer)
    return try client().send(tokenRequest(server.url()), timeout: 10)
  }

  @Test("status, header fields and body come as they were sent")
  func plain() throws {
    let response = try response(
      to: "HTTP/1.1 429 Too Many\r\nX-Rate-Limit-Reset:  1700000000 \r\nContent-Length: 4\r\n"
        + "X-Twice: a\r\nx-twice: b\r\nX-Folded: a\r\n  b\r\n\r\n{\"}\n")
    #expect(response.status == 429)
    #expect(response.headers["x-rate-limit-reset"] == "1700000000")
    #expect(response.headers["x-twice"] == "b")
    #expect(response.headers["x-folded"] == "a b")
    #expect(response.body == Array("{\"}\n".utf8))
  }

  @Test("a body in chunks is put together, and its trailers are no header fields")
  func chunks() throws {
    let response = try response(
      to: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        + "3\r\nabc\r\n2\r\nde\r\n0\r\nX-Trailer: a\r\n\r\n")
    #expect(response.body == Array("abcde".utf8))
    #expect(response.headers == ["transfer-encoding": "chunked"])
  }

  @Test("an interim head is superseded by the final one")
  func interim() throws {
    let response = try response(
      to: "HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    #expect(response.status == 200)
    #expect(response.headers == ["content-length": "0"])
  }

  @Test("a content coding that nobody asked for is left as it is")
  func gzip() throws {
    let server = try ScriptedServer { peer in
      peer.readRequest()
      peer.send("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\n")
      peer.send([0x1F, 0x8B, 0x08, 0x00])
    }
    let response = try client().send(tokenRequest(server.url()), timeout: 10)
    #expect(response.body == [0x1F, 0x8B, 0x08, 0x00])
    #expect(server.requests.first?.lowercased().contains("accept-encoding") == false)
  }

  @Test(
    "a redirect is an answer like any other: nothing is sent on", arguments: [301, 302, 307, 308])
  func redirect(status: Int) throws {
    let elsewhere = try ScriptedServer(answer: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    let response = try response(
      to: "HTTP/1.1 \(status) Go\r\nLocation: \(elsewhere.url())\r\nContent-Length: 0\r\n\r\n")
    #expect(response.status == status)
    #expect(response.headers["location"] == elsewhere.url())
    #expect(elsewhere.connections == 0)
  }

  @Test(
    "a challenge is an answer: it comes at once, and the request isn't repeated",
    arguments: ["Basic realm=\"x\"", "Digest realm=\"x\", nonce=\"n\"", "Negotiate"])
  func challenge(_ challenge: String) throws {
    let server = try ScriptedServer(
      answer: "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: \(challenge)\r\n"
        + "Content-Length: 2\r\n\r\n{}")
    let client = try client()
    let taken = try seconds {
      let response = try client.send(tokenRequest(server.url()), timeout: 10)
      #expect(response.status == 401)
      #expect(response.headers["www-authenticate"] == challenge)
    }
    #expect(taken < 5)
    #expect(server.connections == 1)
  }

  @Test("a cookie isn't kept, a connection isn't reused")
  func noMemory() throws {
    let server = try ScriptedServer(
      answer: "HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n")
    let client = try client()
    for _ in 1...2 { _ = try client.send(tokenRequest(server.url()), timeout: 10) }
    #expect(server.connections == 2)
    #expect(server.requests.last?.lowercased().contains("cookie") == false)
  }

  @Test("no description of an answer shows its body")
  func redacted() {
    let response = HTTPResponse(status: 200, headers: ["a": "hidden"], body: Array("hidden".utf8))
    var dumped = ""
    dump(response, to: &dumped)
    for text in ["\(response)", String(reflecting: response), dumped] {
      #expect(!text.contains("hidden") && !text.contains("104"))
      #expect(text.contains("200"))
    }
  }
}
