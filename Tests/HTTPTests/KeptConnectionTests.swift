import Foundation
import HTTP
import TestSupport
import Testing

@Suite("A connection that is kept")
struct KeptConnectionTests {
  private let empty = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"

  /// A server that answers all that comes with an empty body, and keeps the connection.
  private func patientServer() throws -> ScriptedServer {
    try ScriptedServer { [empty] peer in
      while !peer.readRequest().isEmpty { peer.send(empty) }
    }
  }

  @Test(
    "a request whose kept connection ends as it comes isn't sent again",
    arguments: [("GET", StreamedRequest.Body.none), ("POST", .sized(5)), ("POST", .unsized)],
    [true, false])
  func neverTwice(request: (method: String, body: StreamedRequest.Body), byReset: Bool) throws {
    let server = try ScriptedServer { [empty] peer in
      peer.readRequest()
      peer.send(empty)
      peer.readRequest()
      if byReset { peer.reset() }
    }
    let connection = try HTTPConnection(client())
    _ = try connection.answer(to: streamed("GET", server.url()))
    let failure = connection.failure(
      of: streamed(request.method, server.url(), request.body), StreamedExchange("hello"))
    #expect(failure?.cause == .connectionLost)
    #expect(failure?.mayHaveReachedServer == true)
    // What came again would have come before this.
    _ = try connection.answer(to: streamed("PUT", server.url()))
    #expect(
      server.requests.prefix(3).map { $0.prefix { $0 != " " } } == [
        "GET", "\(request.method)", "PUT",
      ])
    #expect(server.connections == 2)
  }

  @Test(
    "what the server closed between two requests isn't used again, and the next one comes through")
  func closedBetween() throws {
    let server = try ScriptedServer(answer: empty)
    let connection = try HTTPConnection(client())
    _ = try connection.answer(to: streamed("GET", server.url()))
    // The server takes one connection at a time: with this one, the first is closed.
    let next = try Peer(port: server.port)
    #expect(eventually { server.connections == 2 })
    next.shutdownWriting()
    #expect(
      try connection.answer(to: streamed("POST", server.url(), .sized(2)), "ab").status == 200)
    #expect(server.connections == 3)
  }

  @Test("one connection does for all requests, whatever their methods and answers")
  func kept() throws {
    let server = try ScriptedServer { peer in
      while case let request = peer.readRequest(), !request.isEmpty {
        let path = request.split(separator: " ")[1]
        switch path {
        case "/chunked":
          peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n")
        case "/304": peer.send("HTTP/1.1 304 Not Modified\r\nContent-Length: 99\r\n\r\n")
        case "/204": peer.send("HTTP/1.1 204 No Content\r\n\r\n")
        default: peer.send("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n")
        }
        if path == "/body" { peer.send("abc") }
      }
    }
    let connection = try HTTPConnection(client())
    for (method, path, body) in [
      ("GET", "/chunked", "abc"), ("HEAD", "/", ""), ("GET", "/304", ""), ("DELETE", "/204", ""),
      ("GET", "/body", "abc"),
    ] {
      #expect(try connection.answer(to: streamed(method, server.url(path))).text == body)
    }
    let posted = try connection.answer(
      to: streamed("POST", server.url("/body"), .sized(5)), "hello")
    #expect(posted.text == "abc")
    #expect(server.connections == 1)
  }

  @Test("many requests and connections leave no descriptor behind")
  func descriptors() throws {
    let server = try patientServer()
    let client = try client()
    // Other tests open and close theirs meanwhile.
    func open() throws -> Int {
      try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
    }
    func sendOnAll(_ times: Int) throws {
      for _ in 1...times {
        _ = try HTTPConnection(client).answer(to: streamed("POST", server.url(), .sized(2)), "ab")
      }
    }
    try sendOnAll(1)
    let before = try open()
    try sendOnAll(200)
    let connection = HTTPConnection(client)
    for _ in 1...300 { _ = try connection.answer(to: streamed("GET", server.url())) }
    #expect(eventually { (try? open()).map { $0 < before + 100 } ?? false })
    #expect(server.connections == 202)
  }
}
