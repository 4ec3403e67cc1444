/// Whole numbers as people type them: digits and nothing else.
enum NumberText {
  /// The number that `text` spells; nil when it holds anything but digits, or too many.
  static func number(_ text: String) -> Int? {
    // Int.init also takes a sign.
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    return text.utf8.allSatisfy(digits.contains) ? Int(text) : nil
  }
}
