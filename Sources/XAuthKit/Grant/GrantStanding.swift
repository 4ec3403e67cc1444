import Rotation

/// The grant that a command sees without the lock, and how it stands.
struct GrantStanding: Sendable {
  /// Where the settings have it.
  let held: SourcedGrant
  /// What our files hold in its place: an older copy in the environment has been followed on there.
  let kept: Grant
  /// What the journal has to say about it.
  let record: RotationRecord?
  /// What the next run will do about that.
  let recovery: Recovery
  let state: TokenState

  /// Whether a renewal may bring a new access token, or has brought one that waits to be saved.
  var canRenew: Bool { state.needsNoPerson }

  /// What a program that is handed the access token should know; nil when all is well.
  func warning(at now: Int) -> Warning? {
    switch state {
    case .usableRefused:
      guard let end = newest.expiresAt else { return nil }
      return .refusedButUsable(until: Times.local(end, now: now))
    case .revocationBegun: return .revocationBegun
    default: return nil
    }
  }

  /// What counts: a grant that waits in the journal is newer than the file's, whose token is spent.
  var newest: Grant {
    if case .save(let newest) = recovery { newest } else { kept }
  }
}

extension Settings {
  /// How the grant stands at `now` (seconds since 1970).
  func standing(at now: Int) throws(Failure) -> GrantStanding {
    let held = try grant()
    let view = try view(of: held)
    let (kept, record) = (view.grant, view.record)
    // Whoever only looks has no need of a client, and is not told that it can't be read.
    let client = try? client()?.credentials
    let recovery = Recovery.decide(record, file: kept).forClient(client, record)
    return GrantStanding(
      held: held, kept: kept, record: record, recovery: recovery,
      state: TokenState(kept, recovery, at: now))
  }

  /// Why there is no token: there is no file, or there is none in it.
  func noGrant(_ source: SourcedGrant.Source) -> Failure {
    file.exists || source == .environment
      ? .login(.noGrant(path: file.target.path)) : .file(.notFound(path: file.target.path))
  }
}
