/// The grant that a command sees without the lock, and how it stands.
struct GrantStanding: Sendable {
  /// Where the settings have it.
  let held: SourcedGrant
  /// What the journal has to say about it: nothing about a grant that isn't in the file.
  let record: RotationRecord?
  /// What the next run will do about that.
  let recovery: Recovery
  let state: TokenState

  /// What counts: a grant that waits in the journal is newer than the file's, whose token is spent.
  var newest: Grant {
    if case .save(let newest) = recovery { newest } else { held.grant }
  }
}

extension Settings {
  /// How the grant stands at `now` (seconds since 1970).
  func standing(at now: Int) throws(Failure) -> GrantStanding {
    let held = try grant()
    let record = held.place == .file ? try journalRecord() : nil
    // Whoever only looks has no need of a client, and is not told that it can't be read.
    let client = try? client()?.credentials
    let recovery = Recovery.decide(record, file: held.grant).seen(by: client, record)
    return GrantStanding(
      held: held, record: record, recovery: recovery,
      state: TokenState(held.grant, recovery, at: now))
  }

  /// Why there is no token: there is no file, or there is none in it.
  func noGrant(_ place: SourcedGrant.Place) -> Failure {
    file.exists || place == .environment
      ? .login(.noGrant(path: file.target.path)) : .settings(.noFile(path: file.target.path))
  }
}
