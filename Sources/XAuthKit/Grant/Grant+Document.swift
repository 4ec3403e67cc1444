import DotEnv
import OAuth

extension Grant {
  /// The grant in a document.
  init(document: DotEnvDocument) {
    func text(_ name: SettingName) -> String? { document.value(of: name.rawValue)?.text }
    self.init(
      accessToken: text(.accessToken).map { Secret($0) },
      refreshToken: text(.refreshToken).map { Secret($0) },
      expiresAt: text(.expiresAt).flatMap(ExpiryText.parse),
      scopes: text(.grantedScopes).flatMap { $0.isEmpty ? nil : Scopes(parsing: $0) })
  }

  /// The changes that put this grant into a document. Keys that it has no value for are cleared, so
  /// that nothing of the previous grant is left, but not added to a document without them.
  func changes(to document: DotEnvDocument) -> [DotEnvChange] {
    let values: [(SettingName, String?)] = [
      (.accessToken, accessToken?.reveal()), (.refreshToken, refreshToken?.reveal()),
      (.expiresAt, expiresAt.map { String($0) }), (.grantedScopes, scopes?.commaSeparated),
    ]
    return values.compactMap { name, value in
      guard value != nil || document.value(of: name.rawValue) != nil else { return nil }
      return DotEnvChange(name.rawValue, value ?? "", origin: .server)
    }
  }
}

/// `X_OAUTH2_EXPIRES_AT` as people and other programs write it.
enum ExpiryText {
  // From 2001 to 2286. A greater number is in milliseconds; a smaller one is no time at all.
  private static let seconds = 1_000_000_000..<10_000_000_000

  /// Seconds since 1970, also from milliseconds; nil for anything else.
  static func parse(_ text: String) -> Int? {
    guard let number = Int(text) ?? Double(text).flatMap(Int.init(exactly:)) else { return nil }
    if seconds.contains(number) { return number }
    return seconds.contains(number / 1000) ? number / 1000 : nil
  }
}
