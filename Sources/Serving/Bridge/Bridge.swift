import Callback
import Glibc
import HTTP

/// Passes messages between a client that speaks MCP on descriptors, a line each, and a server that
/// speaks it over HTTP ("streamable HTTP", revisions 2025-03-26 to 2025-11-25).
///
/// Messages are passed on as they came; of a batch, requests wait for their turn, and what wants no
/// answer is sent apart from them. Every request gets one answer: the server's, or an error that says
/// whether it may have been carried out; none is sent again that may have been. One that the client
/// cancels gets none. Nothing but messages is written to the output. The program must ignore SIGPIPE.
public final class Bridge: Sendable {
  /// For how many seconds the goodbye to the server may take.
  private static let secondsForGoodbye = 5.0
  /// And a client that doesn't read may have for the last errors.
  private static let secondsForLastLines = 1.0

  private let server: MCPServer
  private let calls = Calls()
  private let inbox: Inbox
  private let input: Int32
  private let output: OutputLines
  private let grace: Double
  private let traffic = Watched(Traffic())
  /// Ends the wait for input when it is closed.
  private let wake = Wake()

  /// A bridge from `input` and `output` to the MCP endpoint `server`, a URL. `note` takes what a
  /// person may want to know, in words that are fit for a terminal and hold nothing of a token or a
  /// message; `explain` has the words for a request that failed. Any thread may call both. At the
  /// end, requests in flight have `grace` seconds.
  public init(
    server: String, tokens: any TokenSource, client: HTTPClient, input: Int32, output: Int32,
    grace: Double, explain: @escaping @Sendable (HTTPFailure) -> String,
    note: @escaping @Sendable (String) -> Void
  ) {
    self.server = MCPServer(
      server, tokens, client, explain: explain, isWanted: { [calls] in !calls.isOver })
    (self.input, self.grace) = (input, grace)
    self.output = OutputLines(output)
    inbox = Inbox(
      calls: calls, output: self.output, note: note,
      outputClosed: { [calls, wake] in
        _ = calls.end()
        wake.wake()
      })
  }

  /// Serves until the input ends, nobody reads the output any more, or `stop` is called. The server
  /// is then told that the session is over.
  public func run() {
    read()
    let deadline = Monotonic.now + grace
    calls.waitUntilAnswered(until: deadline)
    _ = traffic.wait(until: deadline) { $0.isLaneIdle || output.isClosed }
    output.hurry(Self.secondsForLastLines)
    for (id, wasSent) in calls.end() {
      let what = wasSent ? BridgeWords.mayHaveHappened : BridgeWords.notSent
      inbox.refuse(id, code: ErrorResponse.serverError, "the bridge ended; \(what)")
    }
    calls.waitUntilAnswered(until: Monotonic.now + Self.secondsForLastLines)
    output.close()
    sayGoodbye()
  }

  /// Ends the bridge as the end of the input does. Any thread may call it.
  public func stop() {
    // The thread that reads may be writing a refusal to a client that doesn't take it.
    output.hurry(grace + Self.secondsForLastLines)
    wake.wake()
  }
}

// What the client sends.
extension Bridge {
  private func read() {
    var lines = InputLines()
    var number = 0
    var isAtEnd = false
    while !isAtEnd, !calls.isOver, let bytes = nextBytes() {
      isAtEnd = bytes.isEmpty
      for line in isAtEnd ? lines.finish().map({ [$0] }) ?? [] : lines.take(bytes) {
        number += 1
        take(line, number)
      }
    }
  }

  /// The next bytes of the input, none at its end; nil when the bridge is to end before that.
  private func nextBytes() -> [UInt8]? {
    while true {
      var polled = [
        pollfd(fd: wake.descriptor, events: Int16(POLLIN), revents: 0),
        // Reports without being asked when nobody reads any more.
        pollfd(fd: output.descriptor, events: 0, revents: 0),
        pollfd(fd: input, events: Int16(POLLIN), revents: 0),
      ]
      guard poll(&polled, nfds_t(polled.count), -1) > 0 || errno == EINTR else { return nil }
      if polled[0].revents != 0 || polled[1].revents != 0 { return nil }
      guard polled[2].revents != 0 else { continue }
      var count = 0
      let bytes = [UInt8](unsafeUninitializedCapacity: 64 << 10) { buffer, filled in
        count = Glibc.read(input, buffer.baseAddress, buffer.count)
        filled = max(0, count)
      }
      if count < 0, errno == EINTR || errno == EAGAIN { continue }
      return bytes
    }
  }

  private func take(_ line: InputLines.Line, _ number: Int) {
    let tooLong = "a message may have at most \(Message.limit >> 20) MiB; it was not sent"
    guard case .whole(let text) = line else {
      return inbox.refuse(nil, code: ErrorResponse.invalidRequest, tooLong)
    }
    do throws(Message.Flaw) {
      let message = try Message(text)
      if text.count > Message.limit {
        if message.requests.isEmpty { inbox.note("\(tooLong): a notification or an answer") }
        for id in message.requests {
          inbox.refuse(id, code: ErrorResponse.invalidRequest, tooLong)
        }
      } else {
        if let requests = message.keeping({ $0.request != nil }) {
          carry(Call(number: number, message: requests))
        }
        if let others = message.keeping({ $0.request == nil && !cancel($0) }) {
          send(others, number)
        }
      }
    } catch {
      switch error {
      case .notJSON:
        inbox.refuse(nil, code: ErrorResponse.parseError, "this line is not JSON in UTF-8")
      case .notMessage(let id):
        inbox.refuse(id, code: ErrorResponse.invalidRequest, "this is not a JSON-RPC message")
      }
    }
  }

  /// Takes up what wants an answer.
  private func carry(_ call: Call) {
    let first = call.message.requests.first
    // The probe of a client that knows revisions without `initialize`, which need header fields that
    // the bridge doesn't make: this answer has the client fall back to those that have it.
    if call.message.single?.method == "server/discover" {
      return inbox.refuse(
        first, code: ErrorResponse.methodNotFound, "no such method: begin with initialize")
    }
    guard calls.open(call) else {
      for id in call.message.requests {
        inbox.refuse(
          id, code: ErrorResponse.invalidRequest,
          "an id can't be used again before it is answered; it was not sent")
      }
      return
    }
    let isTaken = traffic.withLock { $0.add(call) }
    if isTaken { return start() }
    for id in call.message.requests { inbox.fail(id, "too much waits to be sent; it was not sent") }
    calls.close(call)
  }

  /// Takes up notifications and answers.
  private func send(_ message: Message, _ number: Int) {
    if traffic.withLock({ $0.add(message, number) }) { return start() }
    inbox.note("too much waits to be sent; a notification of the client's was left out")
  }
}

// What is sent.
extension Bridge {
  /// Cancels the request that `part` names: one that was not sent never will be, and of one that was
  /// the server is told at once. False if it names none, or has to queue like other notifications.
  private func cancel(_ part: Message.Part) -> Bool {
    guard part.method == "notifications/cancelled",
      let id = part.value["params"]?["requestId"].flatMap(MessageID.init),
      let wasSent = calls.cancel(id)
    else { return false }
    return !wasSent || sendAtOnce(Message(part))
  }

  /// Starts what may be sent now.
  private func start() {
    let (isLaneFree, next) = traffic.withLock { ($0.takeLane(), $0.takeCalls()) }
    if isLaneFree, !WorkerThread.start({ self.runLane() }) {
      traffic.withLock { $0.leaveLane() }
    }
    for call in next where !WorkerThread.start({ self.run(call) }) {
      for id in call.message.requests {
        inbox.fail(id, "no thread can be started; it was not sent")
      }
      calls.close(call)
      traffic.withLock { $0.ended(call) }
    }
  }

  private func run(_ call: Call) {
    let delivery = Delivery(call: call, server: server, calls: calls, inbox: inbox) {
      guard call.isHandshake else { return }
      self.traffic.withLock { $0.answered(call) }
      self.start()
    }
    delivery.run()
    traffic.withLock { $0.ended(call) }
    start()
  }

  /// Sends a cancellation past what the server may be slow to take; false where it has to queue.
  private func sendAtOnce(_ message: Message) -> Bool {
    guard traffic.withLock({ $0.beginCancellation() }) else { return false }
    let isStarted = WorkerThread.start {
      _ = self.post(message)
      self.traffic.withLock { $0.endCancellation() }
    }
    if !isStarted { traffic.withLock { $0.endCancellation() } }
    return isStarted
  }

  private func runLane() {
    while let (number, message) = traffic.withLock({ $0.takeMessage() }) {
      let isAccepted = post(message)
      guard message.isConfirmation else { continue }
      traffic.withLock { $0.confirmed(number) }
      start()
      if isAccepted { listen() }
    }
  }

  /// Whether the server takes a notification or an answer.
  private func post(_ message: Message) -> Bool {
    do throws(NoToken) {
      let deadline = Monotonic.now + MCPServer.Limits.short.head
      let reply = try server.post(.short) {
        MCPExchange(
          body: message.line, among: self.server.largeAnswers,
          wanted: { !self.calls.isOver && Monotonic.now < deadline },
          message: { text, _ in self.inbox.read(text).map(self.inbox.pass) })
      }
      guard let reply, !reply.exchange.isSuccess else { return true }
      inbox.note("a notification was not taken: \(reply.lack)")
    } catch {
      inbox.note("a notification was not sent: \(error.words)")
    }
    return false
  }

  private func listen() {
    guard traffic.withLock({ $0.beginListening() }) else { return }
    let isStarted = WorkerThread.start {
      ServerStream(server: self.server, calls: self.calls, inbox: self.inbox).run()
      self.traffic.withLock { $0.endListening() }
    }
    if !isStarted { traffic.withLock { $0.endListening() } }
  }

  /// Ends the session at the server, as far as that can be done in a few seconds.
  private func sayGoodbye() {
    let session = server.session
    guard session.id != nil else { return }
    let deadline = Monotonic.now + Self.secondsForGoodbye
    let isDone = Watched(false)
    let isStarted = WorkerThread.start {
      _ = try? self.server.send("DELETE", in: session, .last) {
        MCPExchange(
          among: self.server.largeAnswers, wanted: { Monotonic.now < deadline },
          message: { _, _ in })
      }
      isDone.withLock { $0 = true }
    }
    if isStarted { _ = isDone.wait(until: deadline) { $0 } }
  }
}

/// A descriptor that can be made readable, for good.
private final class Wake: Sendable {
  /// -1, which poll(2) passes over, when there are no descriptors left.
  let descriptor: Int32
  private let other: Int32

  init() {
    var ends: [Int32] = [-1, -1]
    _ = pipe(&ends)
    for end in ends where end >= 0 { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    (descriptor, other) = (ends[0], ends[1])
  }

  deinit {
    close(descriptor)
    close(other)
  }

  func wake() { _ = write(other, "!", 1) }
}
