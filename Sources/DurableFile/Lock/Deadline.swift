import Glibc

/// A moment by the monotonic clock: no change of the time of day moves it.
struct Deadline {
  private let end: Double

  init(after seconds: Double) { end = Self.now + seconds }

  /// Seconds left, 0 when it has passed.
  var remaining: Double { max(0, end - Self.now) }

  private static var now: Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  /// Pauses the thread; a signal ends the pause early.
  static func pause(_ seconds: Double) {
    let whole = seconds.rounded(.down)
    var time = timespec(tv_sec: Int(whole), tv_nsec: Int((seconds - whole) * 1e9))
    nanosleep(&time, nil)
  }
}
