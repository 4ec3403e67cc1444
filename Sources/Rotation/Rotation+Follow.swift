import DotEnv
import OAuth

// A host that follows another one renews nothing: it copies what that one holds. The steps are those of a
// save, and nothing is sent.

extension Rotation {
  /// Makes sure that the access token is valid for `need`, as far as the host that renews it has one: what
  /// comes back may be valid for less.
  ///
  /// - Parameters:
  ///   - permit: throws where nothing may be copied, given whether file or journal hold a refresh token,
  ///     which would be a second grant. Called under the lock.
  ///   - fetch: gets what the other host holds. Called under the lock as well: of many runs at once one
  ///     asks, and the others find what it got.
  public func follow(
    _ need: Need, permit: (_ holdsRefreshToken: Bool) throws -> Void, fetch: () throws -> Grant
  ) throws(RotationFailure) -> Renewal {
    var locked = try lock(creating: true, timeout: effects.lockTimeout)
    let change = home.seen.change(to: locked)
    _ = try locked.recover()
    try locked.claimFileToken(within: effects.lockTimeout)
    do throws(RotationFailure) {
      let renewal = try follow(
        need, isRenewed: change.hasNewGrant, permit, fetch, &locked)
      locked.endClaim()
      return renewal
    } catch {
      locked.endClaim()
      throw error
    }
  }

  private func follow(
    _ need: Need, isRenewed: Bool, _ permit: (Bool) throws -> Void, _ fetch: () throws -> Grant,
    _ locked: inout LockedGrant
  ) throws(RotationFailure) -> Renewal {
    do { try permit(locked.holdsRefreshToken) } catch { throw RotationFailure(error) }
    let held = try locked.checkedGrant()
    if isRenewed, held.serves(at: effects.now()) { return .byAnother(held) }
    guard need.isDue(held, at: effects.now()) else { return .notDue(held) }
    try locked.prove()
    let fetched: Grant
    do { fetched = try fetch() } catch { throw RotationFailure(error) }
    guard fetched != held.grant else { return .notDue(held) }
    try locked.adopt(copy: fetched)
    if try locked.saveNewest() == .saved { return .copied(locked.known) }
    // Another program has put tokens into the file meanwhile.
    guard locked.known.serves(at: effects.now()) else { throw .keepsChanging(path: locked.path) }
    return .byAnother(try locked.checkedGrant())
  }
}

extension LockedGrant {
  /// Whether a refresh token that may be alive is in the file or the journal.
  fileprivate var holdsRefreshToken: Bool {
    let (grant, record) = (grant, record)
    let kept = [record?.newest, record?.other, record?.parked].compactMap(\.self)
    return ([grant] + (kept + (record?.undecided ?? [])).map(\.grant)).contains {
      $0.refreshToken != nil && record?.hasUsed($0) != true
    }
  }

  /// Makes what another host holds the newest grant, to be saved over what the file holds.
  fileprivate mutating func adopt(copy: Grant) throws(RotationFailure) {
    let (grant, hasHook, command, now) = (grant, hasHook, command, now)
    var next = recordOrFirst
    next.isHookWanted = hasHook
    next.adopt(copy: copy, over: grant, at: now, by: command)
    try write(next)
    reached(.answerWritten)
  }
}

extension RotationRecord {
  fileprivate mutating func adopt(
    copy: Grant, over file: Grant, at time: Int, by command: String
  ) {
    let held = self.held(file)
    for ended in [newest, held] where ended.grant.identity != copy.identity {
      usedTokens.add(ended)
    }
    let isNew = newest.grant.accessToken != copy.accessToken
    newest = KnownGrant(copy)
    if dropUsedFromHook() || isNew { oweHook() }
    (newest.issuedAt, newest.issuedMoment, newest.issuedBy) = (time, .now, command)
    other = held
    stage = .unsaved
    isRevoking = false
    failure = nil
  }
}
