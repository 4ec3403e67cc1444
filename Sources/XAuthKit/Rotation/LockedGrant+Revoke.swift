import OAuth

extension LockedGrant {
  /// The newest grant: the file's, or if somebody has blanked that by hand, the one that the journal
  /// still knows.
  var grantToRevoke: Grant {
    let (grant, record) = (grant, record)
    guard grant.isBlank, let record else { return grant }
    return record.newest.isBlank ? record.aside ?? .blank : record.newest
  }

  /// Blanks what was revoked, if the file still holds it.
  mutating func blank(
    _ revoked: [TokenTypeHint], of presented: Grant
  ) throws(Failure) -> Rotation.Revocation {
    guard !revoked.isEmpty else { return .nothing }
    writeRevoked(leaving: presented.without(revoked))
    reached(.answerWritten)
    // Another grant that was put there meanwhile is none of this revocation's.
    let saved: Saved
    do { saved = try save() } catch { throw .notBlanked(error, path: path) }
    if saved == .leftAlone { markDone() }
    try requireErased()
    return saved == .saved ? .revoked : .revokedBesideAnother
  }

  /// Erases revoked tokens from the journal, should the run that revoked them have failed at that.
  mutating func finishErasing() throws(Failure) {
    guard let record, record.kind == .done, record.purpose == .revocation else { return }
    eraseJournal(leaving: record)
    try requireErased()
  }

  private func requireErased() throws(Failure) {
    let (failure, path) = (journalFailure, journalPath)
    if let failure { throw .notBlanked(failure, path: path) }
  }
}

extension Grant {
  /// What is left once these tokens are revoked. With the refresh token the grant is gone, and with
  /// the access token its expiry.
  fileprivate func without(_ revoked: [TokenTypeHint]) -> Grant {
    var left = self
    if revoked.contains(.accessToken) {
      left.accessToken = nil
      left.expiresAt = nil
    }
    if revoked.contains(.refreshToken) { left.refreshToken = nil }
    if left.isBlank { left.scopes = nil }
    return left
  }
}
