import Foundation
import TestSupport
import Testing

@testable import Callback

@Suite("The start address")
struct StartAddressTests {
  private static let destination =
    "https://x.example/authorize?client_id=app&state=\(ListeningLogin.state)"
  private static let cookie = "Cookie: xauth-login=\(ListeningLogin.cookie)\r\n"

  private func login(
    identity: TLSIdentity? = nil, holds: Bool = false, seconds: Double = 60, stay: Double = 0
  ) throws -> ListeningLogin {
    try ListeningLogin(
      identity: identity, holds: holds, seconds: seconds, stay: stay,
      destination: Self.destination)
  }

  /// Whether `answer` leads on to the authorization server.
  private func leadsOn(_ answer: String) -> Bool {
    answer.hasPrefix("HTTP/1.1 302 Found\r\n")
      && answer.contains("\r\nLocation: \(Self.destination)\r\n")
  }

  @Test("leads the browser that comes first to X, as often as it comes, and the login completes")
  func first() throws {
    let login = try login()
    let answer = try login.exchange(login.request("GET /start"))
    #expect(leadsOn(answer))
    #expect(
      answer.contains(
        "\r\nSet-Cookie: xauth-login=\(ListeningLogin.cookie); Path=/start; HttpOnly; SameSite=Lax\r\n"
      ))
    #expect(answer.contains("\r\nCache-Control: no-store\r\n"))
    #expect(answer.contains("\r\nReferrer-Policy: no-referrer\r\n"))
    for cookies in [Self.cookie, "cookie: a=b; xauth-login=\(ListeningLogin.cookie);c=d\r\n"] {
      #expect(leadsOn(try login.exchange(login.request("GET /start", cookies))))
    }
    #expect(login.events.isEmpty)
    #expect(try login.completes())
  }

  @Test(
    "tells a second client nothing, which is noted once",
    arguments: [
      "", "Cookie: xauth-login=another\r\n", "Cookie: xauth-login=\r\n",
      "Cookie: login=\(ListeningLogin.cookie)\r\n", "Cookie: xauth-login\r\n",
      "X-Cookie: xauth-login=\(ListeningLogin.cookie)\r\n",
    ])
  func second(fields: String) throws {
    let login = try login()
    _ = try login.exchange(login.request("GET /start"))
    for _ in 0..<2 {
      let answer = try login.exchange(login.request("GET /start", fields))
      #expect(answer.hasPrefix("HTTP/1.1 409 ") && answer.contains(Page.openedTwice.title))
      #expect(!answer.contains(ListeningLogin.state) && !answer.contains(ListeningLogin.cookie))
    }
    #expect(eventually { login.events == [.noteworthy(.openedTwice)] })
    #expect(leadsOn(try login.exchange(login.request("GET /start", Self.cookie))))
    #expect(try login.completes())
  }

  @Test(
    "isn't used up by what nobody looks at",
    arguments: [
      ("HEAD", "", 200), ("GET", "Sec-Purpose: prefetch\r\n", 204),
      ("GET", "Sec-Purpose: prefetch;prerender\r\n", 204), ("GET", "Purpose: prefetch\r\n", 204),
      ("GET", "x-moz: Prefetch\r\n", 204), ("GET", "X-Purpose: preview\r\n", 204),
    ])
  func unseen(method: String, fields: String, status: Int) throws {
    let login = try login()
    let answer = try login.exchange(login.request("\(method) /start", fields))
    #expect(answer.hasPrefix("HTTP/1.1 \(status) ") && answer.hasSuffix("\r\n\r\n"))
    #expect(!answer.contains("Location:") && !answer.contains("Cookie:"))
    #expect(leadsOn(try login.exchange(login.request("GET /start"))))
    #expect(login.events.isEmpty)
  }

  @Test("goes by the ladder: method and host come first, and nothing else is at another path")
  func ladder() throws {
    let login = try login()
    #expect(try login.exchange(login.request("POST /start")).hasPrefix("HTTP/1.1 405 "))
    let foreign = "GET /start HTTP/1.1\r\nHost: evil.example\r\n\r\n"
    #expect(try login.exchange(foreign).hasPrefix("HTTP/1.1 421 "))
    #expect(try login.exchange(login.request("GET /start/")).hasPrefix("HTTP/1.1 404 "))
    #expect(leadsOn(try login.exchange(login.request("GET /start?x"))))
    let none = try ListeningLogin()
    #expect(try none.exchange(none.request("GET /start")).hasPrefix("HTTP/1.1 404 "))
  }

  @Test("leads nowhere once the login is over: its browser sees the outcome, others don't")
  func over() throws {
    let login = try login(stay: 30)
    _ = try login.exchange(login.request("GET /start"))
    #expect(try login.completes())
    let opener = try login.exchange(login.request("GET /start", Self.cookie))
    #expect(opener.contains(Page.signedIn.title) && !opener.contains("Location:"))
    let other = try login.exchange(login.request("GET /start"))
    #expect(other.contains(Page.openedTwice.title))
    login.end()
    #expect(eventually { login.lateNotes == [.openedTwice] })
  }

  @Test("opened when the time is up, it shows that")
  func tooLate() throws {
    let login = try login(seconds: 0.1, stay: 30)
    #expect(eventually { login.events == [.deadline] })
    let answer = try login.exchange(login.request("GET /start"))
    #expect(answer.hasPrefix("HTTP/1.1 410 ") && answer.contains(Page.tooLate.title))
  }

  @Test("has a name of its own behind a proxy, and answers to no other")
  func behindProxy() throws {
    let redirect = try RedirectURI(scheme: .https, host: "auth.example", port: 443, path: "/cb")
    let local = try RedirectURI(scheme: .http, host: "127.0.0.1", port: 9000, path: "/")
    let expectation = CallbackExpectation(
      redirect: redirect, state: "s",
      start: StartAddress(at: local, path: "start", cookie: "c", leadingTo: "https://x.example/"))
    func decide(_ path: String, host: String) throws -> CallbackDecision {
      let text = "GET \(path) HTTP/1.1\r\nHost: \(host)\r\n\r\n"
      guard case .head(let head) = RequestHead.parse(Array(text.utf8)) else { throw NotAHead() }
      return .decide(head, expecting: expectation)
    }
    #expect(try decide("/start", host: "127.0.0.1:9000") == .start(hasCookie: false))
    #expect(try decide("/start", host: "auth.example") == .refuse(.foreignHost))
    #expect(try decide("/cb?state=s&code=c", host: "auth.example") == .authorized(code: "c"))
    #expect(try decide("/cb?state=s&code=c", host: "127.0.0.1:9000") == .refuse(.foreignHost))
  }

  private struct NotAHead: Error {}

  @Test("Over https the cookie is for https alone")
  func secure() throws {
    let redirect = try RedirectURI(scheme: .https, host: "127.0.0.1", port: 1, path: "/cb")
    let start = StartAddress(at: redirect, path: "start", cookie: "c", leadingTo: "https://x/")
    #expect(start.setCookie.hasSuffix("; Secure"))
    #expect(start.address.uri == "https://127.0.0.1:1/start")
    #expect(!"\(start)".contains("https"), "it leads to the state")
  }
}
