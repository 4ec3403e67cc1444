import OAuth

extension Rotation {
  /// Decides about what recovery left open; returns a grant that serves although it can't be
  /// renewed now.
  func grantThatServes(
    despite recovery: Recovery, _ need: Need, _ change: UnlockedView.Change,
    _ locked: borrowing LockedGrant
  ) throws(Failure) -> Grant? {
    let (grant, path, kept) = (locked.grant, locked.path, locked.unreadableAnswerPath)
    var (record, recovery) = (locked.record, recovery)
    // `--force` keeps the grant, unless another run began the revocation while this one waited; what
    // the journal said before still holds.
    if recovery == .revocationBegun, need.force, !change.hasNewRecord {
      record = record?.earlier
      recovery = Recovery.decide(record, file: grant)
    }
    switch recovery.forClient(client, record) {
    case .refused: throw .login(.refusedBefore(path: path))
    case .revocationBegun: throw .login(.revocationBegun)
    case .outcomeUnknown: return try afterUnknownOutcome(of: grant, record, need, kept: kept)
    case .goOn, .confirm, .save, .setAside: return nil
    }
  }

  /// The file's token was sent, and no answer was seen that says what became of it. If the server took
  /// it, a second try loses nothing that isn't lost already; if the request is still on its way, a
  /// second one would race it. So the access token is used while it lives, and the second try waits
  /// for its end; under `--force` only until no request can be on its way.
  private func afterUnknownOutcome(
    of grant: Grant, _ record: RotationRecord?, _ need: Need, kept: String?
  ) throws(Failure) -> Grant? {
    guard let record else { return nil }
    let now = context.clock.now()
    // A record from far ahead was written by a wrong clock, and one that a disk fault took has no
    // time: they say nothing of how long ago.
    let isTime = record.time > 0 && record.time <= now + Self.longestWaitForExpiry
    let sent = isTime ? record.time : nil
    let noLateRequest = sent.map { $0 + Self.lateRequests } ?? now
    let again =
      need.force ? noLateRequest : max(accessEnd(of: grant, sent: sent, now), noLateRequest)
    if now >= again { return nil }
    if !need.force, grant.isGood(for: need.validity, at: now) { return grant }
    throw .temporary(
      .outcomeStillUnknown(since: sent, kept: kept, tryingAgainAt: again, now: now))
  }

  /// When the access token beside a refresh token that was sent at `sent` has surely ended, as far as
  /// that can be told: an end that always lies ahead would keep the second try away for ever.
  private func accessEnd(of grant: Grant, sent: Int?, _ now: Int) -> Int {
    guard grant.accessToken != nil else { return sent ?? now }
    guard let left = grant.secondsLeft(at: now) else {
      return sent.map { $0 + IssuedTokens.usualLifetime } ?? now
    }
    return min(now + left, sent.map { $0 + Self.longestWaitForExpiry } ?? .max)
  }
}
