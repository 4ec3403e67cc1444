import Glibc

/// Sockets, connections and time on one thread, around poll(2). It knows nothing of OAuth: whoever
/// turns it decides what to answer.
final class SocketLoop {
  /// What a turn brought.
  struct Turn {
    /// Whole heads, each on a connection that waits for its answer.
    var requests: [(connection: Connection, head: RequestHead)] = []
    /// What is worth telling a person.
    var notes: [ListenerNote] = []
    /// The first of the caller's descriptors that is readable.
    var readable: Int32?
  }

  /// More than browsers ever open, few enough for any limit on descriptors.
  static let connectionLimit = 64

  /// Those that are listened at: none any more once nobody is waited for.
  var sockets: [ListeningSocket]
  private let tls: TLSContext?
  var connections: [Connection] = []
  /// Until when nothing is accepted, as no descriptor is left (monotonic seconds).
  var restingUntil = 0.0

  init(_ sockets: [ListeningSocket], tls: TLSContext?) {
    self.sockets = sockets
    self.tls = tls
  }

  /// Waits for something to happen, at most until `deadline`, and takes it.
  func turn(until deadline: Double, alsoReadable: [Int32] = []) -> Turn {
    var turn = Turn()
    let listening = Monotonic.now < restingUntil ? [] : sockets
    var polled =
      alsoReadable.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
      + listening.map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
      + connections.map { pollfd(fd: $0.descriptor, events: $0.interest, revents: 0) }
    // An interrupting signal is for the caller, who has a descriptor for it among his own.
    guard poll(&polled, nfds_t(polled.count), timeout(deadline)) >= 0 else { return turn }

    turn.readable = polled.prefix(alsoReadable.count).first { $0.revents != 0 }?.fd
    let events = polled.dropFirst(alsoReadable.count + listening.count)
    for (connection, event) in zip(connections, events) where event.revents != 0 {
      serve(connection, Int32(event.revents), &turn)
    }
    connections.removeAll { connection in
      if connection.phase != .held && Monotonic.now >= connection.deadline { connection.close() }
      return connection.phase == .closed
    }
    let doors = zip(listening, polled.dropFirst(alsoReadable.count))
    accept(from: doors.filter { $1.revents != 0 }.map { $0.0 })
    return turn
  }

  /// Milliseconds until the first thing that time alone makes happen.
  private func timeout(_ deadline: Double) -> Int32 {
    var first = deadline
    for connection in connections where connection.phase != .held {
      first = min(first, connection.deadline)
    }
    let now = Monotonic.now
    if now < restingUntil { first = min(first, restingUntil) }
    // Rounded up, or the last millisecond would be spent turning.
    return Int32(min(max(0, (first - now) * 1000), 60_000).rounded(.up))
  }

  private func serve(_ connection: Connection, _ events: Int32, _ turn: inout Turn) {
    let now = Monotonic.now
    if connection.phase == .held || connection.phase == .answering,
      events & (POLLERR | POLLHUP) != 0
    {
      return connection.close()
    }
    if events & POLLOUT != 0 { connection.flush(now: now) }
    guard connection.phase == .reading || connection.phase == .draining,
      events & (POLLIN | POLLERR | POLLHUP) != 0
    else { return }

    switch connection.receive(tls: tls, now: now) {
    case .nothing: break
    case .request(let head):
      // At once: it would be taken for one that hasn't asked yet, and have to give way to a newcomer.
      connection.hold()
      turn.requests.append((connection, head))
    case .malformed(let status):
      connection.answer(Response(malformed: status), now: now)
    case .plainOnTLSPort:
      turn.notes.append(.plainHTTPOnTLSPort)
      connection.answer(.speaksHTTPS, now: now)
    case .tlsOnPlainPort:
      // No answer is in its language, and browsers try http next when the connection just ends.
      turn.notes.append(.tlsOnPlainPort)
      connection.close()
    case .handshakeRefused(let alert, let meaning):
      turn.notes.append(.handshakeRefused(alert: alert, meaning: meaning))
    case .handshakeFailed(let reason):
      turn.notes.append(.handshakeFailed(reason: reason))
    }
  }
}
