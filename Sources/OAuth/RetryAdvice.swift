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
