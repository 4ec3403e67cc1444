import Glibc

/// The clock of the listener's deadlines: it doesn't jump when the time of day is set.
public enum Monotonic {
  /// Seconds since an arbitrary moment (`CLOCK_MONOTONIC`).
  public static var now: Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}

/// Sockets, connections and time on one thread, around poll(2). It knows nothing of OAuth: its owner
/// decides what to answer.
final class SocketLoop {
  /// What a turn brought.
  struct Turn {
    /// Whole heads, each on a connection that waits for its answer.
    var requests: [(connection: Connection, head: RequestHead)] = []
    /// What may explain to the user why the login doesn't progress.
    var notes: [ListenerNote] = []
    /// The first of the caller's descriptors that is readable.
    var readable: Int32?
  }

  /// More than browsers ever open, and few enough for any limit on descriptors.
  static let connectionLimit = 64
  /// How many seconds to leave new connections in the backlog when no descriptor is left.
  private static let pauseSeconds = 0.1

  /// The sockets it listens on; empty after `close`.
  private(set) var sockets: [ListeningSocket]
  /// In the order in which they were accepted.
  private(set) var connections: [Connection]
  private let tls: TLSContext?
  /// Until when nothing is accepted, because no descriptor is left (monotonic seconds).
  private var pausedUntil = 0.0

  init(_ sockets: [ListeningSocket], tls: TLSContext?, serving connections: [Connection] = []) {
    self.sockets = sockets
    self.tls = tls
    self.connections = connections
  }

  /// Waits until something happens or `deadline` is reached, and handles what happened.
  func turn(until deadline: Double, alsoReadable: [Int32] = []) -> Turn {
    var turn = Turn()
    let listening = Monotonic.now < pausedUntil ? [] : sockets
    var polled =
      alsoReadable.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
      + listening.map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
      + connections.map { pollfd(fd: $0.descriptor, events: $0.interest, revents: 0) }
    // Signals are the caller's, which has a descriptor for them among its own: EINTR ends the turn.
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
    let knockedAt = zip(listening, polled.dropFirst(alsoReadable.count)).filter { $1.revents != 0 }
    accept(from: knockedAt.map { $0.0 })
    return turn
  }

  /// Closes the connections that need no answer: all but those that are held or have sent something
  /// that wasn't read yet.
  func closeIdle() {
    connections.removeAll { connection in
      guard connection.phase != .held, !connection.hasUnread else { return false }
      connection.close()
      return true
    }
  }

  /// Closes everything.
  func close() {
    for connection in connections { connection.close() }
    connections = []
    sockets = []
  }

  /// Milliseconds until the first event that time alone brings about.
  private func timeout(_ deadline: Double) -> Int32 {
    var first = deadline
    for connection in connections where connection.phase != .held {
      first = min(first, connection.deadline)
    }
    let now = Monotonic.now
    if now < pausedUntil { first = min(first, pausedUntil) }
    // Rounded up, or the loop would spin through the last millisecond.
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
      // Hold it before anything is accepted: as one that is still reading it could be evicted.
      connection.hold()
      turn.requests.append((connection, head))
    case .malformed(let status):
      connection.answer(Response(malformed: status), now: now)
    case .plainOnTLSPort:
      turn.notes.append(.plainHTTPOnTLSPort)
      connection.answer(.speaksHTTPS, now: now)
    case .tlsOnPlainPort:
      // A plain answer would be no TLS record. When the connection just ends, browsers try http next.
      turn.notes.append(.tlsOnPlainPort)
      connection.close()
    case .handshakeRefused(let alert, let meaning):
      turn.notes.append(.handshakeRefused(alert: alert, meaning: meaning))
    case .handshakeFailed(let reason):
      turn.notes.append(.handshakeFailed(reason: reason))
    }
  }

  // MARK: Accepting, and making room

  /// Accepts what waits at `sockets`, as much as one turn may cost the others.
  ///
  /// Connections accepted in this turn are never evicted in it. Of the older ones none is evicted
  /// while there is room, and of a full table at most half: otherwise a large crowd that arrives at
  /// once would drive out all the others.
  func accept(from sockets: [ListeningSocket]) {
    if sockets.isEmpty { return }
    let order = connections.count >= Self.connectionLimit ? evictionOrder : []
    var evictable = order.prefix((order.count + 1) / 2)
    for socket in sockets { accept(from: socket, evicting: &evictable) }
  }

  private func accept(
    from socket: ListeningSocket, evicting evictable: inout ArraySlice<Connection>
  ) {
    for _ in 0..<Self.connectionLimit {
      let isFull = connections.count >= Self.connectionLimit
      let victim = isFull ? nextVictim(in: &evictable) : nil
      if isFull && victim == nil { return turnAway(from: socket) }
      switch socket.accept() {
      case .none: return
      case .exhausted:
        var others = evictionOrder[...]
        if let victim = victim ?? nextVictim(in: &others) {
          evict(victim)
        } else {
          pausedUntil = Monotonic.now + Self.pauseSeconds
        }
        return
      case .connection(let descriptor):
        if let victim { evict(victim) }
        connections.append(Connection(descriptor, now: Monotonic.now))
      }
    }
  }

  /// Which connections to evict for newcomers, the first of them first: those that were answered,
  /// then again and again the oldest of the largest group, a group being all that have got equally
  /// far. Never one that is held.
  ///
  /// So a crowd of strangers can't drive out a browser that has got less far than they have, such as
  /// one behind a tunnel that hasn't spoken yet, or farther, such as one that is still checking the
  /// certificate.
  private var evictionOrder: [Connection] {
    var order = connections.filter { $0.phase == .draining }
    let waiting = connections.filter { $0.phase == .reading || $0.phase == .answering }
    var groups = Connection.Progress.allCases.map { progress in
      waiting.filter { $0.progress == progress }[...]
    }
    for _ in waiting {
      let largest = groups.indices.max { groups[$0].count < groups[$1].count }
      if let largest, let oldest = groups[largest].popFirst() { order.append(oldest) }
    }
    return order
  }

  /// The next connection to evict, skipping those that have sent something that wasn't read yet.
  private func nextVictim(in evictable: inout ArraySlice<Connection>) -> Connection? {
    while let connection = evictable.popFirst() {
      if connection.phase != .reading || !connection.hasUnread { return connection }
    }
    return nil
  }

  private func evict(_ connection: Connection) {
    connection.close()
    connections.removeAll { $0 === connection }
  }

  /// For a full table without a victim. Connections that have something to read will make room next
  /// turn. If all are held, the newcomer is refused: it would wait for the outcome, and keep poll(2)
  /// from ever blocking.
  private func turnAway(from socket: ListeningSocket) {
    guard connections.allSatisfy({ $0.phase == .held }) else { return }
    if case .connection(let descriptor) = socket.accept() {
      Connection(descriptor, now: Monotonic.now).close()
    }
  }
}
