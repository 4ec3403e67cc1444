extension SocketLoop {
  /// How long to leave new connections in the backlog when no descriptor is left.
  private static let restSeconds = 0.1
  /// Longer than the first word of whoever has something to ask takes, through a tunnel too.
  private static let silentSeconds = 1.0

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

  /// The connection that gives way to a new one: the oldest that has its answer, else the oldest that
  /// has been silent for long, else the oldest that hasn't finished asking or doesn't take its
  /// answer. Never one that is held, nor one that has said something that wasn't read yet.
  ///
  /// One that came a moment ago goes by its age alone: among strangers who have each said half a
  /// word, a browser behind a tunnel is the one that hasn't spoken yet.
  private var leastMissed: Int? {
    let longAgo = Monotonic.now - Self.silentSeconds
    // Connections are kept in the order they came.
    return connections.firstIndex { $0.phase == .draining }
      ?? connections.firstIndex { $0.isSilent && $0.since < longAgo && !$0.hasUnread }
      ?? connections.firstIndex {
        $0.phase == .answering || $0.phase == .reading && !$0.hasUnread
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
