extension SocketLoop {
  /// How long to leave new connections in the backlog when no descriptor is left.
  private static let restSeconds = 0.1

  /// Takes the connections that wait at `socket`, as many as one turn may cost the others.
  func accept(from socket: ListeningSocket) {
    for _ in 0..<Self.connectionLimit {
      switch socket.accept() {
      case .none: return
      case .exhausted:
        if !giveWay() { restingUntil = Monotonic.now + Self.restSeconds }
        return
      case .connection(let descriptor):
        let connection = Connection(descriptor, now: Monotonic.now)
        if connections.count >= Self.connectionLimit && !giveWay() {
          connection.close()
        } else {
          connections.append(connection)
        }
      }
    }
  }

  /// Closes the connection that is missed least: the oldest that never said a word, else the oldest
  /// that hasn't finished asking, else the oldest that has its answer. Never one that is held.
  private func giveWay() -> Bool {
    // Connections are kept in the order they came.
    let victim =
      connections.firstIndex(where: \.isSilent)
      ?? connections.firstIndex { $0.phase == .reading }
      ?? connections.firstIndex { $0.phase != .held }
    guard let victim else { return false }
    connections.remove(at: victim).close()
    return true
  }
}
