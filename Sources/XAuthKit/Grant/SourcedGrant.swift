import Rotation
import OAuth

/// A grant and the one place all of it came from.
struct SourcedGrant: Sendable, Equatable {
  enum Source: Sendable, Equatable { case file, environment }
  let source: Source
  var grant: Grant
  /// The expiry as it was written, when it can't be read as a time.
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
  /// The grant in the file, as it stands there.
  func grant() throws(Failure) -> SourcedGrant {
    SourcedGrant(
      source: .file, access: try setting(.accessToken)?.text,
      refresh: try setting(.refreshToken)?.text, expiry: try setting(.expiresAt)?.text,
      scopes: try setting(.grantedScopes)?.text)
  }
}
