import Glibc

/// The two clocks.
struct Clock: Sendable {
  /// Seconds since 1970, UTC.
  var now: @Sendable () -> Int
  /// Seconds on a clock that never jumps: for deadlines.
  var uptime: @Sendable () -> Double
  /// Waits so many seconds.
  var sleep: @Sendable (_ seconds: Double) -> Void
}

extension Clock {
  /// The system's clocks.
  static let live = Clock(
    now: { Int(time(nil)) },
    uptime: {
      var now = timespec()
      clock_gettime(CLOCK_MONOTONIC, &now)
      return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
    }, sleep: { usleep(UInt32($0 * 1_000_000)) })
}
