import Glibc

/// Points in time, as they are shown: local time, from seconds since 1970.
enum Times {
  /// The time of day, with the date unless that is the day of `now`.
  static func local(_ time: Int, now: Int) -> String {
    let (then, today) = (parts(time), parts(now))
    let isToday = then.tm_year == today.tm_year && then.tm_yday == today.tm_yday
    return isToday ? hour(then) : dated(time)
  }

  /// When something ends that has `left` seconds left.
  static func local(_ end: Int, left: Int) -> String { local(end, now: end - left) }

  /// The date and the time of day.
  static func dated(_ time: Int) -> String {
    let then = parts(time)
    return "\(then.tm_year + 1900)-\(two(then.tm_mon + 1))-\(two(then.tm_mday)) \(hour(then))"
  }

  /// The date.
  static func day(_ time: Int) -> String { String(dated(time).prefix { $0 != " " }) }

  private static func hour(_ time: tm) -> String { "\(two(time.tm_hour)):\(two(time.tm_min))" }

  private static func parts(_ time: Int) -> tm {
    var time = time_t(time)
    var parts = tm()
    localtime_r(&time, &parts)
    return parts
  }

  private static func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
}

/// Spans of time, as they are shown.
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
