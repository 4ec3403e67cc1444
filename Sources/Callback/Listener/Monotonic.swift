import Glibc

/// The clock that the listener's deadlines are told in: it doesn't jump when somebody sets the
/// time.
public enum Monotonic {
  /// Seconds since an arbitrary moment (`CLOCK_MONOTONIC`).
  public static var now: Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
