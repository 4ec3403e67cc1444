import Glibc

/// Points in time as people read them.
enum Times {
  /// Local time: the hour alone for today, the date with it otherwise.
  static func local(_ time: Int, now: Int? = nil) -> String {
    let then = parts(time)
    let today = parts(now ?? Int(Glibc.time(nil)))
    let hour = "\(two(then.tm_hour)):\(two(then.tm_min))"
    if then.tm_year == today.tm_year, then.tm_yday == today.tm_yday { return hour }
    return "\(then.tm_year + 1900)-\(two(then.tm_mon + 1))-\(two(then.tm_mday)) \(hour)"
  }

  private static func parts(_ time: Int) -> tm {
    var time = time_t(time)
    var parts = tm()
    localtime_r(&time, &parts)
    return parts
  }

  private static func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
}

/// Spans of time as people read them.
enum Spans {
  /// `1 h 59 min`, `12 min`, `45 s`: the two largest units that aren't zero.
  static func words(_ seconds: Int) -> String {
    let seconds = max(0, seconds)
    let units = [
      (seconds / 86400, "d"), (seconds / 3600 % 24, "h"), (seconds / 60 % 60, "min"),
      (seconds % 60, "s"),
    ]
    guard let first = units.firstIndex(where: { $0.0 > 0 }) else { return "0 s" }
    return units[first...].prefix(2).filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
      .joined(separator: " ")
  }
}

/// What the system calls an error.
func systemText(_ code: Int32) -> String { String(cString: strerror(code)) }
