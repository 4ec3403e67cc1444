extension SocketLoop {
  /// How long to leave new connections in the backlog when no descriptor is left.
  private static let restSeconds = 0.1

  /// Takes the connections that wait at `sockets`, as many as one turn may cost the others.
  ///
  /// Who comes in this turn has yet to be heard, and gives way to nobody in it. So nobody else has to
  /// while there are free places, and of a full table half at most: a crowd that came all at once would
  /// drive out the small crowds with the large ones.
  func accept(from sockets: [ListeningSocket]) {
    if sockets.isEmpty { return }
    let order = connections.count >= Self.connectionLimit ? leastMissed : []
    var givingWay = order.prefix((order.count + 1) / 2)
    for socket in sockets { accept(from: socket, instead: &givingWay) }
  }

  private func accept(
    from socket: ListeningSocket, instead givingWay: inout ArraySlice<Connection>
  ) {
    for _ in 0..<Self.connectionLimit {
      let isFull = connections.count >= Self.connectionLimit
      let victim = isFull ? next(of: &givingWay) : nil
      if isFull && victim == nil { return turnAway(from: socket) }
      switch socket.accept() {
      case .none: return
      case .exhausted:
        var others = leastMissed[...]
        if let victim = victim ?? next(of: &others) {
          drop(victim)
        } else {
          restingUntil = Monotonic.now + Self.restSeconds
        }
        return
      case .connection(let descriptor):
        if let victim { drop(victim) }
        connections.append(Connection(descriptor, now: Monotonic.now))
      }
    }
  }

  /// Closes what nobody has to answer any more: all that isn't held, nor has said something that
  /// wasn't read yet.
  func closeIdle() {
    connections.removeAll { connection in
      guard connection.phase != .held, !connection.hasUnread else { return false }
      connection.close()
      return true
    }
  }

  /// Who gives way to a newcomer, the first of them first: those who have their answer, then again and
  /// again the oldest of the largest crowd, a crowd being all who have come equally far. Never one that
  /// is held.
  ///
  /// So no crowd of strangers drives out a browser that has come less far than they, or farther: one
  /// behind a tunnel that hasn't spoken yet, one whose hello was answered and that is still looking at
  /// the certificate.
  private var leastMissed: [Connection] {
    // Connections are kept in the order they came.
    var order = connections.filter { $0.phase == .draining }
    let waiting = connections.filter { $0.phase == .reading || $0.phase == .answering }
    var crowds = Connection.Progress.allCases.map { progress in
      waiting.filter { $0.progress == progress }[...]
    }
    for _ in waiting {
      let largest = crowds.indices.max { crowds[$0].count < crowds[$1].count }
      if let largest, let oldest = crowds[largest].popFirst() { order.append(oldest) }
    }
    return order
  }

  /// The next who gives way: nobody who is to be read and has said something that wasn't read yet.
  private func next(of givingWay: inout ArraySlice<Connection>) -> Connection? {
    while let connection = givingWay.popFirst() {
      if connection.phase != .reading || !connection.hasUnread { return connection }
    }
    return nil
  }

  private func drop(_ connection: Connection) {
    connection.close()
    connections.removeAll { $0 === connection }
  }

  /// Nobody gives way. Whoever has yet to be read will, next turn; but if all are held, a newcomer
  /// would wait for the outcome, and the loop turn for nothing.
  private func turnAway(from socket: ListeningSocket) {
    guard connections.allSatisfy({ $0.phase == .held }) else { return }
    if case .connection(let descriptor) = socket.accept() {
      Connection(descriptor, now: Monotonic.now).close()
    }
  }
}
