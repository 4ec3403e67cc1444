/// `X_OAUTH2_EXPIRES_AT` as people and programs write it.
enum ExpiryText {
  // Before 2001 and after 2286 nobody means seconds: the second is what milliseconds look like.
  private static let seconds = 1_000_000_000..<10_000_000_000

  /// Seconds since 1970, also from milliseconds; nil for anything else.
  static func parse(_ text: String) -> Int? {
    guard let number = Int(text) ?? Double(text).flatMap(Int.init(exactly:)) else { return nil }
    if seconds.contains(number) { return number }
    return seconds.contains(number / 1000) ? number / 1000 : nil
  }
}
