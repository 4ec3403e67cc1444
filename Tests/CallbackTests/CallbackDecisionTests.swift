import Testing

@testable import Callback

@Suite("Callback decision")
struct CallbackDecisionTests {
  private static let state = "S-tate_0123456789"

  private func decide(
    _ target: String, method: String = "GET", hosts: [String] = ["127.0.0.1:8976"],
    redirect: RedirectURI? = nil, state: String = state
  ) throws -> CallbackDecision {
    let fields = hosts.map { "Host: \($0)\r\n" }.joined()
    let bytes = Array("\(method) \(target) HTTP/1.1\r\n\(fields)\r\n".utf8)
    guard case .head(let head) = RequestHead.parse(bytes) else { throw NotAHead() }
    let ordinary = try RedirectURI(
      scheme: .http, host: "127.0.0.1", port: 8976, path: "/oauth/callback")
    return CallbackDecision.decide(
      head, expecting: CallbackExpectation(redirect: redirect ?? ordinary, state: state))
  }

  private struct NotAHead: Error {}

  @Test("The true callback gives its code, decoded")
  func authorized() throws {
    #expect(
      try decide("/oauth/callback?state=\(Self.state)&code=a%2Fb") == .authorized(code: "a/b"))
    #expect(try decide("/oauth/callback?code=c&x=y&state=\(Self.state)") == .authorized(code: "c"))
    #expect(
      try decide("http://127.0.0.1:8976/oauth/callback?code=c&state=\(Self.state)")
        == .authorized(code: "c"))
  }

  @Test("An error is believed with the state, goes before a code, and needs no description")
  func denied() throws {
    #expect(
      try decide("/oauth/callback?error=access_denied&state=\(Self.state)")
        == .denied(error: "access_denied", description: nil))
    #expect(
      try decide("/oauth/callback?error=e&error_description=no+way&code=c&state=\(Self.state)")
        == .denied(error: "e", description: "no way"))
  }

  @Test(
    "Every method but GET and HEAD is refused first, even with everything right",
    arguments: ["POST", "PUT", "DELETE", "OPTIONS", "get", "TRACE", "PATCH"])
  func methods(method: String) throws {
    #expect(
      try decide("/oauth/callback?code=c&state=\(Self.state)", method: method)
        == .refuse(.methodNotAllowed))
    #expect(try decide("/x", method: method, hosts: ["evil"]) == .refuse(.methodNotAllowed))
  }

  @Test(
    "A foreign Host is refused before the path is looked at",
    arguments: [
      "evil.example", "evil.example:8976", "localhost:8976", "127.0.0.1", "127.0.0.1:80",
      "127.0.0.1:08976", "127.0.0.1:8976.", "127.1:8976", "[::1]:8976", "", "127.0.0.1:8976,evil",
    ])
  func foreignHost(host: String) throws {
    #expect(
      try decide("/oauth/callback?code=c&state=\(Self.state)", hosts: [host])
        == .refuse(.foreignHost))
    #expect(try decide("/other", hosts: [host]) == .refuse(.foreignHost))
  }

  @Test("No Host and two Hosts are refused; an absolute target must name the redirect as well")
  func malformedHost() throws {
    let target = "/oauth/callback?code=c&state=\(Self.state)"
    #expect(try decide(target, hosts: []) == .refuse(.malformedHost))
    let right = "127.0.0.1:8976"
    #expect(try decide(target, hosts: [right, right]) == .refuse(.malformedHost))
    #expect(try decide("http://evil.example\(target)") == .refuse(.foreignHost))
    #expect(try decide("http://user@127.0.0.1:8976\(target)") == .refuse(.foreignHost))
  }

  @Test("The default port may be left out of Host, and no other")
  func defaultPort() throws {
    let https = try RedirectURI(scheme: .https, host: "l.example", port: 443, path: "/cb")
    let target = "/cb?code=c&state=\(Self.state)"
    for host in ["l.example", "L.Example:443"] {
      #expect(try decide(target, hosts: [host], redirect: https) == .authorized(code: "c"))
    }
    #expect(try decide(target, hosts: ["l.example:80"], redirect: https) == .refuse(.foreignHost))
    let ipv6 = try RedirectURI(scheme: .http, host: "::1", port: 9, path: "/cb")
    #expect(try decide(target, hosts: ["[::1]:9"], redirect: ipv6) == .authorized(code: "c"))
  }

  @Test(
    "Only the exact path counts: nothing is resolved, decoded or folded",
    arguments: [
      "/", "/favicon.ico", "//oauth/callback", "/oauth//callback", "/oauth/callback/",
      "/oauth/%63allback", "/oauth/./callback", "/oauth/%2e/callback", "/x/../oauth/callback",
      "/OAuth/callback", "/oauth/callback;x", "/oauth/callback%00", "/oauth\\callback",
    ])
  func otherPath(path: String) throws {
    #expect(try decide("\(path)?code=c&state=\(Self.state)") == .refuse(.otherPath))
  }

  @Test(
    "A missing, wrong or repeated state is not this login, whatever else is said",
    arguments: [
      "", "?", "?code=c", "?error=access_denied", "?state=", "?state&code=c", "?state=wrong&code=c",
      "?state=wrong&error=access_denied", "?State=\(state)&code=c", "?state=\(state)x&code=c",
      "?state=\(state.dropLast())&code=c", "?state=\(state.lowercased())&code=c",
      "?state=\(state)&state=\(state)&code=c", "?state=wrong&state=\(state)&code=c",
      "?state=\(state)&state=&error=access_denied", "?state=\(state)%00&code=c", "#state=\(state)",
    ])
  func notThisLogin(query: String) throws {
    guard !query.hasPrefix("#") else {
      #expect(throws: NotAHead.self) { try decide("/oauth/callback\(query)") }
      return
    }
    #expect(try decide("/oauth/callback\(query)") == .refuse(.notThisLogin))
    #expect(try decide("/oauth/callback\(query)", method: "HEAD") == .refuse(.notThisLogin))
  }

  @Test("HEAD with the state is answered and decides nothing")
  func headRequest() throws {
    let target = "/oauth/callback?code=c&state=\(Self.state)"
    #expect(try decide(target, method: "HEAD") == .respondEmpty(status: 200))
  }

  @Test(
    "The right state with nothing to believe is refused",
    arguments: [
      "&code=", "&code=a&code=b", "&error=a&error=b&code=c", "&code=a%00b", "&code=%C3%A9",
    ])
  func malformedResponse(rest: String) throws {
    #expect(
      try decide("/oauth/callback?state=\(Self.state)\(rest)") == .refuse(.malformedResponse))
  }

  @Test(
    "The state alone marks a browser that was redirected away from the code")
  func returned() throws {
    #expect(try decide("/oauth/callback?state=\(Self.state)") == .returned)
    #expect(try decide("/oauth/callback?state=\(Self.state)&x=y") == .returned)
    #expect(try decide("/oauth/callback") == .refuse(.notThisLogin))
    #expect(
      try decide("/oauth/callback?state=\(Self.state)", method: "HEAD")
        == .respondEmpty(status: 200))
  }

  @Test("An empty expected state accepts nothing")
  func emptyState() throws {
    #expect(try decide("/oauth/callback?state=&code=c", state: "") == .refuse(.notThisLogin))
  }

  @Test("Neither code nor state is ever printed")
  func secrecy() throws {
    let redirect = try RedirectURI(scheme: .http, host: "::1", port: 1, path: "/")
    let values: [Any] = [
      CallbackDecision.authorized(code: "SECRET"), ListenerEvent.authorized(code: "SECRET"),
      PastedRedirect.code("SECRET"), FormQuery("code=SECRET"),
      CallbackExpectation(redirect: redirect, state: "SECRET"),
    ]
    for value in values {
      var dumped = ""
      dump(value, to: &dumped)
      #expect(!"\(value)\(String(reflecting: value))\(dumped)".contains("SECRET"))
    }
  }
}
