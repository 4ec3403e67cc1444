import Foundation
import TestSupport
import Testing

@testable import Callback

@Suite("Callback listener with TLS")
struct TLSListenerTests {
  private let certificates = Certificates()

  private func identity() throws -> TLSIdentity {
    try TLSIdentity.load(
      certificateFile: certificates.certificate, keyFile: certificates.key, forHost: "127.0.0.1",
      now: Int(Date().timeIntervalSince1970))
  }

  private func login() throws -> ListeningLogin { try ListeningLogin(identity: identity()) }

  /// Fetches the true callback with curl, which trusts `root` and nothing else.
  private func fetch(
    _ login: ListeningLogin, trusting root: String, _ options: [String] = []
  ) throws -> Child.Outcome {
    let query = "state=\(ListeningLogin.state)&code=\(ListeningLogin.code)"
    return try Child.run(
      "/usr/bin/curl",
      ["-q", "-sSi", "--noproxy", "*", "--max-time", "8", "--cacert", root] + options
        + ["https://127.0.0.1:\(login.port)/cb?\(query)"])
  }

  @Test(
    "The callback works with every type of key", arguments: [Certificates.Key.ec, .rsa, .ed25519])
  func keys(type: Certificates.Key) throws {
    try certificates.makeSelfSigned(type)
    let login = try login()
    let outcome = try fetch(login, trusting: certificates.certificate)
    #expect(outcome.output.hasPrefix("HTTP/1.1 200 OK\r\n"), "\(outcome.errors)")
    #expect(outcome.output.contains(Page.signedIn.title) && outcome.output.hasSuffix("</html>\n"))
    #expect(outcome.status == 0, "closed in order: \(outcome.errors)")
    #expect(login.events == [.authorized(code: ListeningLogin.code)])
  }

  @Test("The chain is sent along: a browser knows only the root")
  func chain() throws {
    try certificates.makeChain()
    let outcome = try fetch(try login(), trusting: certificates.folder.file("root.pem"))
    #expect(outcome.output.contains(Page.signedIn.title), "\(outcome.errors)")
  }

  @Test("Strangers' alerts don't hide why a browser refuses the certificate")
  func forgedAlerts() throws {
    try certificates.makeSelfSigned()
    let login = try login()
    let alerts: [UInt8] = [10, 20, 21, 22, 30, 40, 47, 49, 50, 51, 60, 70, 71, 80, 86, 90]
    for alert in alerts + (100...110) {
      let stranger = try Peer(port: login.port)
      // The beginning of a hello, and a fatal alert (RFC 8446 §5.1, §6).
      stranger.send([0x16, 3, 1, 0, 4, 1, 0, 1, 0, 0x15, 3, 1, 0, 2, 2, alert])
      _ = stranger.readToEnd()
    }
    let other = try Certificates().makeSelfSigned()
    _ = try fetch(login, trusting: other.certificate)
    #expect(
      eventually {
        login.events.contains {
          if case .noteworthy(.handshakeRefused(48, _)) = $0 { true } else { false }
        }
      })
    #expect(login.events.count <= 9, "\(login.events)")
  }

  @Test("TLS 1.2 works, and 1.1 is refused with a reason")
  func versions() throws {
    try certificates.makeSelfSigned()
    let login = try login()
    let old = try Child.run(
      "/usr/bin/openssl",
      ["s_client", "-connect", "127.0.0.1:\(login.port)", "-tls1_1", "-cipher", "ALL:@SECLEVEL=0"])
    #expect(old.status != 0)
    #expect(
      eventually { login.events == [.noteworthy(.handshakeFailed(reason: "unsupported protocol"))] }
    )
    let outcome = try fetch(login, trusting: certificates.certificate, ["--tls-max", "1.2"])
    #expect(outcome.output.contains(Page.signedIn.title), "\(outcome.errors)")
  }

  @Test("A browser that doesn't trust the certificate is noted with its alert, and no more")
  func untrusted() throws {
    try certificates.makeSelfSigned()
    let others = try Certificates().makeSelfSigned()
    let login = try login()
    for _ in 0..<2 { #expect(try fetch(login, trusting: others.certificate).status != 0) }
    #expect(eventually { !login.events.isEmpty })
    guard case .noteworthy(.handshakeRefused(let alert, let meaning)) = login.events.first else {
      Issue.record("no alert in \(login.events)")
      return
    }
    #expect([42, 46, 48].contains(alert) && !meaning.isEmpty)
    let outcome = try fetch(login, trusting: certificates.certificate)
    #expect(outcome.output.contains(Page.signedIn.title))
    #expect(eventually { login.events.count == 2 })
  }

  @Test("Plain HTTP gets one clear line")
  func plain() throws {
    try certificates.makeSelfSigned()
    let login = try login()
    let answer = try login.exchange(login.trueRequest)
    #expect(answer.hasPrefix("HTTP/1.1 400 ") && answer.contains("speaks https"))
    #expect(eventually { login.events == [.noteworthy(.plainHTTPOnTLSPort)] })
  }

  @Test("Half hellos, garbage records and silent peers don't keep the callback from coming")
  func hostile() throws {
    try certificates.makeSelfSigned()
    let login = try login()
    var random = SeededGenerator(seed: 11)
    let peers = try (0..<150).map { index in
      let peer = try Peer(port: login.port)
      switch index % 4 {
      case 0: peer.send([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00])
      case 1: peer.send([0x16] + (0..<500).map { _ in UInt8.random(in: 0...255, using: &random) })
      case 2: peer.send([0x16])
      default: break
      }
      return peer
    }
    let outcome = try fetch(login, trusting: certificates.certificate)
    #expect(outcome.output.contains(Page.signedIn.title), "\(outcome.errors)")
    withExtendedLifetime(peers) {}
  }

  @Test("A browser that checks the certificate isn't evicted by a crowd of half hellos")
  func crowdOfHellos() throws {
    try certificates.makeSelfSigned()
    let socket = try ListeningSocket(ListenEndpoint(address: "127.0.0.1", port: 0))
    let loop = SocketLoop([socket], tls: try identity().context)
    let browser = try Peer(port: socket.address.port)
    browser.send(ClientHello.whole)
    #expect(
      eventually {
        _ = loop.turn(until: Monotonic.now)
        return loop.connections.first?.progress == .greeted
      })
    let strangers = try (0..<(3 * SocketLoop.connectionLimit)).map { _ in
      let stranger = try Peer(port: socket.address.port)
      stranger.send(ClientHello.half)
      #expect(
        eventually {
          _ = loop.turn(until: Monotonic.now)
          return loop.connections.last?.received == ClientHello.half.count
        })
      return stranger
    }
    #expect(loop.connections.count == SocketLoop.connectionLimit)
    #expect(loop.connections.first?.progress == .greeted)
    withExtendedLifetime((browser, strangers)) {}
  }

  @Test("A hello is answered, unless the peer is gone")
  func helloOfTheGone() throws {
    try certificates.makeSelfSigned()
    let context = try identity().context
    for isGone in [false, true] {
      // A socket pair: what is sent arrives at once, and so does the end.
      var ends: [Int32] = [0, 0]
      #expect(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
      _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
      let peer = Peer(accepted: ends[1])
      peer.send(ClientHello.whole)
      if isGone { peer.shutdownWriting() }
      let connection = Connection(ends[0], now: Monotonic.now)
      let loop = SocketLoop([], tls: context, serving: [connection])
      let turn = loop.turn(until: Monotonic.now)
      #expect(turn.notes.isEmpty)
      #expect(loop.connections.isEmpty == isGone)
      // A handshake record (RFC 8446 §5.1), or nothing.
      #expect(peer.receive().bytes.first == (isGone ? nil : 0x16))
    }
  }

  @Test(
    "A session that is ended or wasted after its handshake is closed at once",
    arguments: [
      // A regular end (RFC 8446 §6.1), and a head in records of one byte each, 23 on the wire.
      "session.unwrap()", "for _ in range(3000): session.send(b'A')",
    ])
  func endings(step: String) throws {
    try certificates.makeSelfSigned()
    let login = try login()
    let script = """
      import socket, ssl, sys
      context = ssl.create_default_context(cafile=sys.argv[2])
      peer = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 8)
      session = context.wrap_socket(peer, server_hostname="127.0.0.1")
      try:
          \(step)
          session.recv(1)
      except TimeoutError: sys.exit("kept")
      except OSError: pass
      print("let go")
      """
    let peer = try Child.run(
      "/usr/bin/env", ["python3", "-c", script, "\(login.port)", certificates.certificate],
      environment: ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"])
    #expect(peer.output == "let go\n", "\(peer.errors)")
    #expect(login.events.isEmpty)
    let outcome = try fetch(login, trusting: certificates.certificate)
    #expect(outcome.output.contains(Page.signedIn.title), "\(outcome.errors)")
  }

  @Test("A client that drips its hello byte by byte is served")
  func drip() throws {
    try certificates.makeSelfSigned()
    let login = try login()
    let script = """
      import socket, ssl, sys
      context = ssl.create_default_context(cafile=sys.argv[2])
      incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
      session = context.wrap_bio(incoming, outgoing, server_hostname="127.0.0.1")
      peer = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 8)
      peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
      def flush():
          for byte in outgoing.read(): peer.send(bytes([byte]))
      def run(step):
          while True:
              try: result = step(); flush(); return result
              except ssl.SSLWantReadError:
                  flush(); incoming.write(peer.recv(65536))
      run(session.do_handshake)
      run(lambda: session.write(sys.argv[3].encode()))
      print(run(lambda: session.read(65536)).decode())
      """
    let outcome = try Child.run(
      "/usr/bin/env",
      ["python3", "-c", script, "\(login.port)", certificates.certificate, login.trueRequest],
      environment: ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"])
    #expect(outcome.output.hasPrefix("HTTP/1.1 200 OK"), "\(outcome.errors)")
  }
}

/// The first message of a TLS client, in bytes (RFC 8446 §4.1.2).
private enum ClientHello {
  /// One that a server can answer: TLS 1.3, AES-128-GCM, X25519, ECDSA on P-256.
  static let whole: [UInt8] = {
    let extensions: [UInt8] =
      [0, 0x2B, 0, 3, 2, 3, 4]  // supported_versions
      + [0, 0x0A, 0, 4, 0, 2, 0, 0x1D]  // supported_groups
      + [0, 0x0D, 0, 4, 0, 2, 4, 3]  // signature_algorithms
      + [0, 0x33, 0, 38, 0, 36, 0, 0x1D, 0, 32] + [UInt8](repeating: 9, count: 32)  // key_share
    let body: [UInt8] =
      [3, 3] + [UInt8](repeating: 7, count: 32)  // the version of old, and what is to be random
      + [0]  // no session
      + [0, 2, 0x13, 1]  // one cipher suite
      + [1, 0]  // no compression
      + [0, UInt8(extensions.count)] + extensions
    let message: [UInt8] = [1, 0, 0, UInt8(body.count)] + body
    return [0x16, 3, 1, 0, UInt8(message.count)] + message
  }()

  /// The beginning of one that is never completed.
  static let half = Array(whole.prefix(20))
}
