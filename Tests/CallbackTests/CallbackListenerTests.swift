import Foundation
import TestSupport
import Testing

@testable import Callback

@Suite("Callback listener")
struct CallbackListenerTests {
  @Test("The true callback is an event, and its page comes with the promised fields")
  func authorized() throws {
    let login = try ListeningLogin()
    let answer = try login.exchange(login.trueRequest)
    #expect(login.events == [.authorized(code: ListeningLogin.code)])
    let parts = answer.components(separatedBy: "\r\n\r\n")
    #expect(parts.count == 2 && Array(parts[1].utf8) == Page.signedIn.html)
    #expect(
      parts[0].components(separatedBy: "\r\n") == [
        "HTTP/1.1 200 OK",
        "Content-Type: text/html; charset=utf-8",
        "Content-Length: \(Page.signedIn.html.count)",
        "Cache-Control: no-store",
        "Referrer-Policy: no-referrer",
        "X-Content-Type-Options: nosniff",
        "Content-Security-Policy: \(Page.contentSecurityPolicy)",
        "Cross-Origin-Opener-Policy: same-origin",
        "Connection: close",
      ])
    #expect(eventually { login.isFinished })
  }

  @Test("A denial with the state is an event, and its page says so")
  func denied() throws {
    let login = try ListeningLogin()
    let answer = try login.exchange(
      login.request("GET /cb?error=access_denied&state=\(ListeningLogin.state)"))
    #expect(answer.hasPrefix("HTTP/1.1 403 "))
    #expect(answer.contains(Page.denied.title))
    #expect(login.events == [.denied(error: "access_denied", description: nil)])
  }

  @Test("Other requests are refused, nothing of them is repeated, and the login goes on")
  func refusals() throws {
    let login = try ListeningLogin()
    let host = "Host: 127.0.0.1:\(login.port)\r\n"
    let query = "state=\(ListeningLogin.state)&code=MARKER"
    let requests: [(text: String, status: Int)] = [
      ("POST /cb?\(query) HTTP/1.1\r\n\(host)Content-Length: 6\r\n\r\nMARKER", 405),
      ("OPTIONS /cb?\(query) HTTP/1.1\r\n\(host)\r\n", 405),
      ("GET /cb?\(query) HTTP/1.1\r\nHost: MARKER.example\r\n\r\n", 421),
      ("GET /cb?\(query) HTTP/1.1\r\n\r\n", 400),
      ("GET http://MARKER.example/cb?\(query) HTTP/1.1\r\n\(host)\r\n", 421),
      ("GET /favicon.ico HTTP/1.1\r\n\(host)\r\n", 404),
      ("GET //cb?\(query) HTTP/1.1\r\n\(host)\r\n", 404),
      ("GET /%2e/cb?\(query) HTTP/1.1\r\n\(host)\r\n", 404),
      ("GET /cb?code=MARKER HTTP/1.1\r\n\(host)\r\n", 400),
      ("GET /cb?state=MARKER&code=MARKER HTTP/1.1\r\n\(host)\r\n", 400),
      ("GET /cb?state=MARKER&error=access_denied HTTP/1.1\r\n\(host)\r\n", 400),
      ("GET /cb?state=\(ListeningLogin.state)&\(query) HTTP/1.1\r\n\(host)\r\n", 400),
      ("GET /cb?\(query)\r\n", 400),
      ("MARKER\r\n\r\n", 400),
      ("\u{0}\u{1}\u{2}MARKER", 400),
      ("GET /cb HTTP/3.0\r\n", 505),
      ("GET /cb?x=\(String(repeating: "a", count: 20_000))", 431),
      ("GET / HTTP/1.1\r\nA: \(String(repeating: "MARKER", count: 5000))", 431),
    ]
    for (text, status) in requests {
      let answer = try login.exchange(text)
      #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(text.prefix(60)): \(answer.prefix(40))")
      #expect(!answer.contains("MARKER") && !answer.contains(ListeningLogin.state))
      #expect(!answer.contains("‹errno"), "no reset after \(text.prefix(60))")
    }
    let notes: [ListenerEvent] = [.noteworthy(.foreignHost), .noteworthy(.wrongState)]
    #expect(eventually { login.events == notes }, "each note once")
    #expect(try login.completes())
  }

  @Test("405 names the allowed methods")
  func allow() throws {
    let login = try ListeningLogin()
    #expect(try login.exchange(login.request("PUT /cb")).contains("\r\nAllow: GET, HEAD\r\n"))
  }

  @Test("HEAD with the state gets a head, and consumes nothing")
  func headRequest() throws {
    let login = try ListeningLogin()
    let target = "/cb?state=\(ListeningLogin.state)&code=\(ListeningLogin.code)"
    let answer = try login.exchange(login.request("HEAD \(target)"))
    #expect(answer.hasPrefix("HTTP/1.1 200 ") && answer.hasSuffix("\r\n\r\n"))
    let refused = try login.exchange(login.request("HEAD /other"))
    #expect(refused.hasPrefix("HTTP/1.1 404 ") && refused.hasSuffix("\r\n\r\n"))
    #expect(login.events.isEmpty)
    #expect(try login.completes())
  }

  @Test("A callback that a browser fetches in advance gets no page, and consumes nothing")
  func prefetch() throws {
    let login = try ListeningLogin()
    let target = "/cb?state=\(ListeningLogin.state)&code=\(ListeningLogin.code)"
    let answer = try login.exchange(login.request("GET \(target)", "Sec-Purpose: prefetch\r\n"))
    #expect(answer.hasPrefix("HTTP/1.1 204 No Content\r\n") && answer.hasSuffix("\r\n\r\n"))
    #expect(answer.contains("\r\nCache-Control: no-store\r\n"))
    let stranger = try login.exchange(
      login.request("GET /cb?state=wrong&code=c", "Sec-Purpose: prefetch\r\n"))
    #expect(stranger.hasPrefix("HTTP/1.1 400 "), "the state comes first")
    #expect(eventually { login.events == [.noteworthy(.wrongState)] })
    #expect(try login.completes())
  }

  @Test("For a moment the page can be loaded again; a signal ends it")
  func secondLoad() throws {
    var ends: [Int32] = [0, 0]
    #expect(pipe(&ends) == 0)
    defer { for end in ends { close(end) } }
    let login = try ListeningLogin(signal: ends[0], stay: 30)
    #expect(try login.completes())
    for request in [
      login.trueRequest, login.request("GET /cb?state=\(ListeningLogin.state)"),
    ] {
      let again = try login.exchange(request)
      #expect(again.hasPrefix("HTTP/1.1 200 ") && again.contains(Page.signedIn.title))
    }
    let stranger = try login.exchange(login.request("GET /cb?state=wrong"))
    #expect(!stranger.contains(Page.signedIn.title))
    #expect(login.events.filter { $0 == .authorized(code: ListeningLogin.code) }.count == 1)
    #expect(!login.isFinished)
    #expect(write(ends[1], "x", 1) == 1)
    #expect(eventually { login.isFinished })
    #expect(throws: Peer.CantConnect.self) { try Peer(port: login.port) }
  }

  @Test("A browser that comes just after the time was up learns that it is too late")
  func tooLate() throws {
    let login = try ListeningLogin(seconds: 0.1, stay: 30)
    #expect(eventually { login.events == [.deadline] })
    let answer = try login.exchange(login.trueRequest)
    #expect(answer.hasPrefix("HTTP/1.1 410 ") && answer.contains(Page.tooLate.title))
    #expect(login.events == [.deadline], "its code isn't used")
  }

  @Test("A request that comes in pieces, with a body or with another behind it is answered once")
  func pieces() throws {
    let login = try ListeningLogin()
    let peer = try Peer(port: login.port)
    for byte in login.request("GET /nothing").utf8 { peer.send([byte]) }
    #expect(peer.readToEnd().hasPrefix("HTTP/1.1 404 "))
    let twice = login.request("GET /nothing") + login.trueRequest
    #expect(try login.exchange(twice).components(separatedBy: "HTTP/1.1 ").count == 2)
    #expect(login.events.isEmpty, "nothing behind the first request is read")
    let body = String(repeating: "b", count: 300_000)
    let posted = try login.exchange(login.request("POST /cb") + body)
    #expect(posted.hasPrefix("HTTP/1.1 405 ") && !posted.contains("‹errno"))
    #expect(try login.completes())
  }

  @Test("A client that closes its writing side still gets its answer")
  func halfClosed() throws {
    let login = try ListeningLogin()
    let peer = try Peer(port: login.port)
    peer.send(login.trueRequest)
    peer.shutdownWriting()
    #expect(peer.readToEnd().contains(Page.signedIn.title))
  }

  @Test("200 silent connections don't keep the callback from coming, nor take descriptors")
  func silent() throws {
    let login = try ListeningLogin()
    let peers = try (0..<200).map { _ in try Peer(port: login.port) }
    // The oldest were evicted: all but the newest 64 are at their end.
    for peer in peers.prefix(200 - SocketLoop.connectionLimit) { #expect(peer.readToEnd().isEmpty) }
    #expect(sockets(at: login.port) <= SocketLoop.connectionLimit + 1)
    #expect(try login.completes())
  }

  @Test("Slow writers, half hellos, resets and garbage don't keep it from coming either")
  func hostile() throws {
    let login = try ListeningLogin()
    var peers: [Peer] = []
    var random = SeededGenerator(seed: 3)
    for index in 0..<300 {
      let peer = try Peer(port: login.port)
      switch index % 5 {
      case 0: peer.send("GET /cb?sta")
      case 1: peer.send([0x16, 0x03, 0x01, 0x02, 0x00, 0x01])
      case 2:
        peer.send("GET /cb")
        peer.resetOnClose()
        continue
      case 3: peer.send((0..<200).map { _ in UInt8.random(in: 0...255, using: &random) })
      default: peer.send("GET / HTTP/1.1\r\nA:")
      }
      peers.append(peer)
    }
    #expect(try login.completes())
    for peer in peers { peer.send("b") }
    #expect(eventually { login.isFinished })
  }

  @Test("Until the outcome is known the browser waits; a second request gets the same page")
  func duplicates() throws {
    let login = try ListeningLogin(holds: true)
    let first = try Peer(port: login.port)
    first.send(login.trueRequest)
    #expect(eventually { login.events.count == 1 })
    let second = try Peer(port: login.port)
    second.send(login.request("GET /cb?state=\(ListeningLogin.state)&code=another"))
    let stray = try Peer(port: login.port)
    stray.send(login.request("GET /favicon.ico"))
    _ = try Peer(port: login.port)
    login.release()
    #expect(first.readToEnd().contains(Page.signedIn.title))
    #expect(second.readToEnd().contains(Page.signedIn.title))
    #expect(stray.readToEnd().hasPrefix("HTTP/1.1 404 "))
    #expect(login.events == [.authorized(code: ListeningLogin.code)])
    #expect(eventually(within: 5) { login.isFinished })
  }

  @Test("The state is consumed once: a second callback is no second event")
  func consumedOnce() throws {
    let (listener, request) = try idleListener()
    let peers = try (0..<2).map { _ in try Peer(port: listener.redirect.port) }
    for peer in peers { peer.send(request) }
    #expect(listener.next(until: Monotonic.now + 5) == .authorized(code: "c"))
    #expect(listener.next(until: Monotonic.now + 0.2) == .deadline)
    listener.finish(with: .couldNotSave, within: 0.5)
    for peer in peers { #expect(peer.readToEnd().contains(Page.couldNotSave.title)) }
  }

  @Test("A browser that comes while a pasted code is exchanged gets the outcome as well")
  func cameMeanwhile() throws {
    let (listener, request) = try idleListener()
    let peer = try Peer(port: listener.redirect.port)
    peer.send(request)
    listener.finish(with: .signedIn, within: 0.5)
    #expect(peer.readToEnd().contains(Page.signedIn.title))
  }

  @Test("A callback that was read isn't sent away by newcomers before it has its answer")
  func readAndNotYetAnswered() throws {
    let (listener, request) = try idleListener()
    let browser = try Peer(port: listener.redirect.port)
    let others = try (1..<SocketLoop.connectionLimit).map { _ in
      try Peer(port: listener.redirect.port)
    }
    #expect(listener.next(until: Monotonic.now) == .deadline)
    // One turn reads what these have sent, and accepts the newcomers.
    browser.send(request)
    for other in others { other.send("GET /c") }
    let newcomers = try (0..<10).map { _ in try Peer(port: listener.redirect.port) }
    #expect(listener.next(until: Monotonic.now + 5) == .authorized(code: "c"))
    listener.finish(with: .signedIn, within: 0.5)
    #expect(browser.readToEnd().contains(Page.signedIn.title))
    withExtendedLifetime((others, newcomers)) {}
  }

  @Test("Answered connections are evicted before those that are still asking")
  func answeredGiveWayFirst() throws {
    let (listener, request) = try idleListener()
    let browser = try Peer(port: listener.redirect.port)
    browser.send(String(request.prefix(10)))
    let others = try (1..<SocketLoop.connectionLimit).map { _ in
      let peer = try Peer(port: listener.redirect.port)
      peer.send(request.replacingOccurrences(of: "/cb", with: "/x"))
      return peer
    }
    for _ in 0..<2 { #expect(listener.next(until: Monotonic.now) == .deadline) }
    let newcomers = try (0..<10).map { _ in try Peer(port: listener.redirect.port) }
    #expect(listener.next(until: Monotonic.now) == .deadline)
    browser.send(String(request.dropFirst(10)))
    #expect(listener.next(until: Monotonic.now + 5) == .authorized(code: "c"))
    listener.finish(with: .signedIn, within: 0.5)
    #expect(browser.readToEnd().contains(Page.signedIn.title))
    withExtendedLifetime((others, newcomers)) {}
  }

  @Test("Once the callback is there, idle strangers take up no descriptor any more")
  func closesIdle() throws {
    let (listener, request) = try idleListener()
    let strangers = try (0..<3).map { _ in try Peer(port: listener.redirect.port) }
    strangers[0].send("GET /c")
    for _ in 0..<2 { #expect(listener.next(until: Monotonic.now + 0.1) == .deadline) }
    let browsers = try (0..<2).map { _ in try Peer(port: listener.redirect.port) }
    browsers[0].send(request)
    #expect(listener.next(until: Monotonic.now + 5) == .authorized(code: "c"))
    browsers[1].send(request)
    // On loopback it has arrived by now.
    listener.closeIdle()
    for stranger in strangers { #expect(stranger.readToEnd().isEmpty) }
    listener.finish(with: .signedIn, within: 0.5)
    for browser in browsers { #expect(browser.readToEnd().contains(Page.signedIn.title)) }
  }

  @Test("Strangers that stay connected, halfway through a request or answered, don't delay the end")
  func strangersAtTheEnd() throws {
    let login = try ListeningLogin()
    let strangers = try (0..<2).map { _ in try Peer(port: login.port) }
    strangers[0].send("GET /c")
    strangers[1].send(login.request("GET /favicon.ico"))
    #expect(strangers[1].readToEnd().hasPrefix("HTTP/1.1 404 "))
    #expect(try login.completes())
    #expect(eventually(within: 1) { login.isFinished })
    withExtendedLifetime(strangers) {}
  }

  /// A listener that isn't running yet, and the true request for it.
  private func idleListener() throws -> (CallbackListener, request: String) {
    let redirect = try RedirectURI(scheme: .http, host: "127.0.0.1", port: 0, path: "/cb")
    let listener = try CallbackListener(
      endpoints: [ListenEndpoint(address: "127.0.0.1", port: 0)], identity: nil,
      expecting: CallbackExpectation(redirect: redirect, state: "s"))
    let host = "127.0.0.1:\(listener.redirect.port)"
    return (listener, "GET /cb?state=s&code=c HTTP/1.1\r\nHost: \(host)\r\n\r\n")
  }

  @Test("A browser that left before the outcome was known doesn't hold up the end")
  func gone() throws {
    let login = try ListeningLogin(holds: true)
    var peer: Peer? = try Peer(port: login.port)
    peer?.send(login.trueRequest)
    #expect(eventually { login.events.count == 1 })
    peer?.resetOnClose()
    peer = nil
    login.release()
    #expect(eventually(within: 2) { login.isFinished })
  }

  @Test("A browser that never reads or closes holds up the end for a bounded time")
  func stuck() throws {
    let login = try ListeningLogin()
    let peer = try Peer(port: login.port)
    peer.send(login.trueRequest)
    #expect(eventually(within: 8) { login.isFinished })
    #expect(peer.readToEnd().contains(Page.signedIn.title))
  }

  @Test("The deadline ends the wait, also among strangers")
  func deadline() throws {
    let login = try ListeningLogin(seconds: 0.2)
    _ = try login.exchange(login.request("GET /favicon.ico"))
    #expect(eventually(within: 3) { login.events == [.deadline] })
  }

  @Test("A descriptor of the caller's ends the wait when it is readable, and when it is at its end")
  func readable() throws {
    for closes in [false, true] {
      var ends: [Int32] = [0, 0]
      #expect(pipe(&ends) == 0)
      defer { close(ends[0]) }
      let login = try ListeningLogin(alsoReadable: [ends[0]])
      #expect(login.events.isEmpty)
      if closes { close(ends[1]) } else { #expect(write(ends[1], "x", 1) == 1) }
      #expect(eventually { login.events == [.readable(ends[0])] })
      if !closes { close(ends[1]) }
    }
  }

  @Test("TLS on the plain port is noted and costs nothing")
  func tlsOnPlainPort() throws {
    let login = try ListeningLogin()
    let peer = try Peer(port: login.port)
    peer.send([0x16, 0x03, 0x01, 0x00, 0x05, 0x01])
    _ = peer.readToEnd()
    #expect(eventually { login.events == [.noteworthy(.tlsOnPlainPort)] })
    #expect(try login.completes())
  }

  @Test("localhost is listened for on both families, at one port")
  func bothFamilies() throws {
    let login = try ListeningLogin(host: "localhost")
    #expect(login.addresses.first?.address == "127.0.0.1")
    #expect(Set(login.addresses.map(\.port)) == [login.port])
    for (address, port) in login.addresses {
      let peer = try Peer(port: port, address: address)
      peer.send("GET /x HTTP/1.1\r\nHost: localhost:\(port)\r\n\r\n")
      #expect(peer.readToEnd().hasPrefix("HTTP/1.1 404 "))
    }
  }

  /// How many sockets of this process are bound to `port`: the listener and what it accepted.
  private func sockets(at port: Int) -> Int {
    (0..<Int32(2048)).count { descriptor in
      var address = sockaddr_in()
      var size = socklen_t(MemoryLayout<sockaddr_in>.size)
      let result = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          getsockname(descriptor, $0, &size)
        }
      }
      return result == 0 && address.sin_family == sa_family_t(AF_INET)
        && Int(UInt16(bigEndian: address.sin_port)) == port
    }
  }
}
