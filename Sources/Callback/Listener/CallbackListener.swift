/// Waits for the browser to come back from X, and answers it once it is known how things went.
///
/// For one thread, and only while `next` or `finish` runs: in between, browsers wait. Nothing that
/// is sent without the `state` ends the login, blocks it or slows it down.
public final class CallbackListener {
  private let loop: SocketLoop
  private let expectation: CallbackExpectation
  private var events: [ListenerEvent] = []
  private var noted: Set<ListenerNote> = []
  private var isConsumed = false
  private var outcome: Page?
  /// How many were led away from a code to the outcome, and haven't asked for that yet.
  private var ledAway = 0
  private var hasLed = false

  /// Seconds for those who have begun to ask when the outcome is known: a browser on this machine
  /// needs milliseconds, and nobody waits for strangers.
  private static let graceSeconds = 0.15

  /// Binds and listens, and nothing else: the browser can be opened as soon as this returns.
  ///
  /// - Parameters:
  ///   - endpoints: where, as `ListenEndpoint.resolve` says. Ports that are 0 all become the port
  ///     that the first one gets. None at all for a login by pasting alone: then `next` waits for
  ///     the caller's descriptors and the deadline.
  ///   - identity: for https; nil for http, also behind a proxy that does the TLS.
  ///   - expectation: what the right request looks like. If its redirect's port is 0, it becomes
  ///     the one that was bound.
  /// - Throws: what keeps it from listening. A taken port at any of the endpoints does.
  public init(
    endpoints: [ListenEndpoint], identity: TLSIdentity?, expecting expectation: CallbackExpectation
  ) throws(ListenFailure) {
    var sockets: [ListeningSocket] = []
    var absent: ListenFailure?
    for endpoint in endpoints {
      let port = endpoint.port == 0 ? sockets.first?.address.port ?? 0 : endpoint.port
      do throws(ListenFailure) {
        sockets.append(
          try ListeningSocket(ListenEndpoint(address: endpoint.address, port: port)))
      } catch {
        guard case .addressNotHere = error, endpoint.mayBeAbsent else { throw error }
        absent = absent ?? error
      }
    }
    if sockets.isEmpty, let absent { throw absent }
    let redirect = expectation.redirect
    let port = sockets.first?.address.port ?? redirect.port
    self.expectation = CallbackExpectation(
      redirect: redirect.port == 0 ? redirect.at(port: port) : redirect, state: expectation.state)
    loop = SocketLoop(sockets, tls: identity?.context)
  }

  /// The addresses that are listened at, in numbers, with the ports that were really bound.
  var boundAddresses: [(address: String, port: Int)] {
    loop.sockets.map { ($0.address.host, $0.address.port) }
  }

  /// The redirect target that is waited for, its port filled in where 0 was asked for.
  var redirect: RedirectURI { expectation.redirect }

  /// Waits until something happens that the caller has to know.
  ///
  /// - Parameters:
  ///   - deadline: when to return at the latest, on the clock `Monotonic`, in seconds.
  ///   - alsoReadable: descriptors to wait for as well: a signal's pipe, standard input. They go
  ///     before everything else, in this order.
  public func next(until deadline: Double, alsoReadable: [Int32] = []) -> ListenerEvent {
    while events.isEmpty {
      let turn = loop.turn(until: deadline, alsoReadable: alsoReadable)
      take(turn)
      if let descriptor = turn.readable { return .readable(descriptor) }
      if events.isEmpty && Monotonic.now >= deadline { return .deadline }
    }
    return events.removeFirst()
  }

  /// Closes the connections that nobody has asked anything on: whoever has what was waited for may
  /// need the descriptors.
  public func closeIdle() { loop.closeIdle() }

  /// Tells the browser how things went, on the connection that is held and on those that asked for
  /// the same meanwhile; then closes everything.
  ///
  /// A code in the address bar, or where Back leads to, is a code that leaks (RFC 9700 §4.3.1): a
  /// browser is led to an address without it first, and gets the page there.
  ///
  /// - Parameters:
  ///   - page: the outcome.
  ///   - seconds: how long to wait at most for those to take it. Nobody else is waited for.
  ///   - signal: a descriptor that ends the wait when it is readable, but for the moment that a browser
  ///     on this machine needs.
  public func finish(with page: Page, within seconds: Double, unless signal: Int32? = nil) {
    let start = Monotonic.now
    let (deadline, grace) = (start + seconds, start + min(seconds, Self.graceSeconds))
    outcome = page
    for connection in loop.connections where connection.phase == .held {
      tell(page, to: connection)
    }
    // Browsers that asked while nobody listened are in the backlog. One turn takes them from there,
    // the next hears them.
    for _ in 0..<2 { take(loop.turn(until: 0)) }
    while Monotonic.now < grace, isAwaited || loop.connections.contains(where: \.isBusy) {
      take(loop.turn(until: grace))
    }
    while isAwaited, Monotonic.now < deadline {
      let turn = loop.turn(until: deadline, alsoReadable: signal.map { [$0] } ?? [])
      take(turn)
      if turn.readable != nil { break }
    }
    if hasLed { serveLateComers(until: min(deadline, Monotonic.now + Self.graceSeconds)) }
    for connection in loop.connections { connection.close() }
    loop.connections = []
    loop.sockets = []
  }

  /// Whether somebody has yet to get the page, or to take it.
  private var isAwaited: Bool {
    ledAway > 0 || loop.connections.contains { $0.isAwaited && $0.isBusy }
  }

  /// Whoever else has the state, by a second tab or by the list of processes, can have taken the page
  /// that a browser was led to.
  private func serveLateComers(until deadline: Double) {
    while Monotonic.now < deadline { take(loop.turn(until: deadline)) }
  }

  private func take(_ turn: SocketLoop.Turn) {
    for note in turn.notes { report(note) }
    for (connection, head) in turn.requests { answer(head, on: connection) }
  }

  private func answer(_ head: RequestHead, on connection: Connection) {
    let now = Monotonic.now
    switch CallbackDecision.decide(head, expecting: expectation) {
    case .refuse(let refusal):
      if refusal == .foreignHost && head.path == expectation.redirect.path { report(.foreignHost) }
      if refusal == .notThisLogin { report(.wrongState) }
      let response = response(to: head, refusing: refusal)
      connection.answer(head.method == "HEAD" ? response.toHead : response, now: now)
    case .respondHead200:
      connection.answer(Response(status: 200, text: "").toHead, now: now)
    case .authorized(let code):
      connection.showsCode = head.showsCode
      settle(connection, .authorized(code: code))
    case .denied(let error, let description):
      settle(connection, .denied(error: error, description: description))
    case .returned:
      guard let outcome else {
        return connection.answer(Response(refusing: .malformedResponse), now: now)
      }
      ledAway = max(0, ledAway - 1)
      tell(outcome, to: connection)
    }
  }

  /// A browser that came with another login's code is led away from it, too: it gets the same answer
  /// at the address without a query.
  private func response(
    to head: RequestHead, refusing refusal: CallbackDecision.Refusal
  ) -> Response {
    guard refusal == .notThisLogin, head.showsCode else { return Response(refusing: refusal) }
    return Response(.notThisLogin, at: expectation.redirect.uri)
  }

  /// The first to come with the state decides; whoever comes after gets the same answer. Until it is
  /// known they are held.
  private func settle(_ connection: Connection, _ event: ListenerEvent) {
    if let outcome { return tell(outcome, to: connection) }
    if !isConsumed { events.append(event) }
    isConsumed = true
  }

  private func tell(_ outcome: Page, to connection: Connection) {
    connection.isAwaited = true
    let isLed = connection.showsCode
    // Whoever is gone by now follows nowhere.
    let follows = isLed && !connection.isAtEnd
    connection.answer(
      isLed ? Response(outcome, at: expectation.outcomeURI) : Response(outcome), now: Monotonic.now)
    guard follows && connection.phase != .closed else { return }
    hasLed = true
    ledAway += 1
  }

  private func report(_ note: ListenerNote) {
    let places = note.kind.limit - noted.count { $0.kind == note.kind }
    guard places > 0, noted.insert(note).inserted else { return }
    events.append(.noteworthy(note))
  }
}
