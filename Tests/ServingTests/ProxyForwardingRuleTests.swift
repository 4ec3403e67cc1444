import Callback
import HTTP
import OAuth
import Testing

@testable import Serving

@Suite("What the proxy passes on")
struct ProxyForwardingRuleTests {
  private static let secret = "Zm9yLXRoZS10ZXN0cy1vbmx5"

  private func decide(
    _ path: String, method: String = "GET", version: String = "HTTP/1.1", behindSecret: Bool = true,
    _ fields: [String] = []
  ) throws -> ForwardingRule.Decision {
    let fields =
      fields.contains { $0.hasPrefix("Host") } ? fields : ["Host: 127.0.0.1:8979"] + fields
    let target = behindSecret ? "/\(Self.secret)\(path)" : path
    let text = (["\(method) \(target) \(version)"] + fields + ["", ""]).joined(separator: "\r\n")
    guard case .head(let head) = RequestHead.parse(Array(text.utf8), allowsBareLF: false) else {
      throw NotAHead(text: text)
    }
    return ForwardingRule(port: 8979, secret: Secret(Self.secret)).decide(head)
  }

  private struct NotAHead: Error { let text: String }

  private func status(_ decision: ForwardingRule.Decision) -> Int? {
    if case .refuse(let refusal) = decision { refusal.status } else { nil }
  }

  private func forwarded(_ decision: ForwardingRule.Decision) throws -> ForwardedRequest {
    guard case .forward(let request) = decision else { throw NotAHead(text: "\(decision)") }
    return request
  }

  // MARK: Paths

  @Test(
    "a path of the API or of the MCP server is sent as it was checked",
    arguments: [
      ("/2/users/me", "/2/users/me"), ("/2/tweets/", "/2/tweets/"), ("/mcp", "/mcp"),
      ("/mcp/", "/mcp/"), ("/2/a/../b", "/2/b"), ("/2/a/./b", "/2/a/b"), ("/2/a/..", nil),
      ("/2/%61%2D%7e", "/2/a-~"), ("/2/%2e%2E/2/x", "/2/x"), ("/2/a%20b%3F%23", "/2/a%20b%3F%23"),
      ("/2/%e2%82%ac", "/2/%E2%82%AC"), ("/2/a;v=1", "/2/a;v=1"), ("/2/a%3Bv", "/2/a;v"),
      ("/x/../2/y", "/2/y"), ("/2/x/.", "/2/x/"), ("/2/x/y/..", "/2/x/"),
      ("/2/oauth3", "/2/oauth3"), ("/2/\"<>|^`{}", "/2/%22%3C%3E%7C%5E%60%7B%7D"),
    ] as [(String, String?)])
  func paths(path: String, sent: String?) throws {
    guard let sent else {
      #expect(status(try decide(path)) == 403)
      return
    }
    #expect(try forwarded(decide(path)).path == sent)
  }

  @Test(
    "a path that two programs could read in two ways is refused",
    arguments: [
      "/2/a%2fb", "/2/a%2Fb", "/2/a%5cb", "/2/a\\b", "/2/%00", "/2/%0d%0a", "/2/%7f", "/2/%ff",
      "/2/%c0%af", "/2/%ed%a0%80", "/2/%252e%252e/x", "/2/%25", "/2/%", "/2/%4", "/2/%zz", "//2/x",
      "/2//x", "/2/x//", "/../2/x", "/2/../../x", "/%2e%2e/2/x", "/2/..;/x", "/2/.;a/x", "/2/;a/x",
      "/2/%2e%2e;/x", "/2/%2e%2e%3b/x",
    ])
  func brokenPaths(path: String) throws {
    #expect(status(try decide(path)) == 400)
  }

  @Test(
    "where tokens are issued, and all else that isn't the API, is out of reach",
    arguments: [
      "", "/", "/2", "/2/", "/1.1/x", "/22/x", "/2x/y", "/mcp/x", "/mcpx", "/MCP", "/2;a/../x",
      "/2/oauth2/token", "/2/OAuth2/revoke", "/2/oauth/x", "/2/%6fauth2/token", "/2/x/oauth2",
      "/2/oauth2;a/token", "/2/x/../oauth2/token", "/oauth2/token", "/i/oauth2/authorize", "/2/..",
      "/2/oauth2%3ba/token", "/\u{2}2/x".replacing("\u{2}", with: "%20"),
    ])
  func otherPaths(path: String) throws {
    #expect(status(try decide(path)) == 403)
  }

  @Test("a path that was decided about is decided about alike when it comes again")
  func stable() throws {
    for path in ["/2/a%20b%3F/../c;d/", "/2/%e2%82%ac/%7E", "/mcp"] {
      let once = try forwarded(decide(path)).path
      #expect(try forwarded(decide(once)).path == once)
    }
  }

  @Test("a query is passed on as it came, but for a backslash")
  func query() throws {
    #expect(try forwarded(decide("/2/x?a=%2f&b=//..?c")).query == "a=%2f&b=//..?c")
    #expect(try forwarded(decide("/2/x")).query == nil)
    #expect(try forwarded(decide("/2/x?")).query == "")
    #expect(status(try decide("/2/x?a=\\")) == 400)
  }

  // MARK: Who may use it

  @Test(
    "without the secret the answer is the same, whatever else the request has",
    arguments: [
      "/", "/2/users/me", "/\(secret)x/2/x", "/\(secret.dropLast())/2/x", "/x/../\(secret)/2/x",
      "//\(secret)/2/x", "*",
    ])
  func noSecret(path: String) throws {
    let fields = [
      [], ["Content-Length: 1", "Transfer-Encoding: chunked"], ["Content-Length: x"],
      ["Authorization: Bearer a"],
    ]
    for fields in fields {
      let decision = try decide(
        path, method: path == "*" ? "OPTIONS" : "GET", behindSecret: false, fields)
      #expect(status(decision) == 404)
      #expect(try decision == decide("/", behindSecret: false))
    }
    #expect(status(try decide("/2/%00/oauth2", behindSecret: false)) == 404)
  }

  @Test("no request is passed on when the secret is empty")
  func emptySecret() throws {
    guard
      case .head(let head) = RequestHead.parse(
        Array("GET //2/x HTTP/1.1\r\nHost: 127.0.0.1:1\r\n\r\n".utf8))
    else { throw NotAHead(text: "") }
    #expect(status(ForwardingRule(port: 1, secret: Secret("")).decide(head)) == 404)
  }

  @Test(
    "only our own name and port are answered",
    arguments: [
      ([], 400), (["Host: 127.0.0.1:8979", "Host: 127.0.0.1:8979"], 400), (["Host:"], 421),
      (["Host: 127.0.0.1"], 421), (["Host: 127.0.0.1:8980"], 421),
      (["Host: evil.example:8979"], 421),
      (["Host: 127.0.0.1:8979.evil.example"], 421), (["Host: [::1]:8979"], 421),
      (["Host: u@127.0.0.1:8979"], 421), (["Host: LOCALHOST:8979"], nil),
    ] as [([String], Int?)])
  func hosts(fields: [String], wanted: Int?) throws {
    let text = (["GET /\(Self.secret)/2/x HTTP/1.1"] + fields + ["", ""]).joined(separator: "\r\n")
    guard case .head(let head) = RequestHead.parse(Array(text.utf8)) else {
      throw NotAHead(text: text)
    }
    let rule = ForwardingRule(port: 8979, secret: Secret(Self.secret))
    #expect(status(rule.decide(head)) == wanted)
  }

  @Test("an absolute target must be ours as well")
  func absoluteTargets() throws {
    let path = "/\(Self.secret)/2/x"
    #expect(
      try forwarded(decide("http://localhost:8979\(path)", behindSecret: false)).path == "/2/x")
    #expect(status(try decide("http://api.x.com\(path)", behindSecret: false)) == 421)
    #expect(status(try decide("http://127.0.0.1:8979@x\(path)", behindSecret: false)) == 421)
  }

  @Test("web pages are refused, with the secret and without")
  func webPages() throws {
    for behindSecret in [true, false] {
      for field in [
        "Origin: https://evil.example", "Origin: null", "Origin: http://127.0.0.1:8979",
        "Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: same-origin", "Sec-Fetch-Site: NONE",
        "Sec-Fetch-Site:",
      ] {
        #expect(status(try decide("/2/x", behindSecret: behindSecret, [field])) == 403)
      }
    }
    #expect(
      status(try decide("/2/x", ["Sec-Fetch-Site: none", "Sec-Fetch-Site: same-site"])) == 403)
    #expect(status(try decide("/2/x", ["Sec-Fetch-Site: none"])) == nil)
  }

  @Test("tunnels and echoes are refused, other methods passed on")
  func methods() throws {
    #expect(status(try decide("/2/x", method: "TRACE")) == 405)
    #expect(
      status(try decide("127.0.0.1:8979", method: "CONNECT", behindSecret: false)) == 405)
    for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PURGE"] {
      #expect(try forwarded(decide("/2/x", method: method)).method == method)
    }
  }

  // MARK: Framing

  @Test(
    "a length that isn't said in one plain way is refused",
    arguments: [
      ["Content-Length: 5", "Transfer-Encoding: chunked"],
      ["Content-Length: 5", "Content-Length: 5"],
      ["Content-Length: 5", "content-length: 6"], ["Content-Length: 5, 5"], ["Content-Length: +5"],
      ["Content-Length: -1"], ["Content-Length: 0x5"], ["Content-Length: 5 5"], ["Content-Length:"],
      ["Content-Length: ٣"], ["Content-Length: 9999999999999999999"],
      ["Transfer-Encoding: gzip"], ["Transfer-Encoding: gzip, chunked"],
      ["Transfer-Encoding: chunked, chunked"],
      ["Transfer-Encoding: chunked", "Transfer-Encoding: chunked"],
      ["Transfer-Encoding: identity"], ["Transfer-Encoding:"], ["Transfer-Encoding: \"chunked\""],
      ["Transfer-Encoding: xchunked"], ["Transfer-Encoding: chunked;q=1"],
    ])
  func framing(fields: [String]) throws {
    #expect(status(try decide("/2/x", method: "POST", fields)) == 400)
  }

  @Test("a length in one plain way is the body's")
  func bodies() throws {
    #expect(try forwarded(decide("/2/x", method: "POST")).body == .none)
    #expect(try forwarded(decide("/2/x", method: "POST", ["Content-Length: 0"])).body == .sized(0))
    #expect(try forwarded(decide("/2/x", ["content-length: 0012"])).body == .sized(12))
    #expect(try forwarded(decide("/2/x", ["Transfer-Encoding: CHUNKED"])).body == .unsized)
    let old = try decide("/2/x", version: "HTTP/1.0", ["Transfer-Encoding: chunked"])
    #expect(status(old) == 400)
  }

  // MARK: Fields

  @Test("credentials and what is about this connection stay here, the rest goes on as it came")
  func fields() throws {
    let request = try forwarded(
      decide(
        "/2/x",
        [
          "Authorization: OAuth dummy", "Cookie: a=b", "Expect: 100-continue", "Content-Length: 3",
          "Proxy-Authorization: Basic x", "Proxy-Connection: keep-alive", "proxy-anything: y",
          "Connection: close, X-Hop , upgrade", "X-Hop: 1", "Keep-Alive: 5", "TE: trailers",
          "Trailer: A", "Upgrade: websocket", "Forwarded: for=1", "X-Forwarded-For: 1.2.3.4",
          "X-FORWARDED-HOST: a", "Via: 1.1 b",
          "Referer: http://127.0.0.1:1/secret/2/y", "Accept: */*", "Mcp-Session-Id: s", "X-A: 1",
          "X-A: 2", "Content-Type: application/json",
        ]))
    #expect(
      request.headers == [
        HeaderField("Accept", "*/*"), HeaderField("Mcp-Session-Id", "s"), HeaderField("X-A", "1"),
        HeaderField("X-A", "2"), HeaderField("Content-Type", "application/json"),
      ])
    #expect(request.awaitsContinue)
    #expect(!request.keepsConnection)
  }

  @Test("a connection is kept in HTTP/1.1 unless the client closes it")
  func keepAlive() throws {
    #expect(try forwarded(decide("/2/x")).keepsConnection)
    #expect(try !forwarded(decide("/2/x", ["Connection: Close"])).keepsConnection)
    #expect(
      try !forwarded(decide("/2/x", version: "HTTP/1.0", ["Connection: keep-alive"]))
        .keepsConnection)
  }

  @Test("a request never prints its query or its fields")
  func secrecy() throws {
    let request = try forwarded(decide("/2/x?q=SECRET", ["X-A: SECRET"]))
    var dumped = ""
    dump(request, to: &dumped)
    #expect(!"\(request) \(dumped) \(ForwardingRule.Decision.forward(request))".contains("SECRET"))
  }
}
