import Glibc
import OAuth

extension FuzzTarget {
  /// `Retry-After` and `x-rate-limit-reset`.
  static let retryAfter = FuzzTarget(name: "retry-after") { input in
    let parts = input.parts(2).map(\.text)
    let headers = ["Retry-After": parts[0], "X-Rate-Limit-Reset": parts[1]]
    let answer = ServerAnswer(status: 429, headers: headers, body: [])
    guard case .temporary(let advice) = TokenAnswer.classify(answer, to: .refresh) else {
      throw BrokenPromise(description: "429 is temporary")
    }
    if let seconds = advice?.seconds(from: 1_900_000_000) {
      try promise("a wait is neither negative nor absurd", 0..<300_000_000_000 ~= seconds)
    }
    if let time = HTTPDate.epochSeconds(parts[0]) {
      // Two digits reach back to 1969, four don't.
      try promise("a date is between 1969 and 9999", -31_536_000...253_402_300_800 ~= time)
      let year1970 = max(time, 0)
      try promise(
        "a date can be written again", HTTPDate.epochSeconds(imfFixdate(year1970)) == year1970)
    }
  }

  /// The preferred format of RFC 9110 §5.6.7, by the C library's calendar.
  private static func imfFixdate(_ time: Int) -> String {
    var (seconds, calendar) = (time_t(time), tm())
    gmtime_r(&seconds, &calendar)
    var buffer = [CChar](repeating: 0, count: 64)
    let count = strftime(&buffer, buffer.count, "%a, %d %b %Y %H:%M:%S GMT", &calendar)
    return buffer.prefix(count).map(UInt8.init(bitPattern:)).text
  }
}
