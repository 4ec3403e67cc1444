import Glibc

/// The authorization server behind one lock, with the real clock and real randomness: what the
/// connections' threads share.
final class Service: Sendable {
  private struct State: ~Copyable {
    var server: AuthorizationServer
    let log: EventLog?
  }

  private let state: Locked<State>
  private let tokenDelay: Double

  /// A service that holds back each answer of the token endpoint for `tokenDelay` seconds: the
  /// server's state has changed by then, as when an answer is on its way.
  init(_ server: AuthorizationServer, log: consuming EventLog? = nil, tokenDelay: Double = 0) {
    self.state = Locked(State(server: server, log: log))
    self.tokenDelay = tokenDelay
  }

  /// Answers `request`. The log's order is the order in which the state changed.
  func answer(_ request: Request) -> Response {
    let response = state.withLock { state in
      let response = state.server.handle(request, now: Self.now(), random: systemEntropy)
      state.log?.append(response.event)
      return response
    }
    if tokenDelay > 0, response.event.route == Route.token.rawValue {
      pause(seconds: tokenDelay)
    }
    return response
  }

  /// Seconds since 1970.
  private static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    // Milliseconds are all the log needs.
    return Double(time.tv_sec) + Double(time.tv_nsec / 1_000_000) / 1000
  }
}

/// Sleeps, signals or not.
private func pause(seconds: Double) {
  var rest = timespec(
    tv_sec: Int(seconds), tv_nsec: Int((seconds - seconds.rounded(.down)) * 1_000_000_000))
  var left = timespec()
  while nanosleep(&rest, &left) != 0, errno == EINTR { rest = left }
}
