import DurableFile
import OAuth

// A revocation for all machines that share a grant.

extension Rotation {
  /// A revocation that the others know of.
  struct SharedRevocation: Sendable {
    let place: SharedPlace
    /// What the place holds, and is revoked.
    let held: SharedGrant
    let found: SharedPlace.Found
    let turn: Turn
  }

  /// Revokes the grant that the store holds, and clears it there and here. Other machines clear their copies.
  func revoke(
    through store: any SharedStore, ready: () throws -> RotationEffects.Send
  ) throws(RotationFailure) -> Revocation {
    let place = SharedPlace(store, for: client, at: api)
    var (overdue, takenOver): (String?, SharedUse?)
    var login: Int?
    for _ in 1...Self.mostRounds {
      var locked = try lock(creating: true)
      try requireSameSettings(&locked)
      // The newest token is the one to revoke, and the store may not have it yet.
      try locked.recoverShared(through: place, trustingFile: false)
      let found = try place.read()
      if try bringHome(found, place, ready, &locked) { continue }
      // Where no grant was ever saved, this machine's is its own affair.
      let held = found.shared?.isEmpty == true ? nil : found.shared
      if let shared = held {
        guard locked.isFileKnown(to: shared, locked.memory(of: place)) else {
          throw .unknownToStore(place: place.name, path: locked.path)
        }
        // A login that came after this began is another grant, which nobody has asked to end.
        if shared.login > login ?? shared.login {
          try copy(shared, from: place, &locked)
          return .revokedBesideAnother
        }
        login = shared.login
        if shared.token != locked.grant.token {
          try copy(shared, from: place, &locked)
          continue
        }
        // Two may revoke at once; who renews, or logs in, is waited for.
        if let intent = shared.intent, intent.kind != .revoke {
          if intent.id != overdue {
            locked.unlock()
            if try watch(intent, in: place, for: Self.watchTime) { overdue = intent.id }
            continue
          }
          if intent.kind != .restored { takenOver = intent.use }
        }
        if shared.isUnsure, takenOver == nil {
          takenOver = SharedUse(kind: .renewal, host: "", begun: effects.now())
        }
      }
      let turn: Turn = takenOver == nil ? .free : .takeOver
      let shared = held.map { SharedRevocation(place: place, held: $0, found: found, turn: turn) }
      guard let revocation = try revoke(shared, ready: ready, &locked) else { continue }
      // It holds what the revoked token became, if anything, and revokes that when it comes back.
      if let takenOver { throw .successorElsewhere(takenOver, place: place.name) }
      return revocation
    }
    throw .keepsChanging(path: place.name)
  }

  /// Puts into the store what only this machine has: after a restored backup, or an answer that is owed.
  ///
  /// - Returns: whether there was any, so that the store has to be read again.
  func bringHome(
    _ found: SharedPlace.Found, _ place: SharedPlace, _ ready: () throws -> RotationEffects.Send,
    _ locked: inout LockedGrant
  ) throws(RotationFailure) -> Bool {
    locked.followRenaming(to: place, holding: found.shared)
    let memory = locked.memory(of: place)
    // A grant older than what this machine knows comes from a backup: copied, it would be sent again.
    if memory.number > found.shared?.number ?? 0 {
      try restore(found, place, &locked)
      return true
    }
    guard memory.attempt?.stage == .granted else { return false }
    try locked.claimFileToken(within: Self.lockTimeout)
    // With a claim the journal is read afresh.
    locked.followRenaming(to: place, holding: found.shared)
    effects.holdSignals(.renewal)
    let delivery = deliver(over: found, to: place, &locked)
    _ = try save(delivery, place, ready, &locked)
    return true
  }

  /// Tells the others that the grant is about to be revoked; nil where another machine was faster.
  func begin(_ shared: SharedRevocation) throws(RotationFailure) -> FleetAttempt? {
    let attempt = FleetAttempt(id: effects.newID(), token: shared.held.token)
    let begun = try begin(
      attempt, .revoke, over: shared.held, shared.found, shared.turn, shared.place)
    return begun == nil ? nil : attempt
  }

  /// Clears the store once X has confirmed, while it still holds the revoked token; false where it holds a
  /// newer one by now.
  func clearStore(
    _ attempt: FleetAttempt, _ place: SharedPlace, _ locked: inout LockedGrant
  ) throws(RotationFailure) -> Bool {
    let end = effects.timeSinceBoot() + Self.deliveryTime
    var failure = RotationFailure.keepsChanging(path: place.name)
    repeat {
      do throws(RotationFailure) {
        let found = try place.read()
        guard var next = found.shared, next.token == attempt.token else {
          return found.shared?.isRevoked ?? true
        }
        next.replaceGrant(by: .blank, saving)
        if next.intent?.kind != .login { next.intent = nil }
        switch place.swap(next, over: found.revision) {
        case .swapped:
          locked.adopt(next, in: place)
          return true
        case .changed: break
        case .refused(let reason), .unknown(let reason): failure = reason
        }
      } catch {
        failure = error
      }
      effects.sleep(1)
    } while effects.timeSinceBoot() < end
    // The journal still has the tokens, and the mark that they are being revoked.
    throw .revokedNotInStore(reason: failure, place: place.name)
  }
}

extension LockedGrant {
  /// Takes `shared` for what the next record remembers.
  mutating func adopt(_ shared: SharedGrant, in place: SharedPlace) {
    var next = recordOrFirst
    var memory = memory(of: place)
    memory.remember(shared)
    next.fleet = memory
    adopt(next)
  }

  /// Leaves the fleet: the next record knows nothing of it.
  mutating func leaveFleet() {
    guard var next = record else { return }
    next.fleet = nil
    adopt(next)
  }
}
