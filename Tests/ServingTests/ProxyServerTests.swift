import Callback
import Foundation
import HTTP
import OAuth
import TestSupport
import Testing

@testable import Serving

@Suite("A proxy's beginning and end")
struct ProxyServerTests {
  private func failure(port: Int, upstream: String) throws -> ProxyFailure? {
    let client = try HTTPClient.open(environment: [:])
    do throws(ProxyFailure) {
      _ = try ProxyServer(
        port: port, secret: "s", upstream: upstream, tokens: ScriptedTokens(), client: client,
        explain: { _ in "no answer came" }, note: { _ in })
      return nil
    } catch {
      return error
    }
  }

  @Test("a port in use is said")
  func portInUse() throws {
    let taken = try LoopbackPort(backlog: 1)
    #expect(
      try failure(port: taken.number, upstream: "https://api.x.com")
        == .cantListen(.portInUse(address: "127.0.0.1", port: taken.number)))
  }

  @Test(
    "it refuses to pass requests on to itself",
    arguments: [
      "http://127.0.0.1:PORT", "http://127.0.0.2:PORT/a", "http://LOCALHOST:PORT/",
      "http://[::1]:PORT",
      "http://a.localhost:PORT", "http://0.0.0.0:PORT", "https://localhost.:PORT",
      "http://[::ffff:127.0.0.1]:PORT",
    ])
  func ownUpstream(url: String) throws {
    let port = try LoopbackPort()
    let upstream = url.replacing("PORT", with: "\(port.number)")
    #expect(try failure(port: port.number, upstream: upstream) == .ownUpstream)
    let other = url.replacing("PORT", with: "1")
    #expect(try failure(port: 0, upstream: other) == nil)
  }

  @Test(
    "what isn't the URL of a server is refused",
    arguments: [
      "", "api.x.com", "ftp://api.x.com", "https://u@api.x.com", "https://api.x.com?a",
      "https://api.x.com/#",
    ])
  func malformedUpstream(url: String) throws {
    #expect(try failure(port: 0, upstream: url) == .malformedUpstream)
  }

  @Test("it listens on loopback alone")
  func loopbackOnly() throws {
    let proxy = try RunningProxy(to: "https://api.x.com")
    #expect(throws: Peer.CantConnect.self) {
      try Peer(port: proxy.server.port, address: "127.0.0.2")
    }
  }

  @Test("an end waits for the request in flight, and takes no other one")
  func orderlyEnd() throws {
    let mayAnswer = DispatchSemaphore(value: 0)
    let standIn = try StandIn { connection, _ in
      _ = mayAnswer.wait(timeout: .now() + 20)
      connection.answer(200, "done")
      return true
    }
    let proxy = try RunningProxy(to: standIn.url)
    // In the order in which they are told of the end.
    let (busy, idle) = (try proxy.connect(), try proxy.connect())
    busy.send(proxy.request("/2/x"))
    #expect(eventually { standIn.heads.count == 1 })
    let ended = Counter()
    Thread.detachNewThread { [server = proxy.server] in
      server.stop(grace: 20)
      ended.add(1)
    }
    #expect(idle.readToEnd() == "")
    #expect(throws: Peer.CantConnect.self) { try proxy.connect() }
    #expect(ended.value == 0)
    mayAnswer.signal()
    let answer = busy.readToEnd()
    #expect(answer.hasSuffix("done"))
    #expect(answer.contains("\r\nConnection: close\r\n"))
    #expect(eventually { ended.value == 1 })
  }

  @Test("an end breaks off what takes longer than its grace")
  func abruptEnd() throws {
    let hungUp = Counter()
    let standIn = try StandIn { connection, _ in
      if connection.isHungUp() { hungUp.add(1) }
      return false
    }
    let proxy = try RunningProxy(to: standIn.url)
    let peer = try proxy.connect()
    peer.send(proxy.request("/2/x"))
    #expect(eventually { standIn.heads.count == 1 })
    proxy.server.stop(grace: 0.1)
    #expect(peer.readToEnd() == "")
    #expect(eventually { hungUp.value == 1 })
  }

  @Test("without a file for a connection it waits until there is one, and doesn't spin")
  func outOfFiles() async {
    await #expect(processExitsWith: .success) {
      let notes = Counter()
      let server = try ProxyServer(
        port: 0, secret: "s", upstream: "https://api.x.com", tokens: ScriptedTokens(),
        client: HTTPClient.open(environment: [:]), explain: { _ in "no answer came" },
        note: { if $0 == .outOfFiles { notes.add(1) } })
      let peer = try Peer(port: server.port)
      var limit = rlimit(rlim_cur: 100, rlim_max: 100)
      setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
      var files: [Int32] = []
      while case let file = dup(2), file >= 0 { files.append(file) }
      let hasAnswer = Counter()
      Thread.detachNewThread {
        let used = processorSeconds { server.run() }
        hasAnswer.add(used < 0.2 ? 1 : 2)
      }
      precondition(eventually { notes.value == 1 })
      // As long as several pauses last.
      usleep(500_000)
      precondition(notes.value == 1)
      for file in files { close(file) }
      peer.send("GET / HTTP/1.1\r\nHost: localhost:\(server.port)\r\n\r\n")
      precondition(peer.readToEnd().hasPrefix("HTTP/1.1 404 "))
      server.stop(grace: 0)
      precondition(eventually { hasAnswer.value == 1 })
    }
  }
}
