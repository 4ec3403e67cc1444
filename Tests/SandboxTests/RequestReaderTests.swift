import Callback
import Testing

@testable import Sandbox

@Suite("The request reader")
struct RequestReaderTests {
  private func read(_ text: String) -> RequestReader.Progress {
    var reader = RequestReader()
    return reader.append(text.utf8)
  }

  @Test("a request is the same whole and byte by byte")
  func pieces() {
    let text = "POST /a?b=c?d HTTP/1.1\r\nHost: h\r\ncontent-LENGTH:  5 \r\n\r\nhello"
    let expected = RequestReader.Progress.complete(
      Request(
        method: "POST", target: "/a?b=c?d",
        headers: [HeaderField("Host", "h"), HeaderField("content-LENGTH", "5")],
        body: Array("hello".utf8)))
    #expect(read(text) == expected)
    var reader = RequestReader()
    for byte in text.utf8.dropLast() { #expect(reader.append([byte]) == .incomplete) }
    #expect(reader.append([UInt8(ascii: "o")]) == expected)
  }

  @Test("path and query part at the first question mark")
  func target() {
    guard case .complete(let request) = read("GET /a?b=c?d HTTP/1.1\r\n\r\n") else {
      Issue.record("not complete")
      return
    }
    #expect(request.path == "/a")
    #expect(request.query == "b=c?d")
  }

  @Test(
    "anything but an HTTP/1.1 request is refused",
    arguments: [
      ("GET / HTTP/2.0\r\n\r\n", 505), ("GET  / HTTP/1.1\r\n\r\n", 400), ("GET /\r\n\r\n", 400),
      ("GET http://h/ HTTP/1.1\r\n\r\n", 400), ("G(T / HTTP/1.1\r\n\r\n", 400),
      ("GET /é HTTP/1.1\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost : h\r\n\r\n", 400),
      ("GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n", 400), ("OPTIONS * HTTP/1.1\r\n\r\n", 400),
      ("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", 501),
      ("POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
      ("POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400),
      ("POST / HTTP/1.1\r\nContent-Length: \r\n\r\n", 400),
      ("POST / HTTP/1.1\r\nContent-Length: 65537\r\n\r\n", 413),
      ("POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n", 413), ("\r\n\r\n", 400),
    ])
  func refused(text: String, status: Int) { #expect(read(text) == .refused(status)) }

  @Test("a lone LF ends a line, and the content starts right behind the head")
  func loneLineFeed() {
    let expected = Request(
      method: "POST", target: "/", headers: [HeaderField("Content-Length", "2")],
      body: Array("ok".utf8))
    #expect(read("\r\nPOST / HTTP/1.1\nContent-Length: 2\n\nok") == .complete(expected))
  }

  @Test("a head may have 16 KiB and no byte more, ended or not")
  func headLimit() {
    let start = "GET / HTTP/1.1\r\nA: "
    let room = RequestReader.headLimit - start.utf8.count - 4
    let full = start + String(repeating: "a", count: room)
    guard case .complete = read(full + "\r\n\r\n") else {
      Issue.record("a head of 16 KiB was refused")
      return
    }
    #expect(read(full + "a\r\n\r\n") == .refused(431))
    #expect(read(full + "aaaaa") == .refused(431))
  }

  @Test("content may have 64 KiB")
  func bodyLimit() {
    let body = String(repeating: "b", count: RequestReader.bodyLimit)
    guard
      case .complete(let request) = read("POST / HTTP/1.1\r\nContent-Length: 65536\r\n\r\n\(body)")
    else {
      Issue.record("64 KiB were refused")
      return
    }
    #expect(request.body.count == 65536)
  }
}
