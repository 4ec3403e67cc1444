import Glibc

/// The authorization server behind one lock, with the real clock and real randomness, shared by the
/// connections' threads.
final class Service: Sendable {
  private struct State: ~Copyable {
    var server: AuthorizationServer
    let log: EventLog?
  }

  private let state: Locked<State>
  private let tokenDelay: Double

  /// A service that delays each answer of the token endpoint by `tokenDelay` seconds, after the
  /// server's state has changed: as when the answer is still on its way.
  init(_ server: AuthorizationServer, log: consuming EventLog? = nil, tokenDelay: Double = 0) {
    self.state = Locked(State(server: server, log: log))
    self.tokenDelay = tokenDelay
  }

  /// Answers `request`. Events are logged in the order in which the state changed.
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
    // The log needs no more than milliseconds.
    return Double(time.tv_sec) + Double(time.tv_nsec / 1_000_000) / 1000
  }
}

/// Sleeps for the whole time, even if signals interrupt.
private func pause(seconds: Double) {
  var rest = timespec(
    tv_sec: Int(seconds), tv_nsec: Int((seconds - seconds.rounded(.down)) * 1_000_000_000))
  var left = timespec()
  while nanosleep(&rest, &left) != 0, errno == EINTR { rest = left }
}

/// Random bytes from the kernel: on Linux the standard library's generator is getrandom(2).
func systemEntropy(_ count: Int) -> [UInt8] {
  var generator = SystemRandomNumberGenerator()
  return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
}

/// A value that one thread at a time can access.
///
/// With a POSIX mutex instead of the standard library's: ThreadSanitizer can't see into that one on
/// Linux, and reports every use of it as a race. Sendable because the value is only accessed under
/// the lock.
final class Locked<Value: ~Copyable>: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private var value: Value

  init(_ value: consuming sending Value) {
    self.value = value
    pthread_mutex_init(mutex, nil)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  /// Runs `body` with the value while no other thread does.
  func withLock<Result>(_ body: (inout Value) -> sending Result) -> sending Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return body(&value)
  }
}
