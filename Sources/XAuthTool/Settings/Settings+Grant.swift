import Rotation
import OAuth

/// A grant and the one source that all of it came from.
struct SourcedGrant: Sendable, Equatable {
  enum Source: Sendable, Equatable { case file, environment }
  let source: Source
  var grant: Grant
  /// The text of the expiry, if it isn't a time.
  let unreadableExpiry: String?
}

extension SourcedGrant {
  init(
    source: Source, access: String?, refresh: String?, expiry: String?, scopes: String?
  ) {
    let expiresAt = expiry.flatMap(Grant.expiry)
    self.init(
      source: source,
      grant: Grant(
        accessToken: access.map(Secret.init), refreshToken: refresh.map(Secret.init),
        expiresAt: expiresAt, scopes: scopes.map(Scopes.init(parsing:))),
      unreadableExpiry: expiresAt == nil ? expiry : nil)
  }
}

extension EnvFile {
  /// The grant in the file.
  func grant() throws(Failure) -> SourcedGrant {
    SourcedGrant(
      source: .file, access: try setting(.accessToken)?.text,
      refresh: try setting(.refreshToken)?.text, expiry: try setting(.expiresAt)?.text,
      scopes: try setting(.grantedScopes)?.text)
  }
}

extension Settings {
  /// The grant: from the file if that has any of its keys, otherwise from the environment. Never a
  /// mixture. Its tokens are checked because they go into headers and into other programs' input; a
  /// login, which replaces them, and `revoke --local`, which clears them, read the file's unchecked.
  func grant() throws(Failure) -> SourcedGrant {
    let held = try heldGrant()
    let isShared = try store() != nil
    if held.grant.isBlank, !file.holdsGrantKeys, !isShared { try refuseEmpty(SettingName.tokens) }
    return held
  }

  /// The same, but a token that is set and empty counts as unset, as every setting does.
  func heldGrant() throws(Failure) -> SourcedGrant {
    // What several machines share is copied into the file.
    let isShared = try sharedPlace() != nil
    if isShared || file.holdsGrantKeys || environmentGrant().grant.isBlank {
      let held = try file.grant()
      for name in SettingName.tokens {
        if let token = try file.setting(name) { try require(token, of: held) }
      }
      return held
    }
    for name in SettingName.grant { try fromEnvironment(name)?.requireUTF8() }
    for name in SettingName.tokens { try fromEnvironment(name)?.requireCredential() }
    return environmentGrant()
  }

  /// Refuses a value of the file that can't be a token, unless it is just what X has issued.
  private func require(_ token: Setting, of held: SourcedGrant) throws(Failure) {
    do { try token.requireCredential() } catch {
      guard case .settings(.impossible) = error,
        try view(of: held).record?.newest.grant.hasSameTokens(as: held.grant) == true
      else { throw error }
    }
  }

  /// Refuses variables that are set and empty although nothing else has their values: that is how a CI
  /// or a container engine passes on a secret that it doesn't have.
  func refuseEmpty(_ names: [SettingName]) throws(Failure) {
    let empty = names.filter { environment.all[$0.rawValue]?.isEmpty == true }
    guard environment.isCI || !file.exists, !empty.isEmpty else { return }
    throw .settings(.empty(empty, inCI: environment.isCI))
  }

  /// The grant in the process environment.
  func environmentGrant() -> SourcedGrant {
    func text(_ name: SettingName) -> String? { fromEnvironment(name)?.text }
    return SourcedGrant(
      source: .environment, access: text(.accessToken), refresh: text(.refreshToken),
      expiry: text(.expiresAt), scopes: text(.grantedScopes))
  }

  /// A warning if the environment has other tokens than the file; the file's are used.
  func staleCopyInEnvironment() throws(Failure) -> Warning? {
    let copy = environmentGrant().grant
    let isShared = try sharedPlace() != nil
    guard isShared || file.holdsGrantKeys, !copy.isBlank else { return nil }
    let own = try file.grant().grant
    let differs =
      copy.accessToken.map { $0 != own.accessToken } ?? false
      || copy.refreshToken.map { $0 != own.refreshToken } ?? false
    return differs ? .staleCopy(of: file.target.path) : nil
  }
}
