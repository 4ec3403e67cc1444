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

  /// Whether the `--on-rotate` command that is set has still to be told of what came after `held`.
  func owesHook(for held: SourcedGrant) throws(Failure) -> Bool {
    guard onRotate != nil else { return false }
    return try kept(for: held).record?.isHookOwed ?? false
  }

  /// Where the journal is.
  var journalPath: String {
    let state = try? StateFolder.locate(for: file.target)
    return state?.journalPath ?? "\(file.target.stateFolderPath)/journal"
  }

  /// The newest grant as far as the journal knows, when it isn't `held`: it waits there to be saved, or
  /// an older copy of the file has come back; or whoever renewed the environment's could not put it
  /// back there.
  func newerGrant(than held: SourcedGrant) throws(Failure) -> Grant? {
    let (kept, record) = try kept(for: held)
    if case .save(let newest) = Recovery.decide(record, file: kept) { return newest }
    return kept == held.grant ? nil : kept
  }

  /// What our files hold for `held`, and the journal beside that: for an older copy in the
  /// environment, the grant that has followed on it.
  func kept(for held: SourcedGrant) throws(Failure) -> (grant: Grant, record: RotationRecord?) {
    guard held.source == .environment else { return (held.grant, try journalRecord()) }
    guard let target = try environmentGrantFile() else { return (held.grant, nil) }
    let settings = try with(target)
    let record = try settings.journalRecord()
    let isOlder = record?.isSpent(held.grant) ?? false
    return (isOlder ? try settings.file.grant().grant : held.grant, record)
  }
}
