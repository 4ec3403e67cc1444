import Callback
import HTTP
import OAuth

/// How long the proxy waits, in seconds, and for how many.
struct ProxyLimits: Sendable {
  /// For a client's bytes.
  var reading = RequestReader.Limits()
  /// For a client to take some bytes: who plays what it downloads may pause.
  var writing = 600.0
  /// For the head of X's answer.
  var answer = 120.0
  /// For an answer to go on, unless it is a stream of events.
  var stall = 120.0
  /// Connections at once.
  var connections = 100
}

/// What all connections of a proxy share.
struct ProxyService: Sendable {
  let rule: ForwardingRule
  /// What comes before each path: an absolute URL without a final slash.
  let upstream: String
  let tokens: any TokenSource
  let connections: IdleConnections
  let limits: ProxyLimits
  let explain: @Sendable (HTTPFailure) -> String
  let note: @Sendable (ProxyNote) -> Void
}

/// One client's connection, on a thread of its own: its requests, one after the other.
final class ProxyConnection {
  private let socket: ClientSocket
  private let service: ProxyService
  private let reader: RequestReader

  init(_ socket: ClientSocket, _ service: ProxyService) {
    (self.socket, self.service) = (socket, service)
    reader = RequestReader(socket, service.limits.reading)
  }

  /// Serves the client until one of both ends it.
  func run() {
    while true {
      switch reader.nextHead() {
      case .ended: return
      case .refused(let refusal):
        refuse(refusal)
        return socket.endInOrder()
      case .head(let head):
        guard socket.beginRequest() else { return }
        guard serve(head), socket.endRequest() else { return socket.endInOrder() }
      }
    }
  }

  private func refuse(_ refusal: ForwardingRule.Refusal, isToHead: Bool = false) {
    let answer = ProxyAnswer(on: socket, isToHead: isToHead, patience: service.limits.writing)
    answer.send(problem: refusal.status, refusal.words)
    service.note(.refused(status: refusal.status, reason: refusal.words))
  }

  /// Answers a request; whether the connection can take another one.
  private func serve(_ head: RequestHead) -> Bool {
    switch service.rule.decide(head) {
    case .refuse(let refusal):
      refuse(refusal, isToHead: head.method == "HEAD")
      return false
    case .forward(let request):
      let start = Monotonic.now
      let answer = ProxyAnswer(
        on: socket, isToHead: request.method == "HEAD", mayBeChunked: request.mayBeChunked,
        closes: !request.keepsConnection, patience: service.limits.writing)
      let body = RequestBody(
        request.body, from: reader, invite: request.awaitsContinue ? answer.sendContinue : nil)
      let isWhole = forward(request, body, answer)
      service.note(
        .answered(
          method: request.method, path: request.path, status: answer.status, isWhole: isWhole,
          milliseconds: Int((Monotonic.now - start) * 1000)))
      return isWhole && !answer.closes && body.isWhole
    }
  }

  /// Sends a request to X with the token of the moment, and once more only if X refuses that one (401)
  /// and there is a newer one. Whether the client has got a whole answer.
  private func forward(
    _ request: ForwardedRequest, _ body: RequestBody, _ answer: ProxyAnswer
  ) -> Bool {
    let token: Secret
    do throws(NoToken) {
      token = try service.tokens.token()
    } catch {
      service.note(.noToken(error))
      answer.send(
        problem: 503, error.words, retryAfter: error.retryAfter, closing: !body.isWhole)
      return true
    }
    // It may have waited for a renewal.
    guard !socket.isGone else { return false }
    let limits = service.limits
    let first = ForwardedExchange(request, body, from: socket, to: answer, limits)
    let outcome = send(request, request.body, token, first)
    guard first.isHeldBack else { return conclude(first, outcome, body, answer) }
    body.readRest()
    // Asked for now, and not while the answer comes: it may take as long as a renewal.
    if !socket.isGone, let copy = body.wholeCopy,
      let successor = service.tokens.successor(of: token), successor != token, !socket.isGone
    {
      let second = ForwardedExchange(
        request, body, again: copy, from: socket, to: answer, limits)
      let kind = request.body == .none ? request.body : .sized(copy.count)
      return conclude(second, send(request, kind, successor, second), body, answer)
    }
    guard outcome == .whole, !first.passOn() else { return conclude(first, outcome, body, answer) }
    return false
  }

  /// What became of a transfer.
  private enum Outcome: Equatable {
    case whole
    /// The exchange ended it, for a reason that it knows.
    case givenUp
    case failed(HTTPFailure)
  }

  private func send(
    _ request: ForwardedRequest, _ body: StreamedRequest.Body, _ token: Secret,
    _ exchange: ForwardedExchange
  ) -> Outcome {
    let authorization = (name: "Authorization", value: "Bearer \(token.reveal())")
    let streamed = StreamedRequest(
      method: request.method,
      url: service.upstream + request.path + (request.query.map { "?\($0)" } ?? ""),
      headers: request.headers.map { ($0.name, $0.value) } + [authorization], body: body)
    var isWhole = false
    do throws(HTTPFailure) {
      try service.connections.lend { connection throws(HTTPFailure) in
        // An answer's own limit is for the exchange to watch: it knows from the head which one applies.
        isWhole = try connection.send(
          streamed, exchange, headTimeout: service.limits.answer, idleTimeout: nil)
      }
      return isWhole ? .whole : .givenUp
    } catch {
      return .failed(error)
    }
  }

  /// Ends an answer, or says why there is none. Whether the client has got a whole one.
  private func conclude(
    _ exchange: ForwardedExchange, _ outcome: Outcome, _ body: RequestBody, _ answer: ProxyAnswer
  ) -> Bool {
    let problem: ForwardingProblem?
    switch outcome {
    case .whole: return answer.end()
    case .givenUp: problem = exchange.failure.flatMap { ForwardingProblem($0) }
    case .failed(let failure):
      problem = ForwardingProblem(failure, service.explain(failure))
      service.note(.unanswered(failure))
    }
    // With half an answer sent, nothing tells the client of the other half but the connection's end.
    guard answer.status == nil, let problem else { return false }
    answer.send(problem: problem.status, problem.words, closing: !body.isWhole)
    return true
  }
}
