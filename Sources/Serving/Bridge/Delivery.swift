import Callback
import OAuth

/// A call on its way to its answer. On one thread.
struct Delivery {
  let call: Call
  let server: MCPServer
  let calls: Calls
  let inbox: Inbox
  /// Called once the call has its answer, which may be long before its stream ends.
  let answered: () -> Void

  /// For how many seconds a stream is resumed that brings nothing.
  private static let patience = 600.0
  private static let triesToResume = 5

  /// Sends the call, and sees to it that every request in it is answered.
  func run() {
    do throws(NoToken) {
      let reply =
        call.isHandshake
        ? try server.send("POST", in: MCPServer.Session(), .long, begin)
        : try server.post(.long, begin)
      if let reply { finish(reply) }
    } catch {
      fail(error.words)
    }
    calls.close(call)
  }

  private func begin() -> MCPExchange? {
    guard let message = calls.begin(call) else { return nil }
    return MCPExchange(
      body: message.line, among: server.largeAnswers, wanted: { calls.isWanted(call) },
      message: receive)
  }

  private func receive(_ text: [UInt8], _ exchange: MCPExchange) {
    guard let message = inbox.read(text) else { return }
    let part = message.single
    if call.isHandshake, case .response = part?.kind, let result = part?.value["result"] {
      server.opened(by: call.message.line, result, exchange.headers)
    }
    if case .response(nil) = part?.kind, let error = part?.value["error"] {
      for id in calls.unanswered(call) { inbox.fail(id, error: error) }
    } else {
      inbox.pass(message)
    }
    if calls.unanswered(call).isEmpty { answered() }
  }

  private func finish(_ reply: MCPServer.Reply) {
    let exchange = reply.exchange
    guard !calls.unanswered(call).isEmpty else { return }
    if exchange.isStream {
      resume(exchange.events, in: reply.session)
    } else if exchange.isSuccess {
      if reply.failure == nil, !exchange.isTooLong, !exchange.content.isEmpty {
        receive(exchange.content, exchange)
      }
    } else if let part = (try? Message(exchange.content))?.single, case .response = part.kind,
      let error = part.value["error"]
    {
      for id in calls.unanswered(call) { inbox.fail(id, error: error) }
    }
    fail(reply.lackOfResponse)
  }

  private func fail(_ words: String) {
    for id in calls.unanswered(call) { inbox.fail(id, words) }
    answered()
  }

  /// Reads on where a stream has ended too early, by the id of its last event.
  private func resume(_ stream: EventStream, in session: MCPServer.Session) {
    var (stream, failures, progress) = (stream, 0, Monotonic.now)
    while let id = stream.lastID, failures < Self.triesToResume,
      Monotonic.now - progress < Self.patience, !calls.unanswered(call).isEmpty
    {
      let wait = min(Self.patience, max(stream.retry ?? 1, 0.1) * Double(1 << failures))
      guard calls.pause(wait) else { return }
      let before = stream
      let reply = try? server.send("GET", in: session, lastEventID: id, .long) {
        guard calls.isWanted(call) else { return nil }
        return MCPExchange(
          resuming: before, among: server.largeAnswers, wanted: { calls.isWanted(call) },
          message: receive)
      }
      guard let exchange = reply?.exchange else { return }
      if exchange.isStream {
        stream = exchange.events
        if stream.hasEvents { (failures, progress) = (0, Monotonic.now) }
      } else if (400..<500).contains(exchange.status), exchange.status != 429 {
        return
      } else {
        failures += 1
      }
    }
  }
}
