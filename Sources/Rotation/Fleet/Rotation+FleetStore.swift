import DurableFile
import OAuth

// What a machine writes into the store.

extension Rotation {
  /// Step 8: swaps an intent in; nil when another machine was faster.
  ///
  /// - Returns: what the place holds with it.
  func begin(
    _ attempt: FleetAttempt, _ kind: SharedGrant.Intent.Kind, over base: SharedGrant,
    _ found: SharedPlace.Found, _ turn: Turn, _ place: SharedPlace
  ) throws(RotationFailure) -> SharedPlace.Found? {
    var next = base
    // A grant that is offered is the next one.
    if found.shared?.token != base.token { next.number += 1 }
    if kind == .login { next.logins = attempt.login ?? next.logins }
    if turn == .takeOver { next.isUnsure = true }
    next.intent = SharedGrant.Intent(
      id: attempt.id, kind: kind, token: attempt.token, host: effects.host, at: effects.now())
    switch place.swap(next, over: found.revision) {
    case .swapped(let revision): return SharedPlace.Found(shared: next, revision: revision)
    case .changed: return nil
    case .refused(let failure): throw failure
    case .unknown(let failure):
      // Nobody but the store knows. Without this look, a swap that took place late would let two send.
      guard let now = try? place.read(), now.shared?.intent?.id == attempt.id,
        now.shared?.token == base.token
      else { throw failure }
      return now
    }
  }

  /// Takes an intent back for which nothing was sent. An older unknown outcome stays unknown; and where this
  /// fails, the journal has the word that nothing was sent.
  ///
  /// - Parameter replaced: the intent that stands again, unless the token that it uses has been replaced.
  func takeBack(
    _ attempt: FleetAttempt, leaving replaced: SharedGrant.Intent? = nil, in place: SharedPlace
  ) {
    // Of a second try the first one's outcome is still unknown.
    guard !attempt.isSecondTry, let found = try? place.read(), var next = found.shared,
      next.intent?.id == attempt.id
    else { return }
    next.intent = next.token == attempt.token ? replaced : nil
    _ = place.swap(next, over: found.revision)
  }

  /// Tells the others that X refuses the token that `found` holds, so that none sends it again. If this fails,
  /// this machine's next run tells them.
  ///
  /// - Parameter id: the attempt of this machine.
  func noteRefusal(
    of token: TokenHash, id: String?, _ found: SharedPlace.Found, _ place: SharedPlace
  ) {
    guard var next = found.shared, next.token == token, !next.isRefused else { return }
    next.refused = token
    if next.intent?.id == id || next.intent?.kind == .refresh { next.intent = nil }
    _ = place.swap(next, over: found.revision)
  }

  /// What the others are told of who saves a grant.
  var saving: SharedGrant.Saving { SharedGrant.Saving(host: effects.host, at: effects.now()) }

  /// Where an answer ended that was to be put into the store.
  enum Delivery: Sendable {
    /// The store has it.
    case delivered
    /// The store didn't take it in time.
    case owed(RotationFailure)
    /// The store went on with another grant.
    case overtaken(SharedGrant)
    /// The grant was revoked while it was on its way.
    case revoked(SharedGrant)
  }

  /// Step 12: puts the journal's newest grant into the store, in the place of the token that was presented
  /// for it.
  func deliver(
    over begun: SharedPlace.Found, to place: SharedPlace, _ locked: inout LockedGrant
  ) -> Delivery {
    let end = effects.timeSinceBoot() + Self.deliveryTime
    var found: SharedPlace.Found? = begun
    var failure = RotationFailure.store(
      .unknown(reason: "it changed again and again"), place: place.name)
    while true {
      let left = end - effects.timeSinceBoot()
      if let found {
        switch successor(of: found, place, &locked) {
        case .open(let next):
          switch place.swap(next, over: found.revision, within: min(left, SharedPlace.patience)) {
          case .swapped:
            locked.noteDelivered(next, to: place)
            return .delivered
          case .changed: break
          case .refused(let reason), .unknown(let reason): failure = reason
          }
        case .ended(let delivery):
          if case .delivered = delivery, let shared = found.shared {
            locked.noteDelivered(shared, to: place)
          }
          return delivery
        }
      }
      guard effects.timeSinceBoot() + 1 < end else { return .owed(failure) }
      effects.sleep(1)
      let rest = end - effects.timeSinceBoot()
      do { found = try place.read(within: min(max(rest, 1), SharedPlace.patience)) } catch {
        (found, failure) = (nil, error)
      }
    }
  }

  private enum Successor {
    case open(SharedGrant)
    case ended(Delivery)
  }

  /// What is to be put over what the store holds.
  private func successor(
    of found: SharedPlace.Found, _ place: SharedPlace, _ locked: inout LockedGrant
  ) -> Successor {
    let (memory, newest) = (locked.memory(of: place), locked.recordOrFirst.newest.grant)
    guard var next = found.shared, next.number >= memory.number else {
      return .open(restored(over: found, memory, place, locked))
    }
    if next.grant.hasSameTokens(as: newest) { return .ended(.delivered) }
    if let login = memory.attempt?.login {
      // Logins are ordered by their beginning: by token or by intent, a later one would be lost.
      guard login > next.login else { return .ended(.overtaken(next)) }
      (next.login, next.logins) = (login, max(next.logins, login))
      // At X the login has ended it, whoever has a copy.
      if let ended = memory.attempt?.token { next.spend([ended]) }
    } else if next.token != memory.attempt?.token {
      return .ended(next.isRevoked ? .revoked(next) : .overtaken(next))
    }
    next.replaceGrant(by: newest, saving)
    // Whoever has taken over a renewal: this is its answer. Another's login or revocation goes on.
    if next.intent?.id == memory.attempt?.id || ![.login, .revoke].contains(next.intent?.kind) {
      next.intent = nil
    }
    return .open(next)
  }

  /// Steps 12 and 13 once the store has said what becomes of the answer; nil when this machine has another
  /// grant by now.
  func save(
    _ delivery: Delivery, _ place: SharedPlace, _ ready: () throws -> RotationEffects.Send,
    _ locked: inout LockedGrant
  ) throws(RotationFailure) -> KnownGrant? {
    switch delivery {
    case .delivered:
      let saved = try locked.saveNewest()
      locked.endClaim()
      guard saved == .saved else {
        throw .notSaved(reason: nil, recovery: locked.recoveryPath)
      }
      return locked.known
    case .owed(let reason):
      _ = try locked.saveNewest()
      locked.endClaim()
      throw .notInStore(reason: reason, journal: locked.journalPath, path: locked.path)
    case .overtaken(let shared):
      locked.endClaim()
      try copy(shared, from: place, settingAside: true, &locked)
      return nil
    case .revoked(let shared):
      // Somebody wanted it ended, and only this machine has what it became.
      let newest = locked.recordOrFirst.newest.grant
      do { _ = try revoke(newest, try ready(), confirmed: { _ in }) } catch {
        locked.endClaim()
        throw RotationFailure(error)
      }
      locked.endClaim()
      try copy(shared, from: place, &locked)
      throw .revokedInStore(place: place.name)
    }
  }
}

// MARK: A store that was restored from a backup

extension Rotation {
  /// Puts what this machine holds over what a restored backup holds, or over nothing: its journal's answer
  /// rather than its file. Nobody sends that token before it has expired and been watched, so machines that
  /// know more can put theirs over it.
  func restore(
    _ found: SharedPlace.Found, _ place: SharedPlace, _ locked: inout LockedGrant
  ) throws(RotationFailure) {
    let memory = locked.memory(of: place)
    let next = restored(over: found, memory, place, locked)
    switch place.swap(next, over: found.revision) {
    case .swapped where memory.attempt?.stage == .granted:
      try locked.claimFileToken(within: Self.lockTimeout)
      locked.noteDelivered(next, to: place)
      _ = try locked.saveNewest()
      locked.endClaim()
    case .swapped, .changed: break
    case .refused(let failure), .unknown(let failure): throw failure
    }
  }

  private func restored(
    over found: SharedPlace.Found, _ memory: FleetMemory, _ place: SharedPlace,
    _ locked: borrowing LockedGrant
  ) -> SharedGrant {
    let (record, attempt) = (locked.recordOrFirst, memory.attempt)
    var next = found.shared ?? place.first()
    next.spend(record.usedTokens.entries.suffix(32).map(\.token))
    next.grant = record.newest.grant
    next.number = memory.number
    if attempt?.stage == .granted { next.number += 1 }
    next.login = attempt?.login ?? memory.login
    next.logins = max(next.logins, memory.logins, next.login)
    (next.isUnsure, next.refused) = (false, nil)
    next.intent = next.token.map {
      SharedGrant.Intent(
        id: effects.newID(), kind: .restored, token: $0, host: effects.host, at: effects.now())
    }
    return next
  }
}
