import TestSupport
import Testing

@testable import Callback

@Suite("Request head")
struct RequestHeadTests {
  private func parse(_ text: String) -> RequestHead.ParseResult {
    RequestHead.parse(Array(text.utf8))
  }

  private func whole(_ text: String) -> RequestHead? {
    guard case .head(let head) = parse(text) else { return nil }
    return head
  }

  @Test("A browser's request is read into its parts, with nothing decoded")
  func ordinary() throws {
    let head = try #require(
      whole(
        "GET /oauth/%63allback?state=a%20b&code=c?d HTTP/1.1\r\nHost: h:1\r\nX-A:\t 1 \r\n\r\nbody")
    )
    #expect(head.method == "GET")
    #expect(head.target == "/oauth/%63allback?state=a%20b&code=c?d")
    #expect(head.path == "/oauth/%63allback")
    #expect(head.query == "state=a%20b&code=c?d")
    #expect(head.authority == nil)
    #expect(head.version == "HTTP/1.1")
    #expect(head.values(of: "hOsT") == ["h:1"])
    #expect(head.values(of: "x-a") == ["1"])
  }

  @Test("No query is told from an empty one")
  func query() {
    #expect(whole("GET /a HTTP/1.1\r\n\r\n")?.query == nil)
    #expect(whole("GET /a? HTTP/1.1\r\n\r\n")?.query == "")
  }

  @Test("Repeated fields are all visible")
  func repeated() {
    #expect(
      whole("GET / HTTP/1.1\r\nHost: a\r\nhost: b\r\n\r\n")?.values(of: "Host") == ["a", "b"])
  }

  @Test("A target in absolute form gives its authority and path")
  func absolute() {
    let absolute = whole("GET HTTP://evil.example:80/cb?x=1 HTTP/1.1\r\n\r\n")
    #expect(absolute?.authority == "evil.example:80")
    #expect(absolute?.path == "/cb")
    #expect(absolute?.query == "x=1")
    #expect(whole("GET http://h?q HTTP/1.1\r\n\r\n")?.path == "/")
  }

  @Test("CONNECT and OPTIONS * have no path")
  func pathless() {
    let connect = whole("CONNECT x.com:443 HTTP/1.1\r\n\r\n")
    #expect(connect?.authority == "x.com:443")
    #expect(connect?.path == nil)
    #expect(whole("OPTIONS * HTTP/1.1\r\n\r\n")?.path == nil)
  }

  @Test("A lone LF ends a line, and one empty line may come first")
  func robustness() {
    #expect(whole("\r\nGET / HTTP/1.0\nHost: a\n\n")?.values(of: "Host") == ["a"])
  }

  @Test(
    "Where a lone LF is not allowed, it makes a head malformed wherever it ends a line",
    arguments: [
      "\nGET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\nHost: a\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\n\n",
    ])
  func bareLF(text: String) {
    #expect(whole(text) != nil)
    #expect(RequestHead.parse(Array(text.utf8), allowsBareLF: false) == .malformed(status: 400))
    let proper = Array("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
    #expect(RequestHead.parse(proper, allowsBareLF: false) == RequestHead.parse(proper))
  }

  @Test(
    "A valid beginning is incomplete",
    arguments: [
      "", "\r\n", "G", "GET", "GET ", "GET / HTTP/1.1", "GET / HTTP/1.1\r\n",
      "GET / HTTP/1.1\r\nHost: a", "GET / HTTP/1.1\r\nHost: a\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\n\r",
    ])
  func incomplete(text: String) {
    #expect(parse(text) == .incomplete)
  }

  @Test(
    "Bytes that can't become a request are refused with 400",
    arguments: [
      "GET /\r\n", "GET / \r\n", "\r\n\r\n", "GET  / HTTP/1.1\r\n", "GET / HTTP/1.1 \r\n",
      " GET / HTTP/1.1\r\n", "G(T / HTTP/1.1\r\n", "GET / http/1.1\r\n", "GET / HTTP/1\r\n",
      "GET / HTTP/11\r\n", "GET cb HTTP/1.1\r\n", "GET * HTTP/1.1\r\n", "GET /#f HTTP/1.1\r\n",
      "GET /\u{e9} HTTP/1.1\r\n", "GET /\u{7f} HTTP/1.1\r\n", "GET ftp://h/ HTTP/1.1\r\n",
      "GET / HTTP/1.1\r\nno colon\r\n", "GET / HTTP/1.1\r\n: v\r\n", "GET / HTTP/1.1\r\nA : v\r\n",
      "GET / HTTP/1.1\r\nA: v\r\n folded\r\n", "GET / HTTP/1.1\r\nA: \u{0}\r\n",
      "GET / HTTP/1.1\r\nA: a\rb\r\n", "\u{16}\u{3}\u{1}", "\u{0}", "{\"json\":1}",
    ])
  func malformed(text: String) {
    #expect(parse(text) == .malformed(status: 400))
  }

  @Test("Other versions are 505, too many fields 431")
  func otherStatus() {
    #expect(parse("GET / HTTP/2.0\r\n") == .malformed(status: 505))
    #expect(parse("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n") == .malformed(status: 400))
    let fields = String(repeating: "A: b\r\n", count: 101)
    #expect(parse("GET / HTTP/1.1\r\n\(fields)\r\n") == .malformed(status: 431))
  }

  @Test("Any bytes give a result, and a result never changes as more bytes come")
  func anything() {
    var random = SeededGenerator(seed: 20_260_801)
    let seed = Array(
      "GET /oauth/callback?state=S&code=C HTTP/1.1\r\nHost: 127.0.0.1:8976\r\nA: b\r\n\r\n".utf8)
    for _ in 0..<5000 {
      var bytes = seed
      for _ in 0..<Int.random(in: 0...6, using: &random) {
        let index = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0...3, using: &random) {
        case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.remove(at: index)
        case 2: bytes.insert(UInt8.random(in: 0...255, using: &random), at: index)
        default: bytes.insert(contentsOf: bytes[..<index].suffix(20), at: index)
        }
      }
      let all = RequestHead.parse(bytes)
      let cut = RequestHead.parse(
        Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &random))))
      if cut != .incomplete { #expect(cut == all) }
    }
    for _ in 0..<3000 {
      let count = Int.random(in: 0...300, using: &random)
      _ = RequestHead.parse((0..<count).map { _ in UInt8.random(in: 0...255, using: &random) })
    }
  }

  @Test("A head never prints its target")
  func secrecy() throws {
    let head = try #require(whole("GET /cb?code=SECRET HTTP/1.1\r\nCookie: SECRET\r\n\r\n"))
    var dumped = ""
    dump(head, to: &dumped)
    dump(RequestHead.ParseResult.head(head), to: &dumped)
    #expect(!"\(head)\(String(reflecting: head))\(dumped)".contains("SECRET"))
  }
}
