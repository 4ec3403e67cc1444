import DotEnv
import DurableFile
import OAuth

// The steps of the protocol that touch the journal and the file, each once.

// MARK: Writing ahead

extension LockedGrant {
  /// A token that is about to be presented, and the record in which it has its entry.
  struct Presentation: Sendable {
    let record: RotationRecord
    let role: RotationRecord.Role
    let known: KnownGrant
    let refreshToken: Secret
    /// The token's hash, which names its claims.
    let hash: String

    /// Whether the file holds another grant than the one that is presented.
    var isOverFile: Bool { role == .newest && record.other != nil }
  }

  /// What presenting the grant in this role will mean.
  ///
  /// - Throws: `noRefreshToken`; `issuedElsewhere`; `cryptography`: a token that can't be remembered as
  ///   used would be sent again when an old copy comes back.
  func presentation(of role: RotationRecord.Role) throws(RotationFailure) -> Presentation {
    let grant = grant
    let before = recordOrFirst
    var next = before.presenting(role, file: grant)
    next.note(server: server, of: grant)
    let entry = role == .newest || next.other == nil ? RotationRecord.Role.newest : .other
    guard let known = next[entry], let token = known.grant.refreshToken else {
      throw .noRefreshToken
    }
    try requireIssuer(of: known)
    do {
      return Presentation(
        record: next, role: entry, known: known, refreshToken: token,
        hash: try TokenHash(token).text)
    } catch {
      throw .cryptography(error)
    }
  }

  /// The journal's record, or the first one: that the file holds its grant.
  var recordOrFirst: RotationRecord {
    if let record = record { return record }
    var first = RotationRecord(fileHolds: grant)
    first.note(server: server, of: grant)
    return first
  }

  /// Makes sure that a grant is only sent to the server that issued it. The settings may come from an
  /// attacker who wants that token, such as the author of a cloned repository.
  func requireIssuer(of known: KnownGrant) throws(RotationFailure) {
    let grant = grant
    guard let issuer = known.server, known.isForeign(to: server, beside: grant) else { return }
    throw issuedElsewhere(by: issuer)
  }

  /// What a run fails with that has only tokens of this other server.
  func issuedElsewhere(by issuer: String) -> RotationFailure {
    .issuedElsewhere(by: issuer, path: path)
  }

  /// Writes down that a token is about to be used.
  mutating func writeIntent(_ presentation: Presentation) throws(RotationFailure) {
    var intent = presentation.record
    intent.fleet?.attempt?.stage = .begun
    let attempt = claimedAttempt ?? presentation.known.attempts + 1
    intent.isHookWanted = hasHook
    intent[presentation.role]?.begin(
      attempt: attempt, by: presenter ?? "", for: command, at: now)
    try writeAhead(intent, else: presentation.record)
  }

  /// If the intent can't be made durable, nothing is sent. It is rolled back: it may have been
  /// written and not synced, and a later run would think that the token was sent.
  mutating func writeAhead(
    _ record: RotationRecord, else before: RotationRecord
  ) throws(RotationFailure) {
    do { try write(record) } catch {
      rollBack(to: before)
      throw error
    }
    reached(.intentWritten)
  }

  /// Undoes an attempt that provably never reached the server, and takes its claim back.
  mutating func rollBack(to record: RotationRecord) {
    writeBestEffort(record)
    // A claim that stays is found, waited for, and over.
    try? takeBackClaim()
  }

  /// Waits until no other process uses the token that the file holds, which a login or a revocation is
  /// about to end, and claims it. A person is there: what a dead process has claimed is no obstacle.
  mutating func claimFileToken(within seconds: Double) throws(RotationFailure) {
    let end = uptime + seconds
    while true {
      let (held, token) = (record?.held(grant), grantToEnd.identity)
      let hash: String
      do { hash = try token.map { try TokenHash($0).text } ?? "none" } catch {
        throw RotationFailure(error)
      }
      let known = held?.attempts ?? 0
      if try rival(of: hash, after: known) != .running,
        try claim(hash, after: try lastClaim(of: hash) ?? known)
      {
        return
      }
      guard uptime < end else { throw .file(.lockTimedOut(path: path, seconds: seconds)) }
      pause()
      _ = try readAfresh()
      _ = try recover()
    }
  }

  /// The grant that the file holds, or the journal's where the file has none.
  private var grantToEnd: Grant {
    let (grant, record) = (grant, record)
    return grant.isBlank ? record?.newest.grant ?? grant : grant
  }
}

// MARK: The answer

extension LockedGrant {
  /// Puts an answer to a refresh into the journal, as it came.
  ///
  /// A journal that fails at this moment must not cost the token as well: the answer goes on to the
  /// save, and only if that fails too is anything lost.
  mutating func writeAnswer(
    _ answer: ServerAnswer, to presentation: Presentation, reason: String?
  ) {
    guard var next = record else { return }
    let time = next[presentation.role]?.presentedAt ?? now
    next.stage = .answered(
      PendingAnswer(
        answer: answer, reason: reason,
        request: .refresh(of: presentation.role, clientID: presenter ?? ""), time: time,
        moment: .now, server: server))
    writeBestEffort(next)
    reached(.answerWritten)
  }

  /// Keeps that the sender no longer waits for an answer, and what had come of one when the connection
  /// broke: the new tokens may be in it.
  mutating func noteGivingUp(_ partial: ServerAnswer?, _ role: RotationRecord.Role) {
    guard let before = record else { return }
    var next = before
    if let partial { next[role]?.keep(partial) }
    next.fleet?.attempt?.stage = .gaveUp
    if next != before { writeBestEffort(next) }
  }

  /// Puts the answer to a code's exchange into the journal, as it came.
  ///
  /// - Parameter wish: what somebody wants with a login that needs a verdict, should this run be cut off.
  mutating func writeLoginAnswer(
    _ answer: ServerAnswer, needsVerdict: Bool, _ wish: LoginWish?
  ) {
    let grant = grant
    var next = recordOrFirst
    next.isHookWanted = hasHook
    next.stage = .answered(
      PendingAnswer(
        answer: answer, reason: nil,
        request: .codeExchange(
          over: grant, keptBy: needsVerdict ? ProcessIdentity.current.text : nil), time: now,
        moment: .now, wish: wish, server: server, presenter: presenter))
    writeBestEffort(next)
    reached(.answerWritten)
  }

  /// Writes down what an answer was classified as; a granted one stays as it is until it is saved.
  ///
  /// - Parameter account: the account that the new tokens speak for, where it is known.
  mutating func settle(_ answer: TokenAnswer, account: Account? = nil) {
    guard let record, case .answered(let pending) = record.stage else { return }
    let settled = record.settled(by: answer, account: account, isVetted: true)
    // An answer too long for the journal as it came is kept as what it was classified as; and a verdict
    // isn't in the answer.
    if case .granted = answer, journalFailure == nil, !pending.needsVerdict {
      return adopt(settled)
    }
    writeBestEffort(settled)
  }

  /// Remembers that the `--on-rotate` command has been told of `grant`.
  mutating func settleHook(for grant: Grant) {
    guard var next = record, next.owesHook(for: grant) else { return }
    next.settleHook(for: grant)
    writeBestEffort(next)
  }

  /// Goes on with the grant in the file; the one that came for another stays the newest in the journal,
  /// in case an editor restores the old one, or X refuses the file's.
  mutating func leaveAside() {
    guard var next = record else { return }
    note(.parked(path: path, journal: journalPath))
    next.stage = .saved
    next.other = nil
    writeBestEffort(next)
  }
}

// MARK: Saving

extension LockedGrant {
  /// Where a save ended.
  enum Saved: Sendable, Equatable {
    /// The journal's newest grant is in the file, on the disk.
    case saved
    /// The file holds another program's grant: it was left alone.
    case leftAlone
  }

  /// Saves the newest grant. Should that fail all the same, the journal is the recovery file, and
  /// the next run saves what it holds.
  ///
  /// - Throws: `notSaved` or `notCleared`, nothing else.
  mutating func saveNewest() throws(RotationFailure) -> Saved {
    do { return try save() } catch {
      if record?.newest.grant.isBlank == true { throw .notCleared(reason: error, path: path) }
      throw .notSaved(reason: error, recovery: recoveryPath)
    }
  }

  /// Saves the newest grant of the journal: all values in one replacement, never over a grant that
  /// another program has put there meanwhile. Then marks it done.
  mutating func save() throws(RotationFailure) -> Saved {
    guard try writeNewest() == .saved else { return .leftAlone }
    complete()
    return .saved
  }

  /// The same without a word in the journal, which only a run with a claim may write to.
  private mutating func writeNewest() throws(RotationFailure) -> Saved {
    try lookAgain()
    // A program without the lock can change the file again and again; ten edits within the few
    // milliseconds of a save are not a person's.
    for _ in 0..<10 {
      switch recovery() {
      case .save(let newest):
        guard try replace(newest.changes(to: document)) else { continue }
      case .confirm:
        try sync()
      case .goOn where isNewestInFile:
        break
      case .goOn, .presentNewest, .outcomeUnknown, .refused, .revocationBegun, .otherAccount,
        .otherServer:
        return .leftAlone
      }
      reached(.saved)
      return .saved
    }
    throw .keepsChanging(path: path)
  }

  private var isNewestInFile: Bool {
    let (record, grant) = (record, grant)
    return record?.stage == .saved && record?.newest.grant.hasSameTokens(as: grant) == true
  }

  /// Marks it done. The newest grant and the used tokens stay: an editor may still save an older
  /// buffer. Of a grant that is ended only the hashes stay.
  mutating func complete() {
    guard var done = record else { return }
    // Somebody wanted this one: what was said of any other was said earlier.
    if done.stage == .unsaved, done.newest.issuedBy == "login" {
      removeMarks(KnownGrant.yesPrefix)
    }
    done.stage = .saved
    done.other = nil
    // What a revocation has left is the newest again, for when a copy of its file comes back.
    if done.newest.grant.isBlank, let stays = done.parked {
      (done.newest, done.parked) = (stays, nil)
    }
    // Without it a later run finds the answer, and the file that holds it: nothing to wait for.
    if isErasing {
      erase(leaving: done)
      isErasing = false
    } else {
      writeBestEffort(done, later: true)
    }
    reached(.markedDone)
  }

  /// Writes other settings into the file.
  mutating func edit(_ changes: [DotEnvChange]) throws(RotationFailure) {
    for _ in 0..<10 where try replace(changes) { return }
    throw .keepsChanging(path: path)
  }
}

// MARK: Recovering

extension LockedGrant {
  /// Finishes what an earlier run left behind: first in the file, forward only; in the journal once this
  /// run has a claim, because another one, whose lock isn't shared, may be writing there. What comes back
  /// is what can't be finished without deciding something.
  mutating func recover(trustingFile: Bool = false) throws(RotationFailure) -> Recovery {
    try syncJournal()
    try mergeLeftover()
    // Another program may change the file in this very moment: it is looked at once more, and then
    // again.
    for _ in 0..<4 {
      let pending = recovery(trustingFile: trustingFile)
      switch pending {
      case .confirm:
        try sync()
        markEarlierDone()
        reached(.recovered)
        return .goOn
      case .save:
        note(record?.stage == .unsaved ? .finishingEarlierRun : .replacedOlderCopy(path: path))
        do { _ = try writeNewest() } catch {
          if record?.newest.grant.isBlank == true { throw .notCleared(reason: error, path: path) }
          throw record?.stage == .unsaved
            ? .notSaved(reason: error, recovery: recoveryPath) : error
        }
      case .goOn, .presentNewest, .outcomeUnknown, .refused, .revocationBegun, .otherAccount,
        .otherServer:
        reached(.recovered)
        return pending
      }
    }
    throw .keepsChanging(path: path)
  }

  /// Marks done what an earlier run saved, or this one for it. If another run is in the way, that one
  /// does.
  private mutating func markEarlierDone() {
    let newest = record?.newest.grant
    let attempts = record?.newest.attempts ?? 0
    guard let hash = try? newest?.identity.map({ try TokenHash($0).text }) ?? "none",
      (try? claim(hash, after: attempts)) == true
    else { return }
    isErasing = newest?.refreshToken == nil
    complete()
    endClaim()
  }

  /// What is to be said, before the record of this run takes the place of that one, of a grant that came
  /// and isn't in the file, because somebody has put another one there.
  var leftAside: RotationNote? {
    let (record, grant, note) = (
      record, grant, RotationNote.parked(path: path, journal: journalPath)
    )
    guard let record, record.stage == .unsaved, !record.newest.grant.isBlank,
      !record.newest.grant.hasSameTokens(as: grant)
    else { return nil }
    return note
  }
}
