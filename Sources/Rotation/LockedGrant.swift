import DotEnv
import DurableFile
import OAuth

/// The grant in its file, under the lock, and the journal beside it: what the steps of a rotation
/// work on. The lock ends with the value.
public struct LockedGrant: ~Copyable {
  /// The file's absolute path.
  let path: String
  /// The journal's path; it is the recovery file when a save fails.
  let journalPath: String
  /// The journal's newest record, its answer classified.
  private(set) var record: RotationRecord?
  /// What the file held when it was last looked at.
  private(set) var snapshot: FileSnapshot
  /// The document in `snapshot`.
  private(set) var document: DotEnvDocument
  /// The grant in `document`.
  private(set) var grant: Grant
  /// Why the journal lacks a record that should be in it by now; nil when all is well.
  private(set) var journalFailure: RotationFailure?

  private let effects: RotationEffects
  private var file: LockedFile
  private var replacement: Replacement?
  private var isJournalOnDisk = false

  /// Locks the file, waiting at most `timeout` seconds for another run, and reads what the journal
  /// and the file hold. A file that doesn't exist is created empty if `creating`.
  static func open(
    _ target: FileTarget, creating: Bool = false, timeout: Double, _ effects: RotationEffects
  ) throws(RotationFailure) -> LockedGrant {
    do {
      let file = try LockedFile.acquire(
        target, timeout: min(timeout, effects.lockTimeout), createIfAbsent: creating,
        waiting: effects.waiting)
      effects.note(.step(.locked))
      effects.reached(.locked)
      let snapshot = try file.read()
      let document = DotEnvDocument(snapshot.bytes)
      let grant = Grant(document: document)
      let record = try record(in: file, beside: grant)
      return LockedGrant(file, record, snapshot, document, grant, effects)
    } catch {
      throw .file(error)
    }
  }

  private init(
    _ file: consuming LockedFile, _ record: RotationRecord?, _ snapshot: FileSnapshot,
    _ document: DotEnvDocument, _ grant: Grant, _ effects: RotationEffects
  ) {
    path = file.target.path
    journalPath = file.state.journalPath
    self.file = file
    self.record = record
    self.snapshot = snapshot
    self.document = document
    self.grant = grant
    self.effects = effects
  }

  private static func record(
    in file: borrowing LockedFile, beside grant: Grant
  ) throws(FileFailure) -> RotationRecord? {
    let payload: [UInt8]?
    do { payload = try file.readJournal() } catch {
      if case .journalDamaged = error { return .unreadable(beside: grant) }
      throw error
    }
    return try RotationRecord.read(payload, from: file.state.journalPath)
  }

  /// Releases the lock.
  consuming func unlock() {
    let effects = effects
    replacement = nil
    file.release()
    effects.reached(.unlocked)
  }

  /// The wall clock, in seconds since 1970.
  var now: Int { effects.now() }

  /// Tells that a step is done.
  func reached(_ step: RotationStep) {
    effects.note(.step(step))
    effects.reached(step)
  }

  /// Tells what a person should hear of.
  func note(_ note: RotationNote) { effects.note(note) }

  /// The file that holds a new grant which isn't saved; nil when the journal doesn't hold it either.
  var recoveryPath: String? {
    let (failure, path) = (journalFailure, journalPath)
    return failure == nil ? path : nil
  }

  /// The file that keeps a success which can't be read; nil when there is none.
  var unreadableAnswerPath: String? {
    let (record, path) = (record, recoveryPath)
    return record?.hasUnreadableAnswer == true ? path : nil
  }

  /// What has to be done about what an earlier run left behind.
  var recovery: Recovery { Recovery.decide(record, file: grant) }

  // The file.

  /// Looks at the file once more.
  mutating func lookAgain() throws(RotationFailure) {
    do { load(try file.read()) } catch { throw .file(error) }
  }

  /// The grant, fit to be sent and handed on: another program may have written the file since the
  /// settings were read.
  func checkedGrant() throws(RotationFailure) -> Grant {
    let (document, grant) = (document, grant)
    for key in [Grant.Key.accessToken, .refreshToken] {
      guard let value = document.value(of: key.rawValue), let text = value.text else { continue }
      // RFC 6749 appendix A: a token is VSCHAR.
      if text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
        throw .controlCharacter(key, line: value.line)
      }
    }
    return grant
  }

  /// Proves that `grant` can be saved, and the journal written; nothing of it is visible.
  mutating func prove(saving grant: Grant = .hardestToSave) throws(RotationFailure) {
    guard replacement == nil else { return }
    replacement = try file.prove(saving: grant, in: document)
    reached(.proved)
  }

  /// Makes these changes in one replacement; false when the file was changed meanwhile, and they must
  /// be made again in what is there.
  mutating func replace(_ changes: [DotEnvChange]) throws(RotationFailure) -> Bool {
    let edited: DotEnvDocument
    do { edited = try document.setting(changes) } catch { throw .dotEnv(error, path: path) }
    switch try commit(edited.bytes) {
    case .replaced(let now):
      load(now)
      return true
    case .changed(let now):
      load(now)
      return false
    }
  }

  /// Makes certain that what the file holds is on the disk, and so is its name.
  mutating func sync() throws(RotationFailure) {
    do { try file.syncFileAndFolder() } catch { throw .file(error) }
  }

  private mutating func commit(
    _ bytes: [UInt8]
  ) throws(RotationFailure) -> Replacement.CommitOutcome {
    do throws(FileFailure) {
      if replacement == nil { replacement = try file.prove(byteCount: bytes.count) }
    } catch {
      throw .file(error)
    }
    // It is there: it has just been made, or that has thrown.
    guard var proven = replacement.take() else { throw .keepsChanging(path: path) }
    do {
      let outcome = try proven.commit(bytes, replacing: snapshot)
      // Once it is used it proves nothing about the next save.
      if case .changed = outcome { replacement = consume proven }
      return outcome
    } catch {
      throw .file(error)
    }
  }

  private mutating func load(_ snapshot: FileSnapshot) {
    self.snapshot = snapshot
    document = DotEnvDocument(snapshot.bytes)
    grant = Grant(document: document)
  }

  // The journal.

  /// Makes certain that what was read from the journal is on the disk: what is acted upon must be
  /// what a power cut leaves.
  mutating func syncJournal() throws(RotationFailure) {
    guard !isJournalOnDisk else { return }
    do { try file.syncJournal() } catch { throw .file(error) }
    isJournalOnDisk = true
  }

  /// Makes `record` the journal's newest, on the disk before this returns unless `later`.
  mutating func write(_ record: RotationRecord, later: Bool = false) throws(RotationFailure) {
    try syncJournal()
    self.record = record
    do { try file.writeJournal(record.encoded, later: later) } catch { throw .file(error) }
    journalFailure = nil
  }

  /// The same for a record whose loss is harmless: from the one before it, recovery reaches the
  /// same result.
  mutating func writeBestEffort(_ record: RotationRecord, later: Bool = false) {
    do { try write(record, later: later) } catch { journalFailure = error }
  }

  /// Makes `record` all that the journal holds.
  mutating func erase(leaving record: RotationRecord) {
    do { try eraseJournal(leaving: record) } catch { journalFailure = error }
  }

  private mutating func eraseJournal(leaving record: RotationRecord) throws(RotationFailure) {
    try syncJournal()
    self.record = record
    do { try file.eraseJournal(leaving: record.encoded) } catch { throw .file(error) }
    journalFailure = nil
  }

  /// Takes `record` for what the journal says, without writing it.
  mutating func adopt(_ record: RotationRecord) { self.record = record }

  // What a killed run displaced.

  /// Looks into the file that a killed run displaced before it could see whether somebody had edited
  /// it in that very moment; such an edit is brought back, unless the file was edited since.
  mutating func mergeLeftover() throws(RotationFailure) {
    guard let leftover = file.leftover else { return }
    let displaced = DotEnvDocument(leftover.bytes)
    if let record, Recovery.standing(of: Grant(document: displaced), in: record) == .foreign {
      // Another program's login: it goes back where it was, or is kept in the journal.
      try restore(leftover, of: Grant(document: displaced))
    }
    let isUntouched = snapshot.identity.modified <= leftover.identity.changed
    if isUntouched, let newest = record?.newest, grant.hasSameTokens(as: newest),
      let merged = try? displaced.setting(newest.changes(to: displaced)),
      merged.bytes != snapshot.bytes, case .replaced(let now) = try commit(merged.bytes)
    {
      load(now)
    }
    do { try file.discardLeftover() } catch { throw .file(error) }
  }

  /// Puts back a foreign grant that the killed run had displaced; if the file was edited since, it is
  /// kept in the journal.
  private mutating func restore(
    _ leftover: FileSnapshot, of foreign: Grant
  ) throws(RotationFailure) {
    if snapshot.identity.modified <= leftover.identity.changed,
      case .replaced(let now) = try commit(leftover.bytes)
    {
      return load(now)
    }
    guard var next = record else { return }
    next.parked = foreign
    try write(next)
  }
}
