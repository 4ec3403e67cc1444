import Rotation
import DotEnv
import OAuth

extension Settings {
  /// The grant: from the file if that has any of its keys, otherwise from the environment. Never
  /// a mixture. Its tokens go into headers and into other programs' input.
  func grant() throws(Failure) -> SourcedGrant {
    if file.holdsGrantKeys || environmentGrant().grant.isBlank {
      try file.document.requireTokensWithoutControlCharacters()
      return try file.grant()
    }
    for name in SettingName.grant { try fromEnvironment(name)?.requireUTF8() }
    for name in SettingName.tokens { try fromEnvironment(name)?.requireNoControlCharacter() }
    return environmentGrant()
  }

  /// The grant in the process environment.
  func environmentGrant() -> SourcedGrant {
    func text(_ name: SettingName) -> String? { environment[name.rawValue] }
    return SourcedGrant(
      source: .environment, access: text(.accessToken), refresh: text(.refreshToken),
      expiry: text(.expiresAt), scopes: text(.grantedScopes))
  }

  /// Warns where the environment has a copy of the grant that differs from the file's: it is never
  /// used.
  func staleCopyInEnvironment() throws(Failure) -> Warning? {
    let copy = environmentGrant().grant
    guard file.holdsGrantKeys, !copy.isBlank else { return nil }
    let own = try file.grant().grant
    let differs =
      copy.accessToken.map { $0 != own.accessToken } ?? false
      || copy.refreshToken.map { $0 != own.refreshToken } ?? false
    return differs ? .staleCopy(of: file.target.path) : nil
  }
}

extension DotEnvDocument {
  /// Refuses tokens that whatever reads them next would read something else in. Not part of reading
  /// a grant: a login replaces such a token, and a revocation without X blanks it.
  func requireTokensWithoutControlCharacters() throws(Failure) {
    for name in SettingName.tokens {
      guard let value = value(of: name.rawValue), let text = value.text else { continue }
      try Setting(name: name, text: text, source: .file(line: value.line))
        .requireNoControlCharacter()
    }
  }
}
