/// What a run saw of file and journal before it waited for the lock: what differs under the lock was
/// done by somebody else meanwhile.
struct UnlockedView {
  private let grant: Grant
  private let record: RotationRecord?

  /// Looks now, without a lock: for a grant from the environment at the file that has followed on it.
  init(_ settings: Settings) throws(Failure) {
    let held = try settings.grant()
    guard held.source == .environment else {
      grant = held.grant
      record = try settings.journalRecord()
      return
    }
    let known = try settings.environmentGrantFile().map { target throws(Failure) in
      try settings.with(target)
    }
    grant = try known?.file.grant().grant ?? held.grant
    record = try known?.journalRecord()
  }

  /// What somebody else did meanwhile.
  struct Change: Sendable, Equatable {
    /// Another grant came into the file, and it is no older one that an editor has put back.
    let hasNewGrant: Bool
    /// The journal has another record.
    let hasNewRecord: Bool
  }

  /// Compares with what is there under the lock, before anything is recovered: what this run finishes
  /// for a run that was cut off long ago isn't fresh.
  func change(to locked: borrowing LockedGrant) -> Change {
    let (now, newRecord) = (locked.grant, locked.record)
    let isOlder = newRecord?.isSpent(now) ?? false
    // An access token that a revocation has left alone is nobody's renewal.
    let isRemainder = now.refreshToken == nil && grant.refreshToken != nil
    return Change(
      hasNewGrant: !now.hasSameTokens(as: grant) && !isOlder && !isRemainder,
      hasNewRecord: newRecord != record)
  }
}
