/// What a run saw of file and journal before it waited for the lock: what differs under the lock was
/// done by somebody else meanwhile.
struct Sight {
  private let grant: Grant
  private let record: RotationRecord?

  /// Looks now, without a lock.
  init(_ settings: Settings) throws(Failure) {
    grant = try settings.grant().grant
    record = try settings.journalRecord()
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
    let isOlder = locked.record?.isSpent(locked.grant) ?? false
    return Change(
      hasNewGrant: !locked.grant.hasSameTokens(as: grant) && !isOlder,
      hasNewRecord: locked.record != record)
  }
}
