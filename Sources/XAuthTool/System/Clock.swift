import Glibc

/// The clocks.
struct Clock: Sendable {
  /// Seconds since 1970, UTC.
  var now: @Sendable () -> Int
  /// Seconds on a clock that never jumps: for deadlines.
  var uptime: @Sendable () -> Double
  /// Seconds on a clock that goes on while the machine sleeps.
  var timeSinceBoot: @Sendable () -> Double
  /// Waits so many seconds.
  var sleep: @Sendable (_ seconds: Double) -> Void
}

extension Clock {
  /// The system's clocks.
  static let live = Clock(
    now: { Int(time(nil)) },
    uptime: { reading(CLOCK_MONOTONIC) }, timeSinceBoot: { reading(CLOCK_BOOTTIME) },
    sleep: { usleep(UInt32($0 * 1_000_000)) })

  private static func reading(_ clock: clockid_t) -> Double {
    var now = timespec()
    clock_gettime(clock, &now)
    return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
  }
}
