import DotEnv
import OAuth

// The steps of the protocol that touch the journal and the file, each once.

// MARK: Writing ahead

extension LockedGrant {
  /// Writes down that the file's token is about to be used. Marks the `--on-rotate` command as owed
  /// from here on: if this run is killed after the save, or was called without the option, a later
  /// run still calls it.
  mutating func writeIntent(of client: ClientCredentials) throws(RotationFailure) {
    var intent = RotationRecord.beginning(
      .intent, .refresh, presenting: grant, after: record, at: now)
    intent.owesHook = true
    intent.clientID = client.id
    try writeAhead(intent)
  }

  /// Writes down that a revocation of `presented` is about to be sent.
  mutating func writeRevoking(_ presented: Grant) throws(RotationFailure) {
    try writeAhead(
      .beginning(.revoking, .revocation, presenting: presented, after: record, at: now))
  }

  /// If the intent can't be made durable, nothing is sent. It is rolled back: it may have been
  /// written and not synced, and a later run would think that the token was sent.
  private mutating func writeAhead(_ record: RotationRecord) throws(RotationFailure) {
    do { try write(record) } catch {
      rollBack()
      throw error
    }
    reached(.intentWritten)
  }

  /// Undoes the last attempt, which provably never reached the server.
  mutating func rollBack() {
    if let record { writeBestEffort(record.rolledBack) }
  }
}

// MARK: The answer

extension LockedGrant {
  /// Puts an answer to a refresh into the journal, as it came.
  ///
  /// A journal that fails at this moment must not cost the token as well: the answer goes on to the
  /// save, and only if that fails too is anything lost.
  mutating func writeAnswer(_ answer: ServerAnswer) {
    guard var next = record else { return }
    next.kind = .answer
    next.rawAnswer = answer
    writeBestEffort(next)
    reached(.answerWritten)
  }

  /// Keeps what had come of an answer when the connection broke: the new tokens may be in it.
  mutating func writeUnreadable(_ partial: ServerAnswer) {
    if let kept = record?.keeping(partial) { writeBestEffort(kept) }
  }

  /// Puts the answer to a code's exchange into the journal, as it came. What the file holds counts
  /// as presented: at X a new grant ends it.
  mutating func writeLoginAnswer(_ answer: ServerAnswer, owingHook: Bool) {
    var next = RotationRecord.beginning(
      .answer, .login, presenting: grant, after: record, at: now)
    next.rawAnswer = answer
    if owingHook { next.owesHook = true }
    writeBestEffort(next)
    reached(.answerWritten)
  }

  /// Writes down what an answer was classified as; a granted one stays as it is until it is saved.
  mutating func settle(_ answer: TokenAnswer) {
    guard let settled = record?.settled(by: answer) else { return }
    // An answer too long for the journal as it came is kept as what it was classified as.
    if case .granted = answer, journalFailure == nil { return adopt(settled) }
    writeBestEffort(settled)
  }

  /// Remembers that the `--on-rotate` command has done its work for the newest grant.
  mutating func settleHook() {
    if let record { writeBestEffort(record.withHookSettled) }
  }

  /// Goes on with the grant in the file; what came for another stays beside it in the journal until
  /// the next record.
  mutating func park() {
    guard let record else { return }
    // If the file has no grant at all, the new one stays the newest, in case an editor restores the
    // old one.
    let fileIsBlank = grant.isBlank
    note(.parked(path: path, journal: journalPath))
    var next = RotationRecord.done(
      fileIsBlank ? record.newest : grant, usedTokens: record.usedTokens(and: record.presented),
      at: now
    )
    if !fileIsBlank { next.parked = record.newest }
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
      if record?.newest.isBlank == true { throw .notCleared(reason: error, path: path) }
      throw .notSaved(reason: error, recovery: recoveryPath)
    }
  }

  /// Saves the newest grant of the journal: all values in one replacement, never over a grant that
  /// another program has put there meanwhile. Then marks it done.
  mutating func save() throws(RotationFailure) -> Saved {
    try lookAgain()
    // A program without the lock can change the file again and again; ten edits within the few
    // milliseconds of a save are not a person's.
    for _ in 0..<10 {
      switch recovery {
      case .save(let newest):
        guard try replace(newest.changes(to: document)) else { continue }
      case .confirm:
        try sync()
      case .goOn where record?.kind == .done:
        break
      case .goOn, .park, .outcomeUnknown, .refused, .revocationBegun:
        return .leftAlone
      }
      reached(.saved)
      complete()
      return .saved
    }
    throw .keepsChanging(path: path)
  }

  /// Marks it done. The newest grant and the used tokens stay: an editor may still save an older
  /// buffer. Of a grant that is ended only the hashes stay.
  private mutating func complete() {
    guard var done = record else { return }
    done.kind = .done
    done.rawAnswer = nil
    done.before = .none
    // Without it a later run finds the answer, and the file that holds it: nothing to wait for.
    if done.purpose == .revocation {
      erase(leaving: done.withoutRevokedTokens)
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
  /// Finishes what an earlier run left behind. What comes back is what can't be finished
  /// without deciding something: nothing (`goOn`), or `outcomeUnknown`, `refused`,
  /// `revocationBegun`.
  mutating func recover() throws(RotationFailure) -> Recovery {
    try syncJournal()
    try mergeLeftover()
    // Another program may change the file in this very moment: it is looked at once more, and then
    // again.
    for _ in 0..<4 {
      let pending = recovery
      switch pending {
      case .confirm:
        try sync()
        complete()
      case .save:
        note(record?.kind == .done ? .replacedOlderCopy(path: path) : .finishingEarlierRun)
        _ = try saveNewest()
      case .park:
        park()
      case .outcomeUnknown(putBack: true), .refused(putBack: true):
        try putBackPresented()
      case .goOn, .outcomeUnknown, .refused, .revocationBegun:
        reached(.recovered)
        return pending
      }
    }
    throw .keepsChanging(path: path)
  }

  /// Writes the token that was presented last back over an even older one, and keeps the record.
  private mutating func putBackPresented() throws(RotationFailure) {
    guard let presented = record?.presented else { return }
    note(.replacedOlderCopy(path: path))
    _ = try replace(presented.changes(to: document))
  }
}

// MARK: Revoking

extension LockedGrant {
  /// The newest grant: the file's, or if somebody has cleared that by hand, the one that the journal
  /// still knows.
  var grantToRevoke: Grant {
    let (grant, record) = (grant, record)
    guard grant.isBlank, let record else { return grant }
    return record.newest.isBlank ? record.parked ?? .blank : record.newest
  }

  /// Clears what was revoked, if the file still holds it.
  mutating func clear(
    _ revoked: [TokenTypeHint], of presented: Grant
  ) throws(RotationFailure) -> Rotation.Revocation {
    guard !revoked.isEmpty else { return .nothing }
    writeRevoked(leaving: presented.without(revoked))
    // Another grant that was put there meanwhile is none of this revocation's.
    let saved: Saved
    do { saved = try save() } catch { throw .notCleared(reason: error, path: path) }
    if saved == .leftAlone { complete() }
    try requireErased()
    return saved == .saved ? .revoked : .revokedBesideAnother
  }

  /// Erases revoked tokens from the journal, should the run that revoked them have failed at that.
  mutating func finishErasing() throws(RotationFailure) {
    guard let record, record.kind == .done, record.purpose == .revocation else { return }
    erase(leaving: record.withoutRevokedTokens)
    try requireErased()
  }

  /// Writes down that the file's grant is revoked but for what is `left` of it, which the file doesn't
  /// show yet.
  private mutating func writeRevoked(leaving left: Grant) {
    guard var next = record else { return }
    next.kind = .answer
    next.newest = left
    if left.identity != next.presented.identity {
      next.usedTokens = next.usedTokens(and: next.presented)
    }
    next.before = .none
    writeBestEffort(next)
    reached(.answerWritten)
  }

  private func requireErased() throws(RotationFailure) {
    let (failure, path) = (journalFailure, journalPath)
    if let failure { throw .notCleared(reason: failure, path: path) }
  }
}
