import DotEnv
import DurableFile
import OAuth

// What the `--on-rotate` command has still to be told of.

extension GrantHome {
  /// The grant in use, if an `--on-rotate` command has still to be told of it: for a renewal of this run, or
  /// of an earlier one whose command failed or never ran.
  public func grantOwedToHook() throws(RotationFailure) -> Grant? {
    do {
      let view = try GrantView(of: target)
      return view.owesHook ? view.newest : nil
    } catch {
      throw .file(error)
    }
  }
}

extension Rotation {
  /// Remembers that the `--on-rotate` command has been told of `grant`. A newer one that came meanwhile
  /// stays owed, also while an older copy of the file hides it.
  ///
  /// - Parameter forgetting: whether a refresh token that came from the environment is forgotten: the
  ///   command has put it where the next job finds it.
  public func settleHook(
    for grant: Grant, forgetting: Bool = false
  ) throws(RotationFailure) {
    var locked = try lock()
    locked.settleHook(for: grant)
    if forgetting, home.isEnvironment,
      GrantView(grant: locked.grant, record: locked.record).newest.hasSameTokens(as: grant)
    {
      try locked.forgetHandedOn(grant)
    }
    locked.unlock()
  }
}

extension LockedGrant {
  /// Forgets the refresh tokens but for their hashes, by which later jobs know the file as theirs. The
  /// access token stays: other steps of this job, and jobs that were queued with the values before,
  /// have no other.
  fileprivate mutating func forgetHandedOn(_ grant: Grant) throws(RotationFailure) {
    guard var next = record, next.stage == .saved, grant.accessToken != nil,
      let token = grant.refreshToken
    else { return }
    do {
      // Before the token goes: a run that is cut off in between leaves it known.
      try edit([GrantHome.handedOn(try TokenHash(token).text)])
      next.newest.grant.refreshToken = nil
      next.other = KnownGrant(grant)
      (next.parked, next.undecided) = (nil, [])
      next.stage = .unsaved
      try write(next)
      isErasing = true
      guard try save() == .saved else { return }
    } catch {
      throw .notCleared(reason: RotationFailure(error), path: path)
    }
    try requireErased()
  }
}
