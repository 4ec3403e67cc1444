import DotEnv
import OAuth

/// A grant and the one place all of it came from.
struct SourcedGrant: Sendable, Equatable {
  enum Place: Sendable, Equatable { case file, environment }
  let place: Place
  var grant: Grant
  /// The expiry as it was written, when it can't be read as a time.
  let unreadableExpiry: String?
}

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
      place: .environment, access: text(.accessToken), refresh: text(.refreshToken),
      expiry: text(.expiresAt), scopes: text(.grantedScopes))
  }

  /// Whether the environment has a copy of the grant that differs from the file's: it is never
  /// used, and whoever reads the environment first is served a stale token.
  func hasStaleCopyInEnvironment() throws(Failure) -> Bool {
    let copy = environmentGrant().grant
    guard file.holdsGrantKeys, !copy.isBlank else { return false }
    let own = try file.grant().grant
    return copy.accessToken.map { $0 != own.accessToken } ?? false
      || copy.refreshToken.map { $0 != own.refreshToken } ?? false
  }
}

extension Settings {
  /// Says that the environment has other tokens than the file.
  func warnOfStaleCopy(_ console: Console) throws(Failure) {
    guard try hasStaleCopyInEnvironment() else { return }
    console.warn(
      "the environment has other tokens than \(file.target.path); the file's are used",
      hint: "unset X_OAUTH2_ACCESS_TOKEN and X_OAUTH2_REFRESH_TOKEN there")
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

extension EnvFile {
  /// The grant in the file, as it stands there.
  func grant() throws(Failure) -> SourcedGrant {
    SourcedGrant(
      place: .file, access: try setting(.accessToken)?.text,
      refresh: try setting(.refreshToken)?.text, expiry: try setting(.expiresAt)?.text,
      scopes: try setting(.grantedScopes)?.text)
  }
}

extension SourcedGrant {
  fileprivate init(
    place: Place, access: String?, refresh: String?, expiry: String?, scopes: String?
  ) {
    let expiresAt = expiry.flatMap(ExpiryText.parse)
    self.init(
      place: place,
      grant: Grant(
        accessToken: access.map(Secret.init), refreshToken: refresh.map(Secret.init),
        expiresAt: expiresAt, scopes: scopes.map(Scopes.init(parsing:))),
      unreadableExpiry: expiresAt == nil ? expiry : nil)
  }
}

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
