/// Durations as people type them: `75m`, `2h`, `1h30m`, `90s`, `3600`.
public enum DurationText {
  /// 100 years. Longer durations are typing mistakes, and would overflow sums with the clock.
  static let longest = 36_500 * 86_400

  /// The seconds that `text` stands for; nil if it isn't a duration.
  ///
  /// Whole numbers with the units d, h, m and s, each at most once and in that order; a number
  /// alone is in seconds. At most 100 years.
  public static func seconds(_ text: String) -> Int? {
    if let plain = number(text) { return plain <= longest ? plain : nil }
    var total = 0
    var smallest = Int.max
    var digits = ""
    for byte in text.utf8 {
      if (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
        digits.unicodeScalars.append(Unicode.Scalar(byte))
        continue
      }
      guard let unit = length(ofUnit: byte), unit < smallest,
        let count = number(digits), count <= longest / unit
      else { return nil }
      total += count * unit
      smallest = unit
      digits = ""
    }
    return digits.isEmpty && smallest != Int.max && total <= longest ? total : nil
  }

  /// `seconds` in the largest unit that divides them into two or more: `60s`, `75m`, `2h`.
  public static func text(_ seconds: Int) -> String {
    for (unit, length) in [("d", 86_400), ("h", 3_600), ("m", 60)]
    where seconds.isMultiple(of: length) && seconds >= 2 * length {
      return "\(seconds / length)\(unit)"
    }
    return "\(seconds)s"
  }

  private static func length(ofUnit byte: UInt8) -> Int? {
    switch byte {
    case UInt8(ascii: "d"): 86_400
    case UInt8(ascii: "h"): 3_600
    case UInt8(ascii: "m"): 60
    case UInt8(ascii: "s"): 1
    default: nil
    }
  }

  /// The number that `text` spells in digits; nil for anything else, and for too many digits.
  private static func number(_ text: String) -> Int? {
    // Int.init also takes a sign.
    text.utf8.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains) ? Int(text) : nil
  }
}
