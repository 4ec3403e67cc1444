import Foundation
import TestSupport
import Testing

@testable import Callback

@Suite("A browser is redirected away from the code")
struct RedirectedBrowserTests {
  private static let outcome = "/cb?state=\(ListeningLogin.state)"

  @Test("It gets the page at an address with only the state, and the login ends")
  func followed() throws {
    let login = try ListeningLogin()
    let answer = try login.exchange(login.browsersRequest)
    #expect(answer.hasPrefix("HTTP/1.1 303 See Other\r\n"))
    #expect(answer.contains("\r\nLocation: \(login.address)\(Self.outcome)\r\n"))
    #expect(answer.contains("\r\nCache-Control: no-store\r\n"))
    #expect(answer.contains(Page.signedIn.title), "for whoever doesn't follow")

    let page = try login.exchange(
      login.request("GET \(Self.outcome)", ListeningLogin.browsersFields))
    #expect(page.hasPrefix("HTTP/1.1 200 OK\r\n"))
    #expect(page.contains(Page.signedIn.title) && !page.contains("Location:"))
    #expect(login.events == [.authorized(code: ListeningLogin.code)])
    #expect(eventually(within: 1) { login.isFinished })
  }

  @Test("A denial has no code to hide, and stays where it is")
  func denied() throws {
    let login = try ListeningLogin()
    let answer = try login.exchange(
      login.request("GET \(Self.outcome)&error=access_denied", ListeningLogin.browsersFields))
    #expect(answer.hasPrefix("HTTP/1.1 403 ") && answer.contains(Page.denied.title))
    #expect(eventually(within: 1) { login.isFinished })
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
    #expect(eventually(within: 10) { login.isFinished })
  }

  @Test("A browser that left before the outcome was known isn't waited for")
  func gone() throws {
    let login = try ListeningLogin(holds: true, patience: 30)
    var peer: Peer? = try Peer(port: login.port)
    peer?.send(login.browsersRequest)
    #expect(eventually { login.events.count == 1 })
    peer?.resetOnClose()
    peer = nil
    login.release()
    #expect(eventually(within: 10) { login.isFinished })
  }

  @Test("A signal ends the wait for a browser that doesn't follow")
  func interrupted() throws {
    var ends: [Int32] = [0, 0]
    #expect(pipe(&ends) == 0)
    defer { for end in ends { close(end) } }
    let login = try ListeningLogin(holds: true, patience: 30, signal: ends[0])
    let browser = try Peer(port: login.port)
    browser.send(login.browsersRequest)
    #expect(eventually { login.events.count == 1 })
    login.release()
    #expect(browser.readToEnd().hasPrefix("HTTP/1.1 303 "))
    #expect(write(ends[1], "x", 1) == 1)
    #expect(eventually(within: 10) { login.isFinished })
  }

  @Test("Two redirected browsers both get the page, even when a third one fetched it first")
  func everybody() throws {
    let login = try ListeningLogin(holds: true)
    let peers = try (0..<2).map { _ in try Peer(port: login.port) }
    for peer in peers { peer.send(login.browsersRequest) }
    #expect(eventually { login.events.count == 1 })
    login.release()
    for peer in peers { #expect(peer.readToEnd().hasPrefix("HTTP/1.1 303 ")) }
    for _ in 0..<2 {
      #expect(try login.exchange(login.request("GET \(Self.outcome)")).hasPrefix("HTTP/1.1 200 "))
    }
    #expect(eventually(within: 10) { login.isFinished })
    #expect(throws: Peer.CantConnect.self) { try Peer(port: login.port) }
  }

  @Test("Before there is an outcome the state alone is told nothing, and consumes nothing")
  func tooEarly() throws {
    let login = try ListeningLogin()
    let answer = try login.exchange(login.request("GET \(Self.outcome)"))
    #expect(answer.hasPrefix("HTTP/1.1 400 "))
    #expect(login.events.isEmpty)
    #expect(try login.completes())
  }

  @Test("Another login's code leaves the address bar too")
  func anotherLogins() throws {
    let login = try ListeningLogin()
    let answer = try login.exchange(
      login.request("GET /cb?state=another&code=another", ListeningLogin.browsersFields))
    #expect(
      answer.hasPrefix("HTTP/1.1 303 ") && answer.contains("\r\nLocation: \(login.address)/cb\r\n"))
    let page = try login.exchange(login.request("GET /cb", ListeningLogin.browsersFields))
    #expect(page.hasPrefix("HTTP/1.1 400 ") && page.contains(Page.notThisLogin.title))
    #expect(try login.completes())
  }

  @Test(
    "Only a request that names HTML is from a browser that shows the address",
    arguments: [
      ("text/html", true), ("*/*, TEXT/HTML ;q=0.3", true),
      ("application/xhtml+xml,text/html", true), ("*/*", false), ("text/*", false),
      ("application/json, text/htmlx", false), ("", false),
    ])
  func showsCode(accept: String, isBrowser: Bool) throws {
    for (query, hasCode) in [("?code=c", true), ("?error=e", false), ("", false)] {
      let text = "GET /\(query) HTTP/1.1\r\nAccept: \(accept)\r\n\r\n"
      guard case .head(let head) = RequestHead.parse(Array(text.utf8)) else {
        Issue.record("no head")
        return
      }
      #expect(head.showsCode == (isBrowser && hasCode))
    }
  }
}
