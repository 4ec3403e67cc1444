import Glibc

/// When a server wants to be asked again.
public enum RetryAdvice: Sendable, Equatable {
  /// So many seconds after the answer.
  case after(seconds: Int)
  /// At that time, in seconds since 1970.
  case at(epochSeconds: Int)

  /// The seconds to wait when it is `now` (seconds since 1970) and the answer has just arrived.
  public func seconds(from now: Int) -> Int {
    switch self {
    case .after(let seconds): max(seconds, 0)
    case .at(let time): time > now ? time &- now : 0
    }
  }

  /// `Retry-After` (RFC 9110 §10.2.3: seconds or a date), else X's `x-rate-limit-reset`.
  init?(_ answer: ServerAnswer) {
    if let value = answer.headers["retry-after"] {
      if let seconds = RetryAdvice.number(value) {
        self = .after(seconds: seconds)
        return
      }
      if let time = HTTPDate.epochSeconds(value) {
        self = .at(epochSeconds: time)
        return
      }
    }
    guard let time = answer.headers["x-rate-limit-reset"].flatMap(RetryAdvice.number) else {
      return nil
    }
    self = .at(epochSeconds: time)
  }

  /// A whole number of at most eleven digits: longer ones are no time that anybody means.
  private static func number(_ text: String) -> Int? {
    let digits = Array(text.utf8).split(separator: UInt8(ascii: " "))
    guard digits.count == 1, digits[0].count <= 11,
      digits[0].allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 })
    else { return nil }
    return Int(String(decoding: digits[0], as: UTF8.self))
  }
}

/// The three forms of a date in HTTP, all in UTC (RFC 9110 §5.6.7).
public enum HTTPDate {
  /// Seconds since 1970; nil for what is no date.
  public static func epochSeconds(_ text: String) -> Int? {
    let parts = text.split { $0 == " " || $0 == "," || $0 == "-" }
    let fields: (day: Substring, month: Substring, year: Substring, time: Substring)
    switch parts.count {
    // Sun, 06 Nov 1994 08:49:37 GMT, or Sunday, 06-Nov-94 08:49:37 GMT
    case 6 where parts[5] == "GMT": fields = (parts[1], parts[2], parts[3], parts[4])
    // Sun Nov  6 08:49:37 1994
    case 5: fields = (parts[2], parts[1], parts[4], parts[3])
    default: return nil
    }
    guard let day = number(fields.day, 1...31), let month = months.firstIndex(of: fields.month),
      let year = year(fields.year), let seconds = seconds(fields.time)
    else { return nil }
    var date = tm()
    (date.tm_year, date.tm_mon, date.tm_mday) = (Int32(year - 1900), Int32(month), Int32(day))
    let midnight = timegm(&date)
    // timegm(3) turns 31 February into 3 March.
    return date.tm_mday == day ? midnight + seconds : nil
  }

  private static let months: [Substring] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  private static func number(_ text: Substring, _ range: ClosedRange<Int>) -> Int? {
    guard text.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }) else { return nil }
    return Int(text).flatMap { range.contains($0) ? $0 : nil }
  }

  /// Two digits are of the obsolete form; as in POSIX, 69 is where the century turns.
  private static func year(_ text: Substring) -> Int? {
    guard text.utf8.count == 2 else { return number(text, 1970...9999) }
    return number(text, 0...99).map { $0 < 69 ? 2000 + $0 : 1900 + $0 }
  }

  private static func seconds(_ text: Substring) -> Int? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 3, let hour = number(parts[0], 0...23),
      let minute = number(parts[1], 0...59), let second = number(parts[2], 0...60)
    else { return nil }
    return hour * 3600 + minute * 60 + second
  }
}
