extension SocketLoop {
  /// How long to leave new connections in the backlog when no descriptor is left.
  private static let restSeconds = 0.1

  /// Takes the connections that wait at `socket`, as many as one turn may cost the others.
  func accept(from socket: ListeningSocket) {
    for _ in 0..<Self.connectionLimit {
      let isFull = connections.count >= Self.connectionLimit
      let victim = isFull ? leastMissed : nil
      if isFull && victim == nil { return turnAway(from: socket) }
      switch socket.accept() {
      case .none: return
      case .exhausted:
        if let victim = leastMissed {
          connections.remove(at: victim).close()
        } else {
          restingUntil = Monotonic.now + Self.restSeconds
        }
        return
      case .connection(let descriptor):
        if let victim { connections.remove(at: victim).close() }
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

  /// The connection that gives way to a new one: the oldest that has its answer, else the oldest of
  /// the larger crowd, those who have said nothing yet or those who haven't finished asking. Never one
  /// that is held, nor one that has said something that wasn't read yet.
  ///
  /// So neither crowd of strangers drives out a browser of the other kind: among those who have each
  /// said half a word, one behind a tunnel hasn't spoken yet; among the silent, one that speaks TLS
  /// waits for the answer to its hello.
  private var leastMissed: Int? {
    // Connections are kept in the order they came.
    if let answered = connections.firstIndex(where: { $0.phase == .draining }) { return answered }
    let waiting = connections.indices.filter { connections[$0].phase != .held }
    let silent = waiting.filter { connections[$0].isSilent }
    let spoken = waiting.filter { !connections[$0].isSilent }
    let crowds = silent.count >= spoken.count ? [silent, spoken] : [spoken, silent]
    return crowds.joined().first {
      connections[$0].phase == .answering || !connections[$0].hasUnread
    }
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
