import DurableFile
import OAuth

// The records that the steps of a rotation leave in the journal.

extension LockedGrant {
  /// Says that the file's token is about to be spent. Whoever has an `--on-rotate` command is owed it
  /// for the successor: a run that is cut off between save and hook, and one that was called without
  /// the option, leave it to the next.
  mutating func writeIntent(of client: ClientCredentials) throws(Failure) {
    var intent = RotationRecord.beginning(
      .intent, .refresh, presenting: grant, after: record, at: clock.now())
    intent.owesHook = true
    intent.clientID = client.id
    try announce(intent)
    reached(.intentWritten)
  }

  /// Says that a revocation of `presented` is about to be sent.
  mutating func writeRevoking(_ presented: Grant) throws(Failure) {
    try announce(
      .beginning(
        .revoking, .revocation, presenting: presented, after: record, at: clock.now()))
    reached(.intentWritten)
  }

  /// Writes down what is about to be done. If that fails it isn't done, and a record that got into the
  /// journal and only wasn't synced must not make later runs believe that it was.
  private mutating func announce(_ record: RotationRecord) throws(Failure) {
    do { try write(record) } catch {
      takeBack()
      throw error
    }
  }

  /// Puts an answer to a refresh into the journal, as it came.
  ///
  /// A journal that fails at this moment must not cost the token as well: the answer goes on to the
  /// save, and only if that fails too is anything lost.
  mutating func writeAnswer(_ answer: ServerAnswer) {
    guard var next = record else { return }
    next.kind = .answer
    next.unsorted = answer
    keep(next)
  }

  /// Puts the answer to a code's exchange into the journal, as it came. What the file holds counts
  /// as presented: at X a new grant ends it.
  mutating func writeLoginAnswer(_ answer: ServerAnswer, owingHook: Bool) {
    var next = RotationRecord.beginning(
      .answer, .login, presenting: grant, after: record, at: clock.now())
    next.unsorted = answer
    if owingHook { next.owesHook = true }
    keep(next)
  }

  /// Says that the file's grant is revoked but for what is `left` of it, which the file doesn't show
  /// yet.
  mutating func writeRevoked(leaving left: Grant) {
    guard var next = record else { return }
    next.kind = .answer
    next.newest = left
    if left.identity != next.presented.identity { next.spent = next.spending(next.presented) }
    next.before = .none
    keep(next)
  }

  /// Leaves `record` alone in the journal, without the token that it ended.
  mutating func eraseJournal(leaving record: RotationRecord) {
    var last = record
    last.presented = record.newest
    do { try erase(leaving: last) } catch { journalFailure = error }
  }

  /// Writes down what an answer was sorted as; a granted one stays as it is until it is saved.
  mutating func settle(_ answer: TokenAnswer) {
    guard let settled = record?.settled(by: answer) else { return }
    // An answer too long for the journal as it came is kept as what it was sorted to.
    if case .granted = answer, journalFailure == nil { return assume(settled) }
    keep(settled)
    guard journalFailure != nil, settled.unsorted != nil else { return }
    var short = settled
    short.unsorted = nil
    keep(short)
  }

  /// Remembers that the `--on-rotate` command has done its work for the newest grant.
  mutating func settleHook() {
    if let record { keep(record.withHookSettled) }
  }

  /// Takes the last attempt back: it provably never reached the server.
  mutating func takeBack() {
    if let record { keep(record.takenBack) }
  }

  /// Goes on with the grant in the file; what came for another stays beside it in the journal until
  /// the next record.
  mutating func setAside(telling console: Console) {
    guard let record else { return }
    // Where no other grant took its place, it stays the newest: the one before may yet come back.
    let isAlone = grant.isBlank
    console.warn(
      "a renewed token came for a grant that \(path) no longer holds; the file stays as it is",
      hint: "the token is kept in \(journalPath) until the next renewal")
    var next = RotationRecord.done(
      isAlone ? record.newest : grant, spent: record.spending(record.presented),
      at: clock.now())
    if !isAlone { next.aside = record.newest }
    keep(next)
  }

  /// A record whose loss changes nothing: whoever finds the one before it comes to the same end.
  mutating func keep(_ record: RotationRecord, later: Bool = false) {
    do { try write(record, later: later) } catch { journalFailure = error }
  }
}
