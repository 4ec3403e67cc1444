import Foundation
import TestSupport
import Testing

@testable import Callback

@Suite("Socket loop")
struct SocketLoopTests {
  /// A loop with one connection that was accepted `ago` seconds ago, and the peer's descriptor.
  private func loop(acceptedAgo ago: Double) -> (loop: SocketLoop, peer: Int32) {
    var ends: [Int32] = [0, 0]
    #expect(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
    _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
    let connection = Connection(ends[0], now: Monotonic.now - ago)
    return (SocketLoop([], tls: nil, serving: [connection]), ends[1])
  }

  /// Opens `count` connections that each send `words`, and has the loop accept and read them.
  private func connect(
    _ count: Int, saying words: [UInt8] = [], to loop: SocketLoop
  ) throws -> [Peer] {
    let socket = try #require(loop.sockets.first)
    return try (0..<count).map { _ in
      let peer = try Peer(port: socket.address.port)
      #expect(eventually { socket.hasWaiting })
      loop.accept(from: [socket])
      peer.send(words)
      let connection = try #require(loop.connections.last)
      #expect(
        eventually {
          _ = loop.turn(until: Monotonic.now)
          return connection.received == words.count
        })
      return peer
    }
  }

  @Test("A connection that hasn't asked after ten seconds is closed, however busily it writes")
  func slow() {
    let (loop, peer) = loop(acceptedAgo: Connection.readingSeconds - 0.2)
    defer { close(peer) }
    let start = Monotonic.now
    while !loop.connections.isEmpty && Monotonic.now < start + 5 {
      _ = send(peer, "a", 1, Int32(MSG_NOSIGNAL))
      _ = loop.turn(until: start + 5)
    }
    #expect(loop.connections.isEmpty)
    #expect(Monotonic.now - start < 3)
  }

  @Test(
    "The oldest silent connection is evicted, unless it has spoken meanwhile; a held one never is")
  func givingWay() throws {
    let socket = try ListeningSocket(ListenEndpoint(address: "127.0.0.1", port: 0))
    let loop = SocketLoop([socket], tls: nil)
    let peers = try connect(SocketLoop.connectionLimit, to: loop)
    let before = loop.connections.map(\.descriptor)
    #expect(before.count == peers.count)

    // Checked without a turn, so it is still unread.
    peers[0].send("GET /")
    #expect(eventually { loop.connections[0].hasUnread })
    loop.connections[1].hold()
    let newcomer = try Peer(port: socket.address.port)
    loop.accept(from: [socket])
    let after = loop.connections.map(\.descriptor)
    #expect(after.count == before.count)
    #expect(Array(after.prefix(2)) == Array(before.prefix(2)))
    #expect(peers[2].readToEnd().isEmpty)

    // All are held: there is no room, and a newcomer is refused at once.
    for connection in loop.connections { connection.hold() }
    let late = try Peer(port: socket.address.port)
    loop.accept(from: [socket])
    #expect(late.readToEnd().isEmpty)
    withExtendedLifetime(newcomer) {}
  }

  @Test("Newcomers get time to speak: connections with half a request are evicted before them")
  func newcomers() throws {
    let socket = try ListeningSocket(ListenEndpoint(address: "127.0.0.1", port: 0))
    let loop = SocketLoop([socket], tls: nil)
    let strangers = try connect(SocketLoop.connectionLimit, saying: Array("G".utf8), to: loop)
    let newcomers = try connect(20, to: loop)
    #expect(loop.connections.filter { $0.progress == .silent }.count == newcomers.count)
    for stranger in strangers.prefix(20) { #expect(stranger.readToEnd().isEmpty) }
  }

  @Test("A connection that has begun to speak isn't evicted by a silent crowd")
  func silentCrowd() throws {
    let socket = try ListeningSocket(ListenEndpoint(address: "127.0.0.1", port: 0))
    let loop = SocketLoop([socket], tls: nil)
    let browser = try connect(1, saying: Array("G".utf8), to: loop)
    let strangers = try connect(3 * SocketLoop.connectionLimit, to: loop)
    #expect(loop.connections.count == SocketLoop.connectionLimit)
    #expect(loop.connections.first?.received == 1)
    withExtendedLifetime((browser, strangers)) {}
  }

  @Test(
    "A crowd that arrives all at once evicts only connections like its own",
    arguments: [0, SocketLoop.connectionLimit - 1])
  func atOnce(before: Int) throws {
    let socket = try ListeningSocket(ListenEndpoint(address: "127.0.0.1", port: 0))
    let loop = SocketLoop([socket], tls: nil)
    let strangers = try connect(before, saying: Array("G".utf8), to: loop)
    let browser = try connect(1, to: loop)
    let connection = try #require(loop.connections.last)
    let others = try (0..<(2 * SocketLoop.connectionLimit)).map { _ in
      try Peer(port: socket.address.port)
    }
    _ = loop.turn(until: Monotonic.now)
    #expect(loop.connections.count == SocketLoop.connectionLimit)
    #expect(strangers.first.map { $0.readToEnd().isEmpty } ?? true)
    #expect(connection.phase == .reading)
    withExtendedLifetime((browser, others)) {}
  }

  @Test("A held connection has no deadline")
  func held() {
    let (loop, peer) = loop(acceptedAgo: 1000)
    defer { close(peer) }
    loop.connections.first?.hold()
    _ = loop.turn(until: Monotonic.now)
    #expect(loop.connections.count == 1)
  }

  @Test("A held connection whose peer is gone is closed")
  func heldAndGone() {
    let (loop, peer) = loop(acceptedAgo: 0)
    loop.connections.first?.hold()
    close(peer)
    _ = loop.turn(until: Monotonic.now + 5)
    #expect(loop.connections.isEmpty)
  }

  @Test("An answer that the peer takes in pieces comes whole")
  func slowReader() {
    let (loop, peer) = loop(acceptedAgo: 0)
    defer { close(peer) }
    var size: Int32 = 8 << 10
    let descriptor = loop.connections.first?.descriptor ?? -1
    setsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &size, socklen_t(MemoryLayout<Int32>.size))
    let answer = Response(status: 404, text: String(repeating: "a", count: 1 << 20))
    loop.connections.first?.answer(answer, now: Monotonic.now)
    #expect(loop.connections.first?.phase == .answering)
    _ = fcntl(peer, F_SETFL, O_NONBLOCK)
    var received: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 10_000)
    let end = Monotonic.now + 5
    while Monotonic.now < end, case let count = recv(peer, &buffer, buffer.count, 0), count != 0 {
      received += buffer.prefix(max(0, count))
      _ = loop.turn(until: Monotonic.now)
    }
    #expect(received.count == answer.bytes.count)
    let isWhole = received == answer.bytes
    #expect(isWhole)
  }

  @Test("An answered peer that goes on sending is cut off")
  func flood() {
    let (loop, peer) = loop(acceptedAgo: 0)
    defer { close(peer) }
    _ = fcntl(peer, F_SETFL, O_NONBLOCK)
    loop.connections.first?.answer(Response(status: 404, text: "no"), now: Monotonic.now)
    let junk = [UInt8](repeating: 0, count: 64 << 10)
    let start = Monotonic.now
    var sent = 0
    while !loop.connections.isEmpty && Monotonic.now < start + 5 {
      sent += max(0, send(peer, junk, junk.count, Int32(MSG_NOSIGNAL)))
      _ = loop.turn(until: Monotonic.now)
    }
    #expect(loop.connections.isEmpty)
    #expect(sent > Connection.drainingLimit && sent < 8 * Connection.drainingLimit)
  }

  @Test("A turn with nothing to do returns at its deadline and not before")
  func idle() {
    let start = Monotonic.now
    let turn = SocketLoop([], tls: nil).turn(until: start + 0.05)
    #expect(turn.requests.isEmpty && turn.readable == nil)
    #expect(Monotonic.now - start >= 0.05)
  }
}
