import Callback
import OAuth

/// The stream on which the server sends what is no answer, where it offers one.
struct ServerStream {
  let server: MCPServer
  let calls: Calls
  let inbox: Inbox

  /// The longest pause after failures, in seconds.
  private static let longestPause = 60.0
  /// A stream that lasted so many seconds was one, even if nothing came.
  private static let lasting = 10.0

  /// Keeps the stream open until the end, or until it turns out that there is none.
  func run() {
    var (stream, session, failures) = (nil as EventStream?, server.session, 0)
    while !calls.isOver {
      let start = Monotonic.now
      switch open(stream, session) {
      case .none: return
      case .read(let events):
        stream = events
        let isUseful = events.hasEvents || Monotonic.now - start > Self.lasting
        failures = isUseful || events.retry != nil ? 0 : failures + 1
      case .lostSession:
        failures = server.replace(session) ? 0 : failures + 1
      case .failed(let words):
        if failures == 0, !calls.isOver { inbox.note("can't listen to the server: \(words)") }
        failures += 1
      }
      if server.session.number != session.number {
        (stream, session) = (nil, server.session)
      } else if !calls.pause(pause(stream?.retry, failures)) {
        return
      }
    }
  }

  /// What the server asks for, or a second; twice as long after each try that brought nothing.
  private func pause(_ retry: Double?, _ failures: Int) -> Double {
    let first = min(max(retry ?? 1, 0.1), 3600)
    return min(first * Double(1 << min(failures, 6)), max(first, Self.longestPause))
  }

  private enum Outcome {
    case none
    case read(EventStream)
    case lostSession
    case failed(String)
  }

  private func open(_ stream: EventStream?, _ session: MCPServer.Session) -> Outcome {
    do throws(NoToken) {
      let reply = try server.send(
        "GET", in: session, lastEventID: stream?.lastID, .long
      ) {
        // The token may have been waited for.
        guard !calls.isOver else { return nil }
        return MCPExchange(
          resuming: stream, among: server.largeAnswers,
          wanted: { !calls.isOver && server.session.number == session.number },
          message: { text, _ in if let message = inbox.read(text) { inbox.pass(message) } })
      }
      guard let reply else { return .none }
      let exchange = reply.exchange
      if exchange.isStream { return .read(exchange.events) }
      if reply.sessionIsLost { return .lostSession }
      // A success that is no stream, too, comes from a server that has none.
      if [404, 405].contains(exchange.status) || exchange.isSuccess { return .none }
      return .failed(reply.lack)
    } catch {
      return .failed(error.words)
    }
  }
}
