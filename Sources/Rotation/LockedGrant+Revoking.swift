import OAuth

// A revocation's steps in the journal and in the file.

extension LockedGrant {
  /// Every grant that may be alive: what the journal keeps first, the file's last. What lives on beside the
  /// file's, and logins that wait and are another server's, stay.
  ///
  /// - Throws: `issuedElsewhere`.
  func grantsToRevoke() throws(RotationFailure) -> [KnownGrant] {
    let (grant, record, server) = (grant, record, server)
    let logins = (record?.undecided ?? []).filter { $0.mayBeSent(to: server) }
    let staying = grantsThatStay.map(\.grant.identity)
    let kept = (logins + [record?.parked, record?.other, record?.newest].compactMap(\.self))
      // A login, or a renewal that isn't in the file yet, ended the grant that it replaces.
      .filter { $0.grant.identity != grant.identity && record?.hasUsed($0.grant) != true }
      .filter { !$0.grant.isBlank && !staying.contains($0.grant.identity) }
    let grants = grant.isBlank ? kept : kept + [record?.held(grant) ?? KnownGrant(grant)]
    // What only another server's settings can revoke is said to be there, where nothing else is.
    for known in grants.isEmpty ? grantsThatStay : grants { try requireIssuer(of: known) }
    return grants
  }

  /// What is alive in the journal and isn't meant by a revocation of what the file holds: other accounts' and
  /// other servers' grants, which a copy of the file may be about to bring back.
  private var grantsThatStay: [KnownGrant] {
    let (grant, record, server, presenter) = (grant, record, server, presenter)
    guard let record else { return [] }
    var held = record.held(grant)
    // Of what somebody has pasted nothing else is known than the client and the server that the settings name.
    if !record.hasUsed(grant) {
      held.app = held.app ?? presenter.flatMap(KnownGrant.app(of:))
      held.server = held.server ?? server
    }
    return ([record.newest, record.parked, record.other].compactMap(\.self) + record.undecided)
      .filter { known in
        guard !known.grant.isBlank, known.grant.identity != grant.identity else { return false }
        guard !record.hasUsed(known.grant) else { return false }
        return record.isDisplaced(known.grant) || known.livesOn(beside: held)
      }
  }

  /// Writes down that a revocation of what the file and the journal hold is about to be sent.
  mutating func writeRevoking() throws(RotationFailure) {
    let grant = grant
    let before = recordOrFirst
    var next = before
    if next.stage == .unsaved { next.stage = .saved }
    if !grant.isBlank, next.role(of: grant) == .other { next.other = next.held(grant) }
    next.note(server: server, of: grant)
    next.isRevoking = true
    try writeAhead(next, else: before)
  }

  /// Clears what was revoked, if the file still holds it.
  mutating func clear(
    _ revoked: [TokenTypeHint], of presented: KnownGrant
  ) throws(RotationFailure) -> Rotation.Revocation {
    guard !revoked.isEmpty else { return .nothing }
    for staying in grantsThatStay { note(.notRevoked(account: staying.account?.username)) }
    writeRevoked(presented, leaving: presented.grant.without(revoked))
    // Another grant that was put there meanwhile is none of this revocation's.
    let saved: Saved
    do { saved = try save() } catch { throw .notCleared(reason: error, path: path) }
    if saved == .leftAlone { complete() }
    try requireErased()
    return saved == .saved ? .revoked : .revokedBesideAnother
  }

  /// Erases revoked tokens from the journal, should the run that revoked them have failed at that.
  mutating func finishErasing() throws(RotationFailure) {
    guard var record, record.newest.grant.isBlank else { return }
    record.stage = .saved
    record.other = nil
    erase(leaving: record)
    try requireErased()
  }

  /// Writes down that everything is revoked but for what is `left` of the file's grant, which the file
  /// doesn't show yet.
  private mutating func writeRevoked(_ presented: KnownGrant, leaving left: Grant) {
    guard var next = record else { return }
    let staying = grantsThatStay
    let identities = staying.map(\.grant.identity)
    let logins = next.undecided.filter {
      $0.mayBeSent(to: server) && !identities.contains($0.grant.identity)
    }
    for ended in logins + [next.parked, next.other, next.newest, presented].compactMap(\.self)
    where ended.grant.identity != left.identity && !identities.contains(ended.grant.identity) {
      next.usedTokens.add(ended)
    }
    // Until the file is cleared, that is what comes next.
    next.parked = staying.first { known in !next.undecided.contains { $0.grant == known.grant } }
    if let stays = next.parked { next.displace(stays) }
    next.newest = KnownGrant(left)
    next.other = nil
    next.undecided.removeAll { login in logins.contains { $0.grant == login.grant } }
    next.isRevoking = false
    _ = next.dropUsedFromHook()
    next.stage = .unsaved
    isErasing = true
    writeBestEffort(next)
    reached(.answerWritten)
  }

  /// Fails where revoked or forgotten tokens may still be in the journal.
  func requireErased() throws(RotationFailure) {
    let (failure, path) = (journalFailure, journalPath)
    if let failure { throw .notCleared(reason: failure, path: path) }
  }
}
