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

  /// The edit that puts this grant into a document, whole: what it lacks is blanked, so that nothing
  /// of the grant before it stays. A key that the document lacks and the grant has no value for is
  /// not added.
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
