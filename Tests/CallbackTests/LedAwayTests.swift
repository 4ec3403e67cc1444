import TestSupport
import Testing

@testable import Callback

@Suite("A browser is led away from the code", .timeLimit(.minutes(1)))
struct LedAwayTests {
  private static let outcome = "/cb?state=\(ListeningLogin.state)"

  @Test("It gets the page at an address with the state alone, and then nobody is waited for")
  func followed() throws {
    let login = try ListeningLogin()
    let answer = try login.exchange(login.browsersRequest)
    #expect(answer.hasPrefix("HTTP/1.1 303 See Other\r\n"))
    #expect(answer.contains("\r\nLocation: \(Self.outcome)\r\n"))
    #expect(answer.contains("\r\nCache-Control: no-store\r\n"))
    #expect(answer.contains(Page.signedIn.title), "for whoever doesn't follow")

    let page = try login.exchange(
      login.request("GET \(Self.outcome)", ListeningLogin.browsersFields))
    #expect(page.hasPrefix("HTTP/1.1 200 OK\r\n"))
    #expect(page.contains(Page.signedIn.title) && !page.contains("Location:"))
    #expect(login.events == [.authorized(code: ListeningLogin.code)])
    #expect(eventually(within: 1) { login.isFinished })
  }

  @Test("A denial's page has the status of a denial there")
  func denied() throws {
    let login = try ListeningLogin()
    let answer = try login.exchange(
      login.request("GET \(Self.outcome)&error=access_denied", ListeningLogin.browsersFields))
    #expect(answer.hasPrefix("HTTP/1.1 303 "))
    let page = try login.exchange(login.request("GET \(Self.outcome)"))
    #expect(page.hasPrefix("HTTP/1.1 403 ") && page.contains(Page.denied.title))
  }

  @Test("Strangers neither take the page away nor end the wait for the browser")
  func strangers() throws {
    let login = try ListeningLogin()
    #expect(try login.exchange(login.browsersRequest).hasPrefix("HTTP/1.1 303 "))
    for target in ["/cb", "/cb?state=another", "/", "/favicon.ico"] {
      let answer = try login.exchange(login.request("GET \(target)", ListeningLogin.browsersFields))
      #expect(answer.hasPrefix("HTTP/1.1 4"), "\(target)")
      #expect(!answer.contains(Page.signedIn.title) && !login.isFinished, "\(target)")
    }
    #expect(try login.exchange(login.request("GET \(Self.outcome)")).hasPrefix("HTTP/1.1 200 "))
  }

  @Test("A browser that doesn't follow is waited for, but not for ever")
  func notFollowed() throws {
    let login = try ListeningLogin(patience: 0.3)
    #expect(try login.exchange(login.browsersRequest).hasPrefix("HTTP/1.1 303 "))
    #expect(eventually(within: 3) { login.isFinished })
  }

  @Test("One that left before the outcome was known isn't waited for")
  func gone() throws {
    let login = try ListeningLogin(holds: true, patience: 30)
    var peer: Peer? = try Peer(port: login.port)
    peer?.send(login.browsersRequest)
    #expect(eventually { login.events.count == 1 })
    peer?.resetOnClose()
    peer = nil
    login.release()
    #expect(eventually(within: 3) { login.isFinished })
  }

  @Test("Before there is an outcome the state alone is told nothing, and consumes nothing")
  func tooEarly() throws {
    let login = try ListeningLogin()
    let answer = try login.exchange(login.request("GET \(Self.outcome)"))
    #expect(answer.hasPrefix("HTTP/1.1 400 "))
    #expect(login.events.isEmpty)
    #expect(try login.completes())
  }

  @Test("While the exchange is under way, a browser that loads again is led away as well")
  func again() throws {
    let login = try ListeningLogin(holds: true)
    let peers = try (0..<2).map { _ in try Peer(port: login.port) }
    for peer in peers { peer.send(login.browsersRequest) }
    #expect(eventually { login.events.count == 1 })
    login.release()
    for peer in peers { #expect(peer.readToEnd().hasPrefix("HTTP/1.1 303 ")) }
    #expect(try login.exchange(login.request("GET \(Self.outcome)")).hasPrefix("HTTP/1.1 200 "))
    #expect(eventually(within: 3) { login.isFinished })
  }

  @Test("Another login's code leaves the address bar too")
  func anotherLogins() throws {
    let login = try ListeningLogin()
    let answer = try login.exchange(
      login.request("GET /cb?state=another&code=another", ListeningLogin.browsersFields))
    #expect(answer.hasPrefix("HTTP/1.1 303 ") && answer.contains("\r\nLocation: /cb\r\n"))
    let page = try login.exchange(login.request("GET /cb", ListeningLogin.browsersFields))
    #expect(page.hasPrefix("HTTP/1.1 400 ") && page.contains(Page.notThisLogin.title))
    #expect(try login.completes())
  }

  @Test(
    "Only who asks for HTML by name has an address bar",
    arguments: [
      ("text/html", true), ("*/*, TEXT/HTML ;q=0.3", true),
      ("application/xhtml+xml,text/html", true),
      ("*/*", false), ("text/*", false), ("application/json, text/htmlx", false), ("", false),
    ])
  func asksForHTML(accept: String, isBrowser: Bool) throws {
    let head = RequestHead.parse(Array("GET / HTTP/1.1\r\nAccept: \(accept)\r\n\r\n".utf8))
    guard case .head(let head) = head else {
      Issue.record("no head")
      return
    }
    #expect(head.asksForHTML == isBrowser)
  }
}
