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
  /// The last record that is surely in the journal: a write that fails leaves it whole.
  private var kept: RotationRecord?
  /// Whether the tokens that the journal holds are revoked, and leave it with the next record.
  var isErasing = false

  private let effects: RotationEffects
  /// Who presents a token, as attempts are counted; nil for a run that presents none.
  let presenter: String?
  /// The base URL that requests go to; nil for a run that sends none.
  let server: String?
  private var file: LockedFile
  private var replacement: Replacement?
  private var isJournalOnDisk = false
  /// The attempt that this run has claimed, and when, by the clock that also counts a sleeping
  /// machine's time.
  private var claim: (Claim, at: Double)?

  /// Locks the file, waiting at most `timeout` seconds for another run, and reads what the journal
  /// and the file hold. A file that doesn't exist is created empty if `creating`.
  static func open(
    _ target: FileTarget, for clientID: String? = nil, at server: String? = nil,
    creating: Bool = false, timeout: Double, _ effects: RotationEffects
  ) throws(RotationFailure) -> LockedGrant {
    do {
      try requireNoStateAtLinks(to: target)
      let file = try LockedFile.acquire(
        target, timeout: min(timeout, effects.lockTimeout), createIfAbsent: creating,
        waiting: effects.waiting)
      effects.note(.step(.locked))
      effects.reached(.locked)
      let snapshot = try file.read()
      let document = DotEnvDocument(snapshot.bytes)
      let grant = Grant(document: document)
      let record = try record(in: file, beside: grant)
      return LockedGrant(file, record, snapshot, document, grant, clientID, server, effects)
    } catch {
      throw .file(error)
    }
  }

  /// Makes sure that no run was under way, and no login waited, when the file moved and a link took its
  /// place: the journal beside the link knows what became of the token, and has the login's.
  private static func requireNoStateAtLinks(to target: FileTarget) throws(FileFailure) {
    guard !target.links.isEmpty, let bytes = try target.read()?.bytes else { return }
    let grant = Grant(document: DotEnvDocument(bytes))
    for link in target.links {
      // What can't be read there isn't this user's.
      guard let view = try? GrantView(of: link, holding: grant),
        let state = try? StateFolder.locate(for: link)
      else { continue }
      let holdsLogins = view.record?.undecided.isEmpty == false
      switch view.recovery(for: nil, at: nil) {
      case _ where holdsLogins, .save where view.record?.stage == .unsaved, .outcomeUnknown:
        throw .stateAtLink(folder: state.path, link: link.path, path: target.path)
      // What is over there may be out of date: the journal of the file itself is what counts.
      case .save, .goOn, .confirm, .presentNewest, .refused, .revocationBegun, .otherAccount,
        .otherServer:
        break
      }
    }
  }

  private init(
    _ file: consuming LockedFile, _ record: RotationRecord?, _ snapshot: FileSnapshot,
    _ document: DotEnvDocument, _ grant: Grant, _ clientID: String?, _ server: String?,
    _ effects: RotationEffects
  ) {
    path = file.target.path
    journalPath = file.state.journalPath
    self.file = file
    self.record = record
    kept = record
    self.snapshot = snapshot
    self.document = document
    self.grant = grant
    presenter = clientID.map { KnownGrant.presenter($0, at: server) }
    self.server = server
    self.effects = effects
  }

  private static func record(
    in file: borrowing LockedFile, beside grant: Grant, afresh: Bool = false
  ) throws(FileFailure) -> RotationRecord? {
    let payload: [UInt8]?
    do { payload = try afresh ? file.rereadJournal() : file.readJournal() } catch {
      if case .journalDamaged = error { return .unreadable(beside: grant) }
      throw error
    }
    return try RotationRecord.read(payload, in: file.state, beside: grant)
  }

  /// Releases the lock.
  consuming func unlock() {
    let effects = effects
    replacement = nil
    file.release()
    effects.reached(.unlocked)
  }

  /// Seconds on a clock that never jumps.
  var uptime: Double { effects.uptime() }

  /// Waits a moment for another process.
  func pause() { effects.sleep(0.05) }

  /// The command that this run was called with.
  var command: String { effects.command }

  /// Whether this run has an `--on-rotate` command.
  var hasHook: Bool { effects.hasHook }

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
    let (failure, path, record) = (journalFailure, journalPath, record)
    return failure == nil || record.map { isKept($0.newest.grant) } == true ? path : nil
  }

  /// Whether the journal holds these tokens.
  func isKept(_ grant: Grant) -> Bool {
    let kept = kept
    return kept?.settled.keeps(grant) == true
  }

  /// The file that keeps a success which can't be read; nil when there is none.
  var unreadableAnswerPath: String? {
    let (record, failure, kept, path) = (record, journalFailure, kept, journalPath)
    let holder = failure == nil ? record : kept?.settled
    return record?.hasUnreadableAnswer == true && holder?.hasUnreadableAnswer == true ? path : nil
  }

  /// What has to be done about what an earlier run left behind. `trustingFile`: see `Recovery.decide`.
  func recovery(trustingFile: Bool = false, despiteRevocation: Bool = false) -> Recovery {
    var record = record
    if despiteRevocation { record?.isRevoking = false }
    return Recovery.decide(
      record, file: grant, for: presenter, at: server, trustingFile: trustingFile)
  }

  /// The grant in the file, with what the journal knows of it.
  var known: KnownGrant { GrantView(grant: grant, record: record).known }

  /// Which of the record's grants the file holds.
  var roleInFile: RotationRecord.Role {
    let (record, grant) = (record, grant)
    return record?.role(of: grant) ?? .newest
  }

  /// The note of this name beside the journal; nil when there is none that can be read.
  func note(named name: String) -> String? { (try? file.note(name)) ?? nil }

  /// Writes a note of this name beside the journal. One that can't be written is missing, no more.
  func write(_ text: String, asNoteNamed name: String) { try? file.write(text, asNote: name) }

  /// Removes the marks beside the journal whose names begin so.
  func removeMarks(_ prefix: String) { try? file.removeMarks(prefix) }

  // The file.

  /// Looks at the file once more.
  mutating func lookAgain() throws(RotationFailure) {
    do { load(try file.read()) } catch { throw .file(error) }
  }

  /// Reads journal and file again through fresh descriptors, for where the lock isn't shared; returns
  /// whether they say anything new.
  mutating func readAfresh() throws(RotationFailure) -> Bool {
    let (oldRecord, oldGrant) = (record, grant)
    do {
      load(try file.read())
      record = try Self.record(in: file, beside: grant, afresh: true)
      kept = record
    } catch {
      throw .file(error)
    }
    guard record != oldRecord || !grant.hasSameTokens(as: oldGrant) else { return false }
    // What was proven was another document.
    replacement = nil
    return true
  }

  /// The grant, fit to be sent and handed on: another program may have written the file since the
  /// settings were read.
  func checkedGrant() throws(RotationFailure) -> KnownGrant {
    let (document, known) = (document, known)
    for key in [Grant.Key.accessToken, .refreshToken] {
      guard let value = document.value(of: key.rawValue), let text = value.text else { continue }
      // RFC 6749 appendix A: a token is VSCHAR.
      if text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
        throw .controlCharacter(key, line: value.line)
      }
    }
    return known
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
      let outcome = try proven.commit(bytes, replacing: snapshot, marked: mark)
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
    let record = try adoptForWriting(record)
    do { try file.writeJournal(record.encoded, later: later) } catch {
      if case .journalRemoved = error { kept = nil }
      throw .file(error)
    }
    (journalFailure, kept) = (nil, record)
  }

  /// Takes `record` for what the journal is about to say, with the folder that it is written for.
  private mutating func adoptForWriting(
    _ record: RotationRecord
  ) throws(RotationFailure) -> RotationRecord {
    try syncJournal()
    var record = record
    record.folder = file.state.identity
    self.record = record
    return record
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
    let record = try adoptForWriting(record)
    do { try file.eraseJournal(leaving: record.encoded) } catch { throw .file(error) }
    (journalFailure, kept) = (nil, record)
  }

  /// Takes `record` for what the journal says, without writing it.
  mutating func adopt(_ record: RotationRecord) { self.record = record }

  // The claim.

  /// How a token's next attempt can't be made now.
  enum Rival: Sendable, Equatable {
    /// Another process is using a token of this file, or may be: its result will come.
    case running
    /// A process that claimed the attempt has ended, and no record says whether it sent anything. It
    /// was first noticed so many seconds ago.
    case ended(secondsAgo: Double)
  }

  /// Who is in the way of presenting a token.
  func rival(of presentation: Presentation) throws(RotationFailure) -> Rival? {
    try rival(of: presentation.hash, after: presentation.known.attempts)
  }

  /// The same for the token with this hash, of which the record knows so many attempts.
  func rival(of token: String, after attempts: Int) throws(RotationFailure) -> Rival? {
    let (used, logins) = (record?.usedTokens, record?.undecided)
    do {
      var found: Rival?
      for other in try file.claims() where used?.contains(other.token) != true {
        if let (mine, _) = claim, mine == other { continue }
        let isUnrecorded = other.token == token && other.attempt > attempts
        switch try file.holder(of: other) {
        case .running: return .running
        case .unknown where isUnrecorded || other.token != token:
          if try file.secondsUnanswered(other, uptime: uptime) <= Rotation.lateRequests {
            return .running
          }
        case .ended where isUnrecorded:
          // A login sends no refresh token, and what it brought is in the journal.
          let holder = try file.text(of: other)
          if logins?.contains(where: { $0.keptBy == holder }) == true { break }
          let seconds = try file.secondsUnanswered(other, uptime: uptime)
          if seconds <= Rotation.lateRequests { found = .ended(secondsAgo: seconds) }
        case .ended, .unknown, nil: break
        }
      }
      return found
    } catch {
      throw .file(error)
    }
  }

  /// Claims the next attempt to present a token.
  mutating func claim(_ presentation: Presentation) throws(RotationFailure) -> Bool {
    let (token, attempts) = (presentation.hash, presentation.known.attempts)
    guard try claim(token, after: attempts) else { return false }
    // The recorded attempt, and when nobody sent for it any more, still count if this one is taken back.
    try? file.removeClaims { $0.token == token && $0.attempt < attempts }
    return true
  }

  /// Claims the next attempt to use a token; false when another process has it, or has written
  /// something meanwhile.
  mutating func claim(_ token: String, after attempts: Int) throws(RotationFailure) -> Bool {
    do {
      let mine = Claim(token: token, attempt: max(attempts, try lastClaim(of: token) ?? 0) + 1)
      guard try file.make(mine) else { return false }
      claim = (mine, at: effects.timeSinceBoot())
    } catch {
      throw RotationFailure(error)
    }
    reached(.claimed)
    do throws(RotationFailure) {
      let isFree = try rival(of: token, after: attempts) == nil
      // Without this look a run that has read the journal long ago would claim a token that is long used.
      if try !readAfresh(), isFree { return true }
    } catch {
      try? takeBackClaim()
      throw error
    }
    try takeBackClaim()
    return false
  }

  /// The number of the last attempt that was claimed for the token with this hash.
  func lastClaim(of token: String) throws(RotationFailure) -> Int? {
    do { return try file.claims().filter { $0.token == token }.map(\.attempt).max() } catch {
      throw .file(error)
    }
  }

  /// The number of the attempt that this run has claimed; nil when it has claimed none.
  var claimedAttempt: Int? { claim?.0.attempt }

  /// Whether the claim is so old that it may have been taken for a dead process's: this one was
  /// stopped, or the machine asleep.
  var isClaimOutdated: Bool {
    guard let (_, made) = claim else { return false }
    return effects.timeSinceBoot() - made > Rotation.longestHesitation
  }

  /// Notes that from now on nobody sends for the claimed attempt; returns the claim to the world of
  /// those whose outcome is unknown.
  mutating func leaveClaim() {
    guard let (mine, _) = claim else { return }
    _ = try? file.secondsUnanswered(mine, uptime: uptime)
    claim = nil
  }

  /// The same where a claim that stays costs nothing: its token is in the list, or no longer here.
  mutating func endClaim() { try? takeBackClaim() }

  /// Removes what the process of `login` had claimed, once that is settled: it sent no refresh token.
  func removeClaims(of login: KnownGrant) {
    guard let holder = login.keptBy else { return }
    for other in (try? file.claims()) ?? [] where (try? file.text(of: other)) == holder {
      try? file.remove(other)
    }
  }

  /// Removes the claim, once it is known what became of the token, and those of used tokens with it.
  mutating func takeBackClaim() throws(RotationFailure) {
    guard let (mine, _) = claim else { return }
    claim = nil
    let used = record?.usedTokens
    do {
      try file.remove(mine)
      try file.removeClaims { used?.contains($0.token) == true }
    } catch {
      throw .file(error)
    }
  }

  /// Seconds since it was first noted that nobody sends the last attempt for this grant's token any
  /// more.
  func secondsUnanswered(_ role: RotationRecord.Role) throws(RotationFailure) -> Double {
    guard let known = record?[role], let token = known.grant.identity else { return 0 }
    do {
      let last = Claim(token: try TokenHash(token).text, attempt: known.attempts)
      return try file.secondsUnanswered(last, uptime: uptime)
    } catch {
      throw RotationFailure(error)
    }
  }

  // What a killed run displaced.

  /// What a run that replaces the file marks the displaced one with: a hash that nobody knows who
  /// doesn't know the tokens, a repository for one.
  private var mark: String { Self.mark(grant, record) }

  private static func mark(_ grant: Grant, _ record: RotationRecord?) -> String {
    let token = (record?.newest.grant ?? grant).identity.flatMap { try? TokenHash($0) }
    return (token ?? record?.usedTokens.entries.last?.token)?.text ?? ""
  }

  /// Looks into the file that a killed run displaced before it could see whether somebody had edited
  /// it in that very moment; such an edit is brought back, unless the file was edited since.
  mutating func mergeLeftover() throws(RotationFailure) {
    while let leftover = try leftover() {
      let displaced = DotEnvDocument(leftover.bytes)
      if let record, Recovery.standing(of: Grant(document: displaced), in: record) == .unknown {
        // Another program's login: it goes back where it was, or is kept in the journal.
        try restore(leftover, of: Grant(document: displaced))
      }
      if leftover.isDisplaced(by: snapshot), let newest = record?.newest.grant,
        grant.hasSameTokens(as: newest),
        let merged = try? displaced.setting(newest.changes(to: displaced)),
        merged.bytes != snapshot.bytes, case .replaced(let now) = try commit(merged.bytes)
      {
        load(now)
      }
      do { try file.discard(leftover) } catch { throw .file(error) }
    }
  }

  private func leftover() throws(RotationFailure) -> Leftover? {
    // Copies, as an argument that is evaluated later can't hold on to the lock.
    let (record, grant) = (record, grant)
    do { return try file.leftover(marked: Self.mark(grant, record)) } catch { throw .file(error) }
  }

  /// Puts back a foreign grant that the killed run had displaced; if the file was edited since, it is
  /// kept in the journal.
  private mutating func restore(_ leftover: Leftover, of foreign: Grant) throws(RotationFailure) {
    if leftover.isDisplaced(by: snapshot), case .replaced(let now) = try commit(leftover.bytes) {
      return load(now)
    }
    guard var next = record else { return }
    next.parked = KnownGrant(foreign)
    try write(next)
  }
}
