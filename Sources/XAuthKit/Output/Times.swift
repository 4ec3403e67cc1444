import Glibc

/// Points in time as people read them: local time, from seconds since 1970.
enum Times {
  /// The hour alone when that is on the day of `now`, the date with it otherwise.
  static func local(_ time: Int, now: Int) -> String {
    let (then, today) = (parts(time), parts(now))
    let isToday = then.tm_year == today.tm_year && then.tm_yday == today.tm_yday
    return isToday ? hour(then) : dated(time)
  }

  /// When something ends, of which `left` seconds are left.
  static func local(_ end: Int, left: Int) -> String { local(end, now: end - left) }

  /// The date and the hour.
  static func dated(_ time: Int) -> String {
    let then = parts(time)
    return "\(then.tm_year + 1900)-\(two(then.tm_mon + 1))-\(two(then.tm_mday)) \(hour(then))"
  }

  private static func hour(_ time: tm) -> String { "\(two(time.tm_hour)):\(two(time.tm_min))" }

  private static func parts(_ time: Int) -> tm {
    var time = time_t(time)
    var parts = tm()
    localtime_r(&time, &parts)
    return parts
  }

  private static func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
