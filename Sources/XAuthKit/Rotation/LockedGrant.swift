import DotEnv
import DurableFile
import OAuth

/// The grant in its file, under the lock: what the steps of a rotation work on. The lock ends with
/// the value.
///
/// Whoever only reads it copies what is needed in one line: every further look into a borrowed value
/// of this size costs the compiler (Swift 6.3) a second.
struct LockedGrant: ~Copyable {
  /// Room for the four values in their longest form: two tokens of 16 KiB (the most that is
  /// accepted), escaped.
  static let growth = 64 * 1024

  /// The wall clock.
  let clock: Clock
  /// Told as the rotation passes from step to step.
  let reached: @Sendable (RotationStep) -> Void
  /// The file's absolute path.
  let path: String
  /// The journal's, which is the recovery file when a save fails.
  let journalPath: String
  /// The journal's newest record, its answer sorted.
  private(set) var record: RotationRecord?
  /// What the file held when it was last looked at.
  private(set) var snapshot: FileSnapshot
  /// The document in `snapshot`.
  private(set) var document: DotEnvDocument
  /// The grant in `document`.
  private(set) var grant: Grant
  /// Why the journal took a record no more that should be in it by now; nil when all is well.
  var journalFailure: Failure?
  /// The file that holds a new grant which isn't saved; nil when the journal didn't take it either.
  var recoveryPath: String? {
    let (failure, path) = (journalFailure, journalPath)
    return failure == nil ? path : nil
  }

  /// The file that keeps a success which nobody could read; nil when there is none.
  var unreadableAnswerPath: String? {
    let (record, failure, path) = (record, journalFailure, journalPath)
    return record?.hasUnreadableAnswer == true && failure == nil ? path : nil
  }

  private var file: LockedFile
  private var replacement: Replacement?
  private var isJournalOnDisk = false
  /// A reader of ours that doesn't read must not keep the lock.
  private let heldNotes: HeldNotes.Hold

  /// Locks the file of `settings`, which is created empty when there is none and `creating`, and
  /// reads what the journal and the file hold. Whoever looks on at a terminal is told of a wait, which
  /// is as long as `--lock-timeout` says, and `limit` seconds at most.
  static func open(
    _ settings: Settings, creating: Bool = false, limit: Double = .infinity, context: Context,
    telling console: Console
  ) throws(Failure) -> LockedGrant {
    let timeout = settings.invocation.seconds("lock-timeout").map(Double.init)
    do {
      let file = try LockedFile.acquire(
        settings.file.target, timeout: min(timeout ?? Rotation.lockTimeout, limit),
        createIfAbsent: creating
      ) {
        if console.isOnTerminal {
          console.sayWithoutWaiting("waiting for another run that holds the lock…")
        }
      }
      let heldNotes = console.holdNotes()
      context.reached(.locked)
      let snapshot = try file.read()
      let document = DotEnvDocument(snapshot.bytes)
      let grant = Grant(document: document)
      let record = try Self.record(in: file, beside: grant)
      return LockedGrant(file, record, snapshot, document, grant, context, heldNotes)
    } catch {
      throw Failure(error)
    }
  }

  private init(
    _ file: consuming LockedFile, _ record: RotationRecord?, _ snapshot: FileSnapshot,
    _ document: DotEnvDocument, _ grant: Grant, _ context: Context, _ heldNotes: HeldNotes.Hold
  ) {
    path = file.target.path
    journalPath = file.state.journalPath
    self.file = file
    self.record = record
    self.snapshot = snapshot
    self.document = document
    self.grant = grant
    clock = context.clock
    reached = context.reached
    self.heldNotes = heldNotes
  }

  private static func record(
    in file: borrowing LockedFile, beside grant: Grant
  ) throws(FileFailure) -> RotationRecord? {
    let payload: [UInt8]?
    do { payload = try file.readJournal() } catch .journalDamaged {
      return .unreadable(beside: grant)
    }
    return try RotationRecord.read(payload, from: file.state.journalPath)
  }

  /// Looks at the file once more.
  mutating func lookAgain() throws(Failure) {
    do { try load(try file.read()) } catch { throw Failure(error) }
  }

  /// The grant, fit to be sent and handed on: whoever writes to the file may have done so since the
  /// settings were read.
  func fitGrant() throws(Failure) -> Grant {
    let (document, grant) = (document, grant)
    try document.requireTokensWithoutControlCharacters()
    return grant
  }

  /// What has to be done about what an earlier run left behind.
  var recovery: Recovery { Recovery.decide(record, file: grant) }

  /// Proves that a save will work; nothing of it is visible.
  mutating func prove() throws(Failure) {
    guard replacement == nil else { return }
    do { replacement = try file.prove(byteCount: snapshot.bytes.count + Self.growth) } catch {
      throw .file(error)
    }
    reached(.proved)
  }

  /// Replaces the file's content, if it is still what was last looked at.
  mutating func commit(_ bytes: [UInt8]) throws(Failure) -> Replacement.CommitOutcome {
    try prove()
    guard var proven = replacement.take() else { throw .unexpected("nothing was proved") }
    do {
      let outcome = try proven.commit(bytes, replacing: snapshot)
      replacement = consume proven
      return outcome
    } catch {
      throw .file(error)
    }
  }

  /// Takes `snapshot` for what the file holds.
  mutating func load(_ snapshot: FileSnapshot) throws(Failure) {
    self.snapshot = snapshot
    document = DotEnvDocument(snapshot.bytes)
    grant = Grant(document: document)
  }

  /// Takes `record` for what the journal says, without writing it.
  mutating func assume(_ record: RotationRecord) { self.record = record }

  /// Makes certain that what was read from the journal is on the disk: what is acted upon must be
  /// what a power cut leaves.
  mutating func syncJournal() throws(Failure) {
    guard !isJournalOnDisk else { return }
    do { try file.syncJournal() } catch { throw Failure(error) }
    isJournalOnDisk = true
  }

  /// Makes `record` the journal's newest, on the disk before this returns unless `later`.
  mutating func write(_ record: RotationRecord, later: Bool = false) throws(Failure) {
    try syncJournal()
    self.record = record
    do { try file.writeJournal(record.encoded, later: later) } catch { throw Failure(error) }
    journalFailure = nil
  }

  /// Makes `record` all that the journal holds.
  mutating func erase(leaving record: RotationRecord) throws(Failure) {
    try syncJournal()
    self.record = record
    do { try file.eraseJournal(leaving: record.encoded) } catch { throw Failure(error) }
    journalFailure = nil
  }

  /// Makes certain that what the file holds is on the disk, and so is its name.
  mutating func sync() throws(Failure) {
    do { try file.syncFileAndFolder() } catch { throw .file(error) }
  }

  /// Looks into the file that a killed run displaced before it could see whether somebody had edited
  /// it in that very moment; such an edit is brought back, unless the file was edited since.
  mutating func mergeLeftover() throws(Failure) {
    guard let leftover = file.leftover else { return }
    let displaced = DotEnvDocument(leftover.bytes)
    if let record, Recovery.standing(of: Grant(document: displaced), in: record) == .foreign {
      // Somebody's own login: it goes back where it was, or is kept in the journal.
      try restore(leftover, of: Grant(document: displaced))
    }
    let isUntouched = snapshot.identity.modified <= leftover.identity.changed
    if isUntouched, let newest = record?.newest, grant.hasSameTokens(as: newest),
      let merged = try? displaced.setting(newest.changes(to: displaced)),
      merged.bytes != snapshot.bytes, case .replaced(let now) = try commit(merged.bytes)
    {
      try load(now)
    }
    do { try file.discardLeftover() } catch { throw .file(error) }
  }

  /// Puts back a grant that isn't ours, which the killed run had displaced; if the file was edited
  /// since, it is kept in the journal.
  private mutating func restore(_ leftover: FileSnapshot, of foreign: Grant) throws(Failure) {
    if snapshot.identity.modified <= leftover.identity.changed,
      case .replaced(let now) = try commit(leftover.bytes)
    {
      return try load(now)
    }
    guard var next = record else { return }
    next.aside = foreign
    try write(next)
  }

  /// Releases the lock.
  consuming func unlock() {
    let reached = reached
    replacement = nil
    file.release()
    reached(.unlocked)
  }
}
