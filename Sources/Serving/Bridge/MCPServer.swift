import Callback
import HTTP
import OAuth

/// The server: each request with a token that works, and with the session that is open there.
final class MCPServer: Sendable {
  /// What the server and the client agreed on with `initialize`.
  struct Session: Sendable {
    /// Which session of this bridge it is; 0 before the first.
    fileprivate(set) var number = 0
    /// The server's name for it, where it keeps sessions.
    fileprivate(set) var id: String?
    fileprivate(set) var version: String?
    /// The client's own `initialize`, with which a lost session is opened again.
    fileprivate var greeting: [UInt8] = []
  }

  /// How long to wait for an answer, in seconds.
  struct Limits {
    let head: Double
    let idle: Double

    /// For what is answered at once.
    static let short = Limits(head: 30, idle: 30)
    /// For a tool that works, and a stream that is silent meanwhile. A connection that died on the
    /// way would otherwise never be noticed.
    static let long = Limits(head: 600, idle: 600)
    /// For the goodbye.
    static let last = Limits(head: 3, idle: 1)
  }

  /// What came of a request.
  struct Reply {
    let exchange: MCPExchange
    /// Why the answer isn't whole.
    let failure: HTTPFailure?
    /// The failure in words.
    let failureWords: String?
    /// What it was sent with.
    let token: Secret
    let session: Session

    /// The server answered that it doesn't know the session, and so did nothing. The specification
    /// has 404 for it; some servers answer 400, and say so.
    var sessionIsLost: Bool {
      guard session.id != nil else { return false }
      // A server may also answer 404 to a method that it doesn't have.
      let error = (try? Message(exchange.content))?.single?.value["error"]
      guard error?["code"]?.number != "\(ErrorResponse.methodNotFound)" else { return false }
      let words = String(decoding: exchange.content, as: UTF8.self).lowercased()
      return exchange.status == 404 || exchange.status == 400 && words.contains("session id")
    }
  }

  private struct State {
    var session = Session()
    var isRenewing = false
  }

  private let url: String
  private let tokens: any TokenSource
  private let connections: IdleConnections
  /// Of all exchanges with it.
  let largeAnswers = LargeAnswers()
  private let explain: @Sendable (HTTPFailure) -> String
  private let isWanted: @Sendable () -> Bool
  private let state = Watched(State())

  /// The endpoint `url`; once it isn't `isWanted`, no session is opened anew.
  init(
    _ url: String, _ tokens: any TokenSource, _ client: HTTPClient,
    explain: @escaping @Sendable (HTTPFailure) -> String, isWanted: @escaping @Sendable () -> Bool
  ) {
    (self.url, self.tokens, connections) = (url, tokens, IdleConnections(client))
    (self.explain, self.isWanted) = (explain, isWanted)
  }

  /// The session that is open, or was last.
  var session: Session { state.withLock { $0.session } }

  /// Sends a message in the session that is open: once more in a new one if the server has lost it.
  func post(_ limits: Limits, _ exchange: () -> MCPExchange?) throws(NoToken) -> Reply? {
    let reply = try send("POST", in: session, limits, exchange)
    guard let reply, reply.sessionIsLost, replace(reply.session) else { return reply }
    return try send("POST", in: session, limits, exchange)
  }

  /// Sends a request; once more with another token if the server refuses the first. `exchange` is
  /// asked when there is a token: nil when the request isn't wanted any more, which makes the result
  /// nil.
  func send(
    _ method: String, in session: Session, lastEventID: String? = nil,
    _ limits: Limits, _ exchange: () -> MCPExchange?
  ) throws(NoToken) -> Reply? {
    var token = try tokens.token()
    var isFirst = true
    while true {
      guard let exchange = exchange() else { return nil }
      let request = StreamedRequest(
        method: method, url: url,
        headers: headers(method, token, session, lastEventID),
        body: method == "POST" ? .sized(exchange.body.count) : .none)
      let failure = transfer(request, exchange, limits)
      let reply = Reply(
        exchange: exchange, failure: failure, failureWords: failure.map(explain), token: token,
        session: session)
      guard exchange.status == 401, isFirst, let next = tokens.successor(of: token) else {
        return reply
      }
      (token, isFirst) = (next, false)
    }
  }

  private func transfer(
    _ request: StreamedRequest, _ exchange: MCPExchange, _ limits: Limits
  ) -> HTTPFailure? {
    defer { exchange.endTransfer() }
    do throws(HTTPFailure) {
      try connections.lend { connection throws(HTTPFailure) in
        _ = try connection.send(
          request, exchange, headTimeout: limits.head, idleTimeout: limits.idle)
      }
      return nil
    } catch {
      return error
    }
  }

  private func headers(
    _ method: String, _ token: Secret, _ session: Session, _ lastEventID: String?
  ) -> [(name: String, value: String)] {
    var headers = [("Authorization", "Bearer \(token.reveal())"), ("User-Agent", "xauth")]
    if method == "POST" {
      headers.append(("Content-Type", "application/json"))
      headers.append(("Accept", "application/json, text/event-stream"))
    } else if method == "GET" {
      headers.append(("Accept", "text/event-stream"))
    }
    if let id = session.id { headers.append(("Mcp-Session-Id", id)) }
    if let version = session.version { headers.append(("MCP-Protocol-Version", version)) }
    if let lastEventID { headers.append(("Last-Event-ID", lastEventID)) }
    return headers.map { (name: $0, value: $1) }
  }
}

extension MCPServer {
  /// A session is open: `greeting` was answered with `result`.
  func opened(by greeting: [UInt8], _ result: JSONValue, _ headers: [String: String]) {
    state.withLock { $0.session = $0.session.next(greeting, result, headers) }
  }

  /// Sees to a session that isn't `lost`: one thread opens it, by the client's own first message, and
  /// the others wait. Whether there is one.
  func replace(_ lost: Session) -> Bool {
    let isMine = state.withLock { state in
      guard state.session.number == lost.number, !state.isRenewing else { return false }
      state.isRenewing = true
      return true
    }
    if isMine {
      reopen(lost)
      state.withLock { $0.isRenewing = false }
    } else {
      _ = state.wait(until: Monotonic.now + 120) { !$0.isRenewing }
    }
    return session.number != lost.number
  }

  private func reopen(_ lost: Session) {
    var result: JSONValue?
    func look(_ text: [UInt8], _: MCPExchange) {
      guard let part = (try? Message(text))?.single, case .response = part.kind else { return }
      result = result ?? part.value["result"]
    }
    let greeted = post(lost.greeting, in: Session(), message: look)
    guard let exchange = greeted?.exchange, exchange.isSuccess else { return }
    if !exchange.isStream { look(exchange.content, exchange) }
    guard let result else { return }
    let next = lost.next(lost.greeting, result, exchange.headers)
    let confirmation = Array(#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#.utf8)
    guard post(confirmation, in: next)?.exchange.isSuccess == true else { return }
    state.withLock { $0.session = next }
  }

  private func post(
    _ body: [UInt8], in session: Session,
    message: @escaping ([UInt8], MCPExchange) -> Void = { _, _ in }
  ) -> Reply? {
    try? send("POST", in: session, .short) {
      guard isWanted() else { return nil }
      return MCPExchange(
        body: body, among: largeAnswers, wanted: isWanted, message: message)
    }
  }
}

extension MCPServer.Session {
  /// The session after this one, which the answer to `greeting` opens.
  fileprivate func next(
    _ greeting: [UInt8], _ result: JSONValue, _ headers: [String: String]
  ) -> Self {
    func visible(_ text: String?) -> String? {
      text.flatMap { $0.utf8.allSatisfy { (0x21...0x7E).contains($0) } && !$0.isEmpty ? $0 : nil }
    }
    return MCPServer.Session(
      number: number + 1, id: visible(headers["mcp-session-id"]),
      version: visible(result["protocolVersion"]?.string), greeting: greeting)
  }
}
