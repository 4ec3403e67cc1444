import Callback
import Glibc
import HTTP
import OAuth

/// A reverse proxy on loopback: passes requests on to X with the access token of the moment in them.
///
/// Only who knows the secret in its address may use it, no web page may, and what is passed on is
/// decided by `ForwardingRule`. A request is never sent twice unless X has refused its token.
public final class ProxyServer: Sendable {
  private struct State {
    var clients: [ClientSocket] = []
    var isStopping = false
    /// What was told within the last minute.
    var told: [(note: ProxyNote, at: Double)] = []
  }

  /// How long to leave connections waiting when no descriptor is left, in milliseconds.
  private static let pause: Int32 = 100

  private let listener: ListeningSocket
  private let service: ProxyService
  private let state = Watched(State())

  /// Listens on 127.0.0.1, at any free port if `port` is 0. Its address is
  /// `http://127.0.0.1:PORT/SECRET`; `upstream` is an absolute URL, which may have a path.
  /// `explain` has the words for a request that failed.
  public convenience init(
    port: Int, secret: String, upstream: String, tokens: any TokenSource, client: HTTPClient,
    explain: @escaping @Sendable (HTTPFailure) -> String,
    note: @escaping @Sendable (ProxyNote) -> Void
  ) throws(ProxyFailure) {
    try self.init(
      port: port, secret: secret, upstream: upstream, tokens: tokens, client: client,
      limits: ProxyLimits(), explain: explain, note: note)
  }

  init(
    port: Int, secret: String, upstream: String, tokens: any TokenSource, client: HTTPClient,
    limits: ProxyLimits, explain: @escaping @Sendable (HTTPFailure) -> String,
    note: @escaping @Sendable (ProxyNote) -> Void
  ) throws(ProxyFailure) {
    guard let server = Upstream(upstream) else { throw .malformedUpstream }
    do throws(ListenFailure) {
      listener = try ListeningSocket(ListenEndpoint(address: "127.0.0.1", port: port))
    } catch {
      throw .cantListen(error)
    }
    guard !server.isLoopback || server.port != listener.port else { throw .ownUpstream }
    service = ProxyService(
      rule: ForwardingRule(port: listener.port, secret: Secret(secret)), upstream: server.base,
      tokens: tokens, connections: IdleConnections(client), limits: limits, explain: explain,
      note: note)
  }

  /// The port it listens on.
  public var port: Int { listener.port }

  /// Accepts and serves until `stop`; call it on a thread of its own.
  public func run() {
    while !state.withLock({ $0.isStopping }) {
      // `stop` shuts the socket down, which wakes this up.
      var polled = pollfd(fd: listener.descriptor, events: Int16(POLLIN), revents: 0)
      guard poll(&polled, 1, -1) > 0 else { continue }
      switch listener.accept() {
      case .connection(let descriptor): admit(ClientSocket(descriptor))
      case .none: break
      case .exhausted:
        tellSeldom(.outOfFiles)
        state.withLock { _ = breakLongestIdle(of: $0.clients) }
        poll(nil, 0, Self.pause)
      }
    }
  }

  /// Takes no new connection from here on; waits at most `grace` seconds for requests in flight, then
  /// breaks them off.
  public func stop(grace: Double) {
    let clients = state.withLock { state in
      state.isStopping = true
      return state.clients
    }
    shutdown(listener.descriptor, Int32(SHUT_RDWR))
    for client in clients { client.finish() }
    if state.wait(until: Monotonic.now + grace, { $0.clients.isEmpty }) { return }
    for client in state.withLock({ $0.clients }) { client.breakOff() }
    // One that waits for a renewal may still be there: its end is the renewal's.
    _ = state.wait(until: Monotonic.now + Self.breakingOff, { $0.clients.isEmpty })
  }

  /// Seconds that it may take a connection to notice that it was broken off.
  private static let breakingOff = 1.0

  /// Any program of this machine can cause it, as often as it likes.
  private func tellSeldom(_ note: ProxyNote) {
    let now = Monotonic.now
    let isNew = state.withLock { state in
      state.told.removeAll { $0.at < now - 60 }
      let isNew = !state.told.contains { $0.note == note }
      if isNew { state.told.append((note, now)) }
      return isNew
    }
    if isNew { service.note(note) }
  }

  // MARK: Connections

  /// Serves a connection, in the place of the one that has been idle longest if there are too many.
  private func admit(_ socket: ClientSocket) {
    let (service, limit) = (service, service.limits.connections)
    let hasRoom: Bool? = state.withLock { state in
      guard !state.isStopping else { return nil }
      let living = state.clients.filter { !$0.isBroken }
      let hasRoom = living.count < limit || breakLongestIdle(of: living)
      if hasRoom { state.clients.append(socket) }
      return hasRoom
    }
    guard let hasRoom else { return }
    guard hasRoom else { return turnAway(socket) }
    let hasStarted = WorkerThread.start { [self] in
      ProxyConnection(socket, service).run()
      remove(socket)
    }
    guard !hasStarted else { return }
    remove(socket)
    turnAway(socket)
  }

  private func remove(_ socket: ClientSocket) {
    socket.breakOff()
    state.withLock { $0.clients.removeAll { $0 === socket } }
  }

  /// Never one with a request in progress, nor one whose next request has come and wasn't read yet.
  private func breakLongestIdle(of clients: [ClientSocket]) -> Bool {
    clients.compactMap { client in client.idleSince.map { (client, since: $0) } }
      .sorted { $0.since < $1.since }
      .contains { !$0.0.hasUnread && $0.0.breakIfIdle() }
  }

  private func turnAway(_ socket: ClientSocket) {
    tellSeldom(.full)
    // Without waiting: a socket's buffer has room for this answer.
    let answer = ProxyAnswer(on: socket, patience: 0)
    answer.send(problem: 503, "too many connections; try again", retryAfter: 1)
    socket.endAtOnce()
  }
}

/// What a proxy has to tell. No token, secret, query, header or body is in it.
public enum ProxyNote: Sendable, Equatable {
  /// A request was passed on, or would have been: `status` is what the client got, nil if it was gone
  /// before; `isWhole` is false if the answer broke off. The path is ASCII, without the secret.
  case answered(method: String, path: String, status: Int?, isWhole: Bool, milliseconds: Int)
  /// A request wasn't passed on.
  case refused(status: Int, reason: String)
  /// X couldn't be asked, or didn't answer to the end.
  case unanswered(HTTPFailure)
  /// There was no token for a request; the client was told.
  case noToken(NoToken)
  /// Connections wait until a file descriptor is free (`ulimit -n`). Told at most once a minute.
  case outOfFiles
  /// There are too many requests at once: connections are turned away. Told at most once a minute.
  case full
}

/// Why there is no proxy.
public enum ProxyFailure: Error, Sendable, Equatable {
  /// The port can't be listened on.
  case cantListen(ListenFailure)
  /// The upstream isn't an absolute `http` or `https` URL, or has userinfo, a query or a fragment.
  case malformedUpstream
  /// The upstream is the proxy itself.
  case ownUpstream
}

/// Where requests are passed on to.
private struct Upstream {
  /// The URL without a final slash.
  let base: String
  let port: Int
  /// Whether connections to it end on this machine.
  let isLoopback: Bool

  init?(_ url: String) {
    guard HTTPRequest.canBeSent(to: url), !url.contains("?"), !url.contains("#"),
      let start = url.firstRange(of: "://")
    else { return nil }
    var base = url[...]
    while base.last == "/" { base.removeLast() }
    self.base = String(base)
    let authority = url[start.upperBound...].prefix { $0 != "/" }
    let afterHost = authority.lastIndex(of: "]") ?? authority.startIndex
    let colon = authority[afterHost...].lastIndex(of: ":")
    let isSecure = url[..<start.lowerBound].lowercased() == "https"
    port = colon.flatMap { Int(authority[authority.index(after: $0)...]) } ?? (isSecure ? 443 : 80)
    let host = authority[..<(colon ?? authority.endIndex)].lowercased()
    // The address of no interface is this machine's too, when it is connected to.
    isLoopback =
      RedirectURI.isLoopback(host) || host.hasSuffix(".localhost") || host == "localhost."
      || ["0.0.0.0", "[::]"].contains(host) || host.hasPrefix("[::ffff:")
  }
}
