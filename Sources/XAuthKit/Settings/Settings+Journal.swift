import DurableFile

extension Settings {
  /// The journal's newest record, its answer sorted, read without a lock; nil when there is none.
  func journalRecord() throws(Failure) -> RotationRecord? {
    let payload: [UInt8]?
    do { payload = try file.target.peekJournal() } catch .journalDamaged {
      return .unreadable(beside: try file.grant().grant)
    } catch .notOwner, .notReadable {
      // Whoever may read the file and no more has nothing to recover.
      return nil
    } catch {
      throw .file(error)
    }
    do { return try .read(payload, from: journalPath) } catch { throw .file(error) }
  }

  /// Whether the `--on-rotate` command that is set has still to be told of the newest grant.
  func owesHook() throws(Failure) -> Bool {
    guard onRotate != nil else { return false }
    return try journalRecord()?.isHookOwed ?? false
  }

  /// Where the journal is.
  var journalPath: String {
    let state = try? StateFolder.locate(for: file.target)
    return state?.journalPath ?? "\(file.target.stateFolderPath)/journal"
  }

  /// The newest grant as far as the journal knows, when it isn't `held`: it waits there to be saved, or
  /// an older copy of the file has come back.
  func newerGrant(than held: SourcedGrant) throws(Failure) -> Grant? {
    guard held.place == .file else { return try newerEnvironmentGrant(than: held.grant) }
    switch Recovery.decide(try journalRecord(), file: held.grant) {
    case .goOn, .confirm, .setAside, .outcomeUnknown, .refused, .revocationBegun: return nil
    case .save(let newest): return newest
    }
  }

  /// What has followed on the environment's grant: whoever renewed it may not have been able to put
  /// it back there.
  private func newerEnvironmentGrant(than grant: Grant) throws(Failure) -> Grant? {
    guard let target = try environmentGrantFile() else { return nil }
    let settings = try with(target)
    guard let record = try settings.journalRecord(), record.isSpent(grant) else { return nil }
    let held = try settings.file.grant()
    return try settings.newerGrant(than: held) ?? held.grant
  }
}
