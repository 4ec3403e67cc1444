/// What a wait for the callback ended with.
public enum ListenerEvent: Sendable, Equatable, WithoutSecrets {
  /// The browser came back with a code. Its connection is held until `finish`; no later request is
  /// an event of this kind.
  case authorized(code: String)
  /// The browser came back with an error, as X worded it: sanitize it before it reaches a terminal.
  /// Its connection is held until `finish`.
  case denied(error: String, description: String?)
  /// One of the caller's own descriptors is readable, or at its end.
  case readable(Int32)
  /// The time is up.
  case deadline
  /// Something that the login survives, but that the user may want to know. Each note comes once.
  case noteworthy(ListenerNote)
}

/// Waits for the browser to come back from X, and answers it once the outcome of the login is known.
///
/// For one thread, and active only while `next`, `finish` or `stay` runs: in between, browsers wait. No
/// request without the `state` can end the login, block it or slow it down.
public final class CallbackListener {
  private let loop: SocketLoop
  private let expectation: CallbackExpectation
  private var events: [ListenerEvent] = []
  private var reported: Set<ListenerNote> = []
  /// Whether a browser has come to the start address.
  private var isOpened = false
  private var isConsumed = false
  private var outcome: Page?
  /// Whether a browser was answered with the outcome.
  public private(set) var hasShownOutcome = false
  /// How many browsers were redirected from a code to the outcome, and haven't asked for it yet.
  private var redirectsToFollow = 0

  /// Seconds for requests that have begun to arrive when the outcome is known. A browser on this
  /// machine needs milliseconds, and no other client gets longer.
  private static let graceSeconds = 0.15

  /// Binds and listens, and nothing else: the browser can be opened as soon as this returns.
  ///
  /// - Parameters:
  ///   - endpoints: where, as decided by `ListenEndpoint.resolve`. Ports that are 0 all become the
  ///     port that the first one gets. Empty for a login by pasting alone: then `next` waits only
  ///     for the caller's descriptors and the deadline.
  ///   - identity: for https; nil for http, also behind a proxy that terminates TLS.
  ///   - expectation: what the right requests look like. If a port in it is 0, it becomes the one
  ///     that was bound.
  /// - Throws: what prevents listening. A port in use at any of the endpoints does.
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
    self.expectation = expectation.at(
      port: sockets.first?.address.port ?? expectation.redirect.port)
    loop = SocketLoop(sockets, tls: identity?.context)
  }

  /// The numeric addresses it listens at, with the ports that were really bound.
  var boundAddresses: [(address: String, port: Int)] {
    loop.sockets.map { ($0.address.host, $0.address.port) }
  }

  /// The redirect URI that it waits for, with the port filled in where 0 was asked for.
  var redirect: RedirectURI { expectation.redirect }

  /// The address to start a browser on this machine with; nil where none was expected.
  public var startURI: String? { expectation.start?.address.uri }

  /// Waits for the next event.
  ///
  /// - Parameters:
  ///   - deadline: when to return at the latest, on the clock `Monotonic`, in seconds.
  ///   - alsoReadable: descriptors to wait for as well: a signal's pipe, standard input. They take
  ///     precedence over everything else, in this order.
  public func next(until deadline: Double, alsoReadable: [Int32] = []) -> ListenerEvent {
    while events.isEmpty {
      let turn = loop.turn(until: deadline, alsoReadable: alsoReadable)
      handle(turn)
      if let descriptor = turn.readable { return .readable(descriptor) }
      if events.isEmpty && Monotonic.now >= deadline { return .deadline }
    }
    return events.removeFirst()
  }

  /// Closes the connections that need no answer, so that the caller, which has what it waited for,
  /// doesn't run out of descriptors.
  public func closeIdle() { loop.closeIdle() }

  /// Shows the outcome in the browser, on the connection that is held and on those that asked for
  /// the same meanwhile. It can be called again, if more has become known.
  ///
  /// A code in the address bar, or where Back leads to, is a code that leaks (RFC 9700 §4.3.1): a
  /// browser is first redirected to an address without it, and gets the page there.
  ///
  /// - Parameters:
  ///   - page: the outcome.
  ///   - seconds: how long to wait at most for these browsers to fetch it. Others aren't waited for.
  ///   - signal: a descriptor that ends the wait when it is readable, except for the moment that a
  ///     browser on this machine needs.
  public func finish(with page: Page, within seconds: Double, unless signal: Int32? = nil) {
    let start = Monotonic.now
    let (deadline, grace) = (start + seconds, start + min(seconds, Self.graceSeconds))
    outcome = page
    for connection in loop.connections where connection.phase == .held {
      show(page, on: connection)
    }
    // Browsers that came between `next` and now are in the backlog: one turn accepts their
    // connections, the next one reads their requests.
    for _ in 0..<2 { handle(loop.turn(until: 0)) }
    while Monotonic.now < grace, isAwaited || loop.connections.contains(where: \.isBusy) {
      handle(loop.turn(until: grace))
    }
    while isAwaited, Monotonic.now < deadline {
      let turn = loop.turn(until: deadline, alsoReadable: signal.map { [$0] } ?? [])
      handle(turn)
      if turn.readable != nil { break }
    }
  }

  /// Goes on showing the outcome for a moment, then closes everything: some browsers load a page
  /// twice, another may have fetched it in place of the one that was redirected to it, and people
  /// reload.
  ///
  /// - Parameters:
  ///   - seconds: how long.
  ///   - signal: a descriptor that ends it when it is readable.
  /// - Returns: what may be worth knowing of what came since the last `next`.
  @discardableResult
  public func stay(for seconds: Double, unless signal: Int32? = nil) -> [ListenerNote] {
    let deadline = Monotonic.now + seconds
    while Monotonic.now < deadline {
      let turn = loop.turn(until: deadline, alsoReadable: signal.map { [$0] } ?? [])
      handle(turn)
      if turn.readable != nil { break }
    }
    loop.close()
    return events.compactMap { if case .noteworthy(let note) = $0 { note } else { nil } }
  }

  /// Whether a browser has yet to ask for the outcome, or to receive it.
  private var isAwaited: Bool {
    redirectsToFollow > 0 || loop.connections.contains { $0.isAwaited && $0.isBusy }
  }

  private func handle(_ turn: SocketLoop.Turn) {
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
    case .respondEmpty(let status):
      connection.answer(Response(empty: status), now: now)
    case .start(let hasCookie):
      connection.answer(responseToStart(isOpener: hasCookie || !isOpened), now: now)
    case .authorized(let code):
      connection.showsCode = head.showsCode
      decide(.authorized(code: code), by: connection)
    case .denied(let error, let description):
      decide(.denied(error: error, description: description), by: connection)
    case .returned:
      guard let outcome else {
        return connection.answer(Response(refusing: .malformedResponse), now: now)
      }
      redirectsToFollow = max(0, redirectsToFollow - 1)
      show(outcome, on: connection)
    }
  }

  /// The first browser is let through to the authorization server, as often as it comes; all others
  /// learn nothing. Once the login is over there is nothing to go through for.
  private func responseToStart(isOpener: Bool) -> Response {
    guard isOpener, let start = expectation.start else {
      report(.openedTwice)
      return Response(.openedTwice)
    }
    if let outcome { return Response(outcome) }
    isOpened = true
    return Response(startingAt: start)
  }

  /// A browser with another login's code is redirected away from it, too: it gets the same answer at
  /// the address without a query.
  private func response(
    to head: RequestHead, refusing refusal: CallbackDecision.Refusal
  ) -> Response {
    guard refusal == .notThisLogin, head.showsCode else { return Response(refusing: refusal) }
    return Response(.notThisLogin, at: expectation.redirect.uri)
  }

  /// The first request with the state decides the login; later ones get the same answer. Until the
  /// outcome is known, all of them are held.
  private func decide(_ event: ListenerEvent, by connection: Connection) {
    if let outcome { return show(outcome, on: connection) }
    if !isConsumed { events.append(event) }
    isConsumed = true
  }

  private func show(_ outcome: Page, on connection: Connection) {
    connection.isAwaited = true
    hasShownOutcome = true
    let redirects = connection.showsCode
    // A browser that is already gone will not follow.
    let follows = redirects && !connection.isAtEnd
    connection.answer(
      redirects ? Response(outcome, at: expectation.outcomeURI) : Response(outcome),
      now: Monotonic.now)
    if follows && connection.phase != .closed { redirectsToFollow += 1 }
  }

  private func report(_ note: ListenerNote) {
    let room = note.kind.limit - reported.count { $0.kind == note.kind }
    guard room > 0, reported.insert(note).inserted else { return }
    events.append(.noteworthy(note))
  }
}
