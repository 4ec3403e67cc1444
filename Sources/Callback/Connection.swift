import Glibc

/// One accepted connection: one request head in, one answer out, closed.
///
/// It handles bytes and time. What a request means, and how to answer it, is its owner's decision.
final class Connection {
  enum Phase {
    /// Waiting for a whole request head.
    case reading
    /// The request is in; its answer isn't known yet.
    case held
    /// Its answer is on the way out.
    case answering
    /// Answered and shut down for writing: what the peer still sends is discarded. Closing at once
    /// would make the kernel send a reset, which can overtake the answer (RFC 9112 §9.6).
    case draining
    case closed
  }

  /// How far the peer has got on its way to a request.
  enum Progress: CaseIterable {
    /// No byte has arrived: browsers open such connections in advance.
    case silent
    /// It has begun to speak.
    case speaking
    /// Its hello was answered: a browser checks the certificate now.
    case greeted
    /// The handshake is over.
    case secured
  }

  /// What one read amounts to.
  enum Input {
    /// Nothing to decide.
    case nothing
    case request(RequestHead)
    case malformed(status: Int)
    case plainOnTLSPort
    case tlsOnPlainPort
    case handshakeRefused(alert: UInt8, meaning: String)
    case handshakeFailed(reason: String)
  }

  /// The protocol on the wire, decided by the first byte.
  private enum Wire {
    case undecided
    case plain
    case encrypted(TLSSession)
  }

  /// Seconds for a head to arrive. A browser takes milliseconds, or a second or two through a tunnel
  /// or on a slow machine.
  static let readingSeconds = 10.0
  /// How many bytes an answered peer may go on sending.
  static let drainingLimit = 1 << 20
  /// For how many seconds it may.
  private static let drainingSeconds = 2.0
  /// In bytes, larger than any browser's request, the code included.
  private static let headLimit = 16 << 10
  /// A head's worth of ciphertext, in bytes, with room for certificates and padding.
  private static let wireLimit = 64 << 10
  /// The first byte of every TLS handshake (RFC 8446 §5.1). No method begins with it.
  private static let handshakeRecord: UInt8 = 0x16

  let descriptor: Int32
  /// Whether its answer is the outcome that the user is waiting for.
  var isAwaited = false
  /// Whether the user's browser shows an address with a code in it.
  var showsCode = false
  private(set) var phase = Phase.reading
  /// When the connection is given up, unless it is held (monotonic seconds).
  private(set) var deadline: Double
  /// Bytes from the wire in this phase.
  private(set) var received = 0
  private var wire = Wire.undecided
  /// Whether the peer's hello was answered.
  private var isGreeted = false
  private var input: [UInt8] = []
  private var output: [UInt8] = []

  /// Takes over a non-blocking socket.
  init(_ descriptor: Int32, now: Double) {
    self.descriptor = descriptor
    deadline = now + Self.readingSeconds
  }

  deinit { close() }

  // MARK: What others decide by

  /// How far the peer has got.
  var progress: Progress {
    if case .encrypted(let session) = wire {
      return !session.isHandshaking ? .secured : isGreeted ? .greeted : .speaking
    }
    return phase == .reading && received == 0 ? .silent : .speaking
  }

  /// Whether bytes from the peer wait to be read.
  var hasUnread: Bool { peek() > 0 }

  /// Whether the peer will send no more, and most likely is gone.
  var isAtEnd: Bool { peek() == 0 }

  private func peek() -> Int {
    var byte: UInt8 = 0
    return recv(descriptor, &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT))
  }

  /// Whether closing now would cut off a peer in the middle of something.
  var isBusy: Bool {
    switch phase {
    case .held, .closed: return false
    case .answering, .draining: return true
    case .reading:
      if case .encrypted(let session) = wire, session.isHandshaking { return true }
      return !input.isEmpty
    }
  }

  /// The events to poll for.
  var interest: Int16 {
    var events: Int32 = 0
    if phase == .reading || phase == .draining { events |= POLLIN }
    if !output.isEmpty { events |= POLLOUT }
    return Int16(events)
  }

  // MARK: In

  /// Reads once and leaves the rest for the next turn, so that no connection starves the others.
  func receive(tls: TLSContext?, now: Double) -> Input {
    let chunk = readOnce()
    guard !chunk.isEmpty else { return .nothing }
    received += chunk.count
    guard phase == .reading else {
      if received > Self.drainingLimit { close() }
      return .nothing
    }
    if case .undecided = wire {
      let isTLS = chunk.first == Self.handshakeRecord
      if isTLS != (tls != nil) {
        wire = .plain
        return isTLS ? .tlsOnPlainPort : .plainOnTLSPort
      }
      // A peer that has stopped sending can't finish a handshake. Signing for such leftovers in the
      // backlog would delay the browser that waits behind them.
      if isTLS && isAtEnd {
        close()
        return .nothing
      }
      wire = tls.flatMap(TLSSession.init).map(Wire.encrypted) ?? .plain
    }
    switch wire {
    case .encrypted(let session): return decrypt(chunk, session, now: now)
    case .plain, .undecided: return collect(chunk)
    }
  }

  private func readOnce() -> ArraySlice<UInt8> {
    var chunk = [UInt8](repeating: 0, count: 16 << 10)
    let count = recv(descriptor, &chunk, chunk.count, 0)
    if count == 0 || count < 0 && errno != EAGAIN && errno != EINTR { close() }
    return chunk.prefix(max(0, count))
  }

  private func decrypt(_ chunk: ArraySlice<UInt8>, _ session: TLSSession, now: Double) -> Input {
    let wasHandshaking = session.isHandshaking
    let progress = session.receive(chunk)
    output += session.takeOutput()
    isGreeted = isGreeted || !output.isEmpty
    switch progress {
    case .plaintext(let plaintext):
      if received > Self.wireLimit {
        close()
        return .nothing
      }
      flush(now: now)
      return phase == .closed || plaintext.isEmpty ? .nothing : collect(plaintext[...])
    case .ended:
      close()
      return .nothing
    case .alert(let alert, let meaning):
      close()
      return .handshakeRefused(alert: alert, meaning: meaning)
    case .failed(let reason):
      // The last bytes out are the alert that tells the peer why.
      sendLast(now: now)
      return wasHandshaking ? .handshakeFailed(reason: reason) : .nothing
    }
  }

  /// Adds to the head, and parses it only when a line may have ended: a peer that sends byte by byte
  /// can't have everything parsed again for each byte.
  private func collect(_ bytes: ArraySlice<UInt8>) -> Input {
    let isWorthParsing = input.isEmpty || bytes.contains(0x0A)
    input += bytes
    if isWorthParsing {
      switch RequestHead.parse(Array(input.prefix(Self.headLimit))) {
      case .head(let head): return .request(head)
      case .malformed(let status): return .malformed(status: status)
      case .incomplete: break
      }
    }
    return input.count > Self.headLimit ? .malformed(status: 431) : .nothing
  }

  // MARK: Out

  /// Keeps the peer waiting for an answer.
  func hold() { phase = .held }

  /// Sends `response` and closes.
  func answer(_ response: Response, now: Double) {
    guard phase == .reading || phase == .held else { return }
    if case .encrypted(let session) = wire {
      session.sealLast(response.bytes)
      output += session.takeOutput()
    } else {
      output += response.bytes
    }
    sendLast(now: now)
  }

  /// Writes as much as the peer accepts. With MSG_NOSIGNAL, because a peer that is gone must not end
  /// the program by SIGPIPE.
  func flush(now: Double) {
    while !output.isEmpty {
      let count = send(descriptor, output, output.count, Int32(MSG_NOSIGNAL))
      if count > 0 {
        output.removeFirst(count)
      } else if errno == EAGAIN {
        return
      } else if errno != EINTR {
        return close()
      }
    }
    guard phase == .answering else { return }
    phase = .draining
    received = 0
    deadline = now + Self.drainingSeconds
    shutdown(descriptor, Int32(SHUT_WR))
  }

  func close() {
    guard phase != .closed else { return }
    phase = .closed
    Glibc.close(descriptor)
  }

  /// Sends the pending output, and closes.
  private func sendLast(now: Double) {
    phase = .answering
    input = []
    deadline = now + Self.readingSeconds
    flush(now: now)
  }
}
