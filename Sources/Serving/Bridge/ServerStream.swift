import Callback
import OAuth

/// The stream on which the server sends what is no answer, where it offers one.
struct ServerStream {
  let server: MCPServer
  let calls: Calls
  let inbox: Inbox

  /// The longest pause between two tries, in seconds.
  private static let longestPause = 60.0

  /// Keeps the stream open until the end, or until it turns out that there is none.
  func run() {
    var (stream, session, failures) = (nil as EventStream?, server.session, 0)
    while !calls.isOver {
      if server.session.number != session.number { (stream, session) = (nil, server.session) }
      let outcome = open(stream, session)
      switch outcome {
      case .none: return
      case .read(let events):
        stream = events
        failures = events.hasEvents ? 0 : failures + 1
      case .lostSession:
        failures = server.replace(session) ? 0 : failures + 1
        if failures == 0 { continue }
      case .failed(let words):
        if failures == 0 { inbox.note("can't listen to the server: \(words); trying again") }
        failures += 1
      }
      let first = stream?.retry ?? 1
      // A server that gave its own time wants to be asked again and again.
      let isPolled = stream?.retry != nil && outcome.isRead
      let pause = isPolled ? first : first * Double(1 << min(max(failures - 1, 0), 6))
      guard calls.pause(min(max(pause, 0.1), Self.longestPause)) else { return }
    }
  }

  private enum Outcome {
    case none
    case read(EventStream)
    case lostSession
    case failed(String)

    var isRead: Bool { if case .read = self { true } else { false } }
  }

  private func open(_ stream: EventStream?, _ session: MCPServer.Session) -> Outcome {
    do throws(NoToken) {
      let reply = try server.send(
        "GET", in: session, lastEventID: stream?.lastID, .long
      ) {
        MCPExchange(
          resuming: stream,
          wanted: { !calls.isOver && server.session.number == session.number },
          message: { text, _ in if let message = inbox.read(text) { inbox.pass(message) } })
      }
      guard let reply else { return .none }
      let exchange = reply.exchange
      if exchange.isStream { return .read(exchange.events) }
      if reply.sessionIsLost { return .lostSession }
      // A success that is no stream, too, comes from a server that has none.
      if [404, 405].contains(exchange.status) || exchange.isSuccess { return .none }
      return .failed(BridgeWords.lack(reply))
    } catch {
      return .failed(error.words)
    }
  }
}
