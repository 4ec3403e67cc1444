/// Durations as people type them: `75m`, `2h`, `1h30m`, `90s`, `3600`.
public enum DurationText {
  /// The units by their letters, the largest first, with their lengths in seconds.
  private static let units: [(letter: Character, length: Int)] = [
    ("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1),
  ]

  /// 100 years. Longer durations are typing mistakes, and would overflow sums with the clock.
  static let longest = 36_500 * 86_400

  /// The seconds that `text` stands for; nil if it isn't a duration.
  ///
  /// Whole numbers with the units d, h, m and s, each at most once and in that order; a number
  /// alone is in seconds. At most 100 years.
  public static func seconds(_ text: String) -> Int? {
    if let plain = number(text[...]) { return plain <= longest ? plain : nil }
    var total = 0
    var rest = text[...]
    for unit in units {
      let digits = rest.prefix { $0 != unit.letter }
      guard digits.endIndex < rest.endIndex else { continue }
      guard let count = number(digits), count <= longest / unit.length else { return nil }
      total += count * unit.length
      rest = rest[digits.endIndex...].dropFirst()
    }
    return rest.isEmpty && !text.isEmpty && total <= longest ? total : nil
  }

  /// `seconds` in the largest unit that divides them into two or more: `60s`, `75m`, `2h`.
  public static func text(_ seconds: Int) -> String {
    for unit in units where seconds.isMultiple(of: unit.length) && seconds >= 2 * unit.length {
      return "\(seconds / unit.length)\(unit.letter)"
    }
    return "\(seconds)s"
  }

  /// The number that `text` spells in digits; nil for anything else, and for too many digits.
  private static func number(_ text: Substring) -> Int? {
    // Int.init also takes a sign.
    text.utf8.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains) ? Int(text) : nil
  }
}
