import DurableFile

extension Settings {
  /// The journal's newest record, its answer sorted, read without a lock; nil when there is none.
  func journalRecord() throws(Failure) -> RotationRecord? {
    do {
      return try file.target.peekJournal().flatMap(RotationRecord.init(stored:))?.settled
    } catch {
      throw .file(error)
    }
  }

  /// Where the journal is.
  var journalPath: String {
    let state = try? StateFolder.locate(for: file.target, create: false)
    return state?.journalPath ?? "\(file.target.stateFolderPath)/journal"
  }

  /// Whether `grant` is the newest as far as the journal knows: neither does a newer one wait there,
  /// nor has an older copy of the file come back.
  func isSettled(_ held: SourcedGrant) throws(Failure) -> Bool {
    guard held.place == .file else { return true }
    switch Recovery.decide(try journalRecord(), file: held.grant) {
    case .goOn, .confirm, .setAside, .outcomeUnknown, .refused, .revocationBegun: return true
    case .save: return false
    }
  }
}
