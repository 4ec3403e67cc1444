import DotEnv
import DurableFile

extension LockedGrant {
  /// Where a save ended.
  enum Saved: Sendable, Equatable {
    /// The journal's newest grant is in the file, on the disk.
    case saved
    /// The file holds a grant that is none of ours: it was left alone.
    case leftAlone
  }

  /// Saves the newest grant. Should that fail all the same, the journal is the recovery file, and
  /// the next run saves what it holds.
  ///
  /// - Throws: `notSaved` or `notBlanked`, nothing else.
  mutating func saveNewest() throws(Failure) -> Saved {
    do { return try save() } catch {
      if record?.newest.isBlank == true { throw .notBlanked(error, path: path) }
      throw .notSaved(.because(error), recovery: recoveryPath)
    }
  }

  /// Saves the newest grant of the journal: all values in one replacement, never over a grant that
  /// somebody else has put there meanwhile. Then marks it done.
  mutating func save() throws(Failure) -> Saved {
    try prove()
    try lookAgain()
    // Whoever changes the file without our lock can do it again and again; ten edits within the
    // few milliseconds of a save is not a person.
    for _ in 0..<10 {
      switch recovery {
      case .save(let newest):
        guard try replace(with: newest) else { continue }
      case .confirm:
        try sync()
      case .goOn where record?.kind == .done:
        break
      case .goOn, .setAside, .outcomeUnknown, .refused, .revocationBegun:
        return .leftAlone
      }
      reached(.saved)
      markDone()
      return .saved
    }
    throw .temporary(.keepsChanging(path: path))
  }

  /// Writes a grant over what the file holds; false when the file was changed meanwhile, and the
  /// edit must be redone on what is there.
  mutating func replace(with grant: Grant) throws(Failure) -> Bool {
    try replace(grant.changes(to: document))
  }

  /// Writes other settings into the file.
  mutating func edit(_ changes: [DotEnvChange]) throws(Failure) {
    for _ in 0..<10 where try replace(changes) { return }
    throw .temporary(.keepsChanging(path: path))
  }

  private mutating func replace(_ changes: [DotEnvChange]) throws(Failure) -> Bool {
    let edited: DotEnvDocument
    do { edited = try document.setting(changes) } catch {
      throw .dotEnv(error, path: path)
    }
    switch try commit(edited.bytes) {
    case .replaced(let now):
      try load(now)
      return true
    case .changed(let now):
      try load(now)
      return false
    }
  }

  /// Keeps the newest grant and the spent tokens: an editor may still save an older buffer. Of a
  /// grant that is ended only the hashes stay.
  mutating func markDone() {
    guard var done = record else { return }
    done.kind = .done
    done.unsorted = nil
    done.before = .none
    // Without it a later run finds the answer, and the file that holds it: nothing to wait for.
    if done.purpose == .revocation { eraseJournal(leaving: done) } else { keep(done, later: true) }
    reached(.markedDone)
  }
}
