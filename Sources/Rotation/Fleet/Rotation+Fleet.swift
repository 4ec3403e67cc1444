import DurableFile
import OAuth

// A renewal of a grant that several machines share.

extension Rotation {
  /// Seconds between the first step of a use of the shared token and its request. Others take over after
  /// `watchTime`, so a machine that slept in between must not send.
  static let longestPreparation = 20.0
  /// Seconds for which a store that doesn't take a new grant is tried.
  static let deliveryTime = 20.0

  /// Seconds for which signals may have been held when a renewal begins.
  private static let longestHold = 10.0

  /// What one look at the store led to.
  private enum Round {
    case done(Renewal)
    case again
    /// The same, after this run has begun, and signals are held.
    case overtaken
    /// Another machine's use of the grant stands.
    case watch(SharedGrant.Intent, seconds: Double)
  }

  /// Makes sure that the access token is valid for `need`, where other machines use the same grant.
  ///
  /// The lock of this machine is held in each round, and never while another machine is watched.
  func renew(
    _ need: Need, through store: any SharedStore, permit: () throws -> Void,
    ready: () throws -> RotationEffects.Send
  ) throws(RotationFailure) -> Renewal {
    let place = SharedPlace(store, for: client, at: api)
    var overdue: String?
    var heldSince: Double?
    for number in 1...Self.mostRounds {
      // An `.env` that isn't there yet gets what the store has.
      var locked = try lock(creating: true)
      try requireSameSettings(&locked)
      let round = try round(
        need, place, isFirst: number == 1, overdue: overdue, heldSince, permit, ready, &locked)
      locked.unlock()
      switch round {
      case .done(let renewal): return renewal
      case .again: break
      case .overtaken: heldSince = heldSince ?? effects.timeSinceBoot()
      case .watch(let intent, let seconds):
        // Nobody could end this run for a minute and a half.
        if heldSince != nil, seconds >= Self.watchTime {
          throw .usedElsewhere(intent.use, place: place.name)
        }
        guard try watch(intent, in: place, for: seconds) else { continue }
        guard seconds >= Self.watchTime else {
          throw .usedElsewhere(intent.use, place: place.name)
        }
        overdue = intent.id
      }
    }
    throw .keepsChanging(path: place.name)
  }

  /// The steps of a renewal, from the look at the store to the save. Each was shown to be needed by a model
  /// of two and three machines that are killed, cut off and delayed at every one of them.
  private func round(
    _ need: Need, _ place: SharedPlace, isFirst: Bool, overdue: String?, _ heldSince: Double?,
    _ permit: () throws -> Void, _ ready: () throws -> RotationEffects.Send,
    _ locked: inout LockedGrant
  ) throws(RotationFailure) -> Round {
    let change = home.seen.change(to: locked)

    // 1. Finish what an earlier run of this machine left. An answer that the store may lack goes there first.
    try locked.recoverShared(through: place, trustingFile: need.force)
    if isFirst, change.hasNewGrant, isServed(need, &locked) {
      return .done(.byAnother(try locked.checkedGrant()))
    }

    // 2. Read the store. A copy that is good enough is used, also while the store can't be asked.
    let found: SharedPlace.Found
    do { found = try place.read() } catch {
      return try .done(withoutStore(error, need, &locked))
    }
    if let round = try catchUp(found, need, place, ready, &locked) { return round }
    let held = try locked.checkedGrant()

    // 3, 4. The token that is presented is the one that the store holds, unless that one is refused, or there
    //       is none yet: then the file's is offered, and the store holds it from the same swap on.
    let memory = locked.memory(of: place)
    let base = try base(in: found, memory, need, place, locked)
    let recovery = locked.recovery(trustingFile: need.force)
    if recovery == .refused, let token = base.token, token == held.grant.token {
      noteRefusal(of: token, id: memory.attempt?.id, found, place)
    }
    let role = try role(
      after: recovery, need, isFirst && change.hasNewRecord, locked)
    if !need.isDue(held, at: effects.now()) {
      return .done(home.seen.grant.hasSameTokens(as: held.grant) ? .notDue(held) : .copied(held))
    }
    guard held.grant.refreshToken != nil else {
      throw held.grant.isBlank ? .noGrant(path: locked.path) : .noRefreshToken
    }
    var presentation = try locked.presentation(of: role)
    guard presentation.known.grant.token == base.token else {
      throw .unknownToStore(place: place.name, path: locked.path)
    }

    // 5. While another machine's use stands, nobody else's begins.
    let turn = try turn(in: base, memory, presentation, need, overdue: overdue, locked)
    if case .watch(let seconds) = turn, let intent = base.intent {
      return .watch(intent, seconds: seconds)
    }
    if try locked.rival(of: presentation) == .running {
      try waitForRival(of: presentation, until: effects.uptime() + Self.lockTimeout, &locked)
      return .again
    }
    // What this machine sent before it shared the grant counts too.
    let isUnanswered = turn != .free || memory.attempt == nil
    try requireNoLateRequest(of: presentation, need, unanswered: isUnanswered, locked)
    do { try permit() } catch { throw RotationFailure(error) }

    // Signals are held since an earlier round, and a renewal may take as long again.
    if let heldSince, effects.timeSinceBoot() - heldSince > Self.longestHold {
      throw .keepsChanging(path: place.name)
    }

    // 6. Prove the save. From here on the clock runs: one that goes on while the machine sleeps.
    try locked.prove()
    let send: RotationEffects.Send
    do { send = try ready() } catch { throw RotationFailure(error) }
    let start = effects.timeSinceBoot()
    effects.holdSignals(.renewal)

    // 7. Claim the token on this machine, and say in its journal what is about to be begun: without that, no
    //    machine can tell its own use from another's.
    guard try locked.claim(presentation) else { return .overtaken }
    let attempt = FleetAttempt(
      id: effects.newID(), token: base.token, isSecondTry: turn == .secondTry)
    presentation = presentation.attempting(attempt, memory)
    try locked.writeIntent(presentation)

    // 8. Say it in the store. Only the machine whose swap took place, and that knows it, sends.
    let begun: SharedPlace.Found
    do {
      guard let mine = try begin(attempt, .refresh, over: base, found, turn, place) else {
        locked.rollBack(to: presentation.record)
        return .overtaken
      }
      begun = mine
    } catch {
      // A swap that may still arrive: the next run here that finds this id knows that nothing was sent.
      locked.rollBack(to: presentation.record)
      // A machine that may only read copies, and leaves renewing to others, while its copy lives.
      if case .store(.notAllowed, _) = error, !need.force, held.serves(at: effects.now()) {
        return .done(.notDue(held))
      }
      throw error
    }

    // 9, 10. Send it once, unless this machine has slept: then it may have been taken over.
    let answer: ServerAnswer
    do {
      answer = try present(
        presentation, send, before: start + Self.longestPreparation, &locked)
    } catch {
      if case .heldUp = error { return .overtaken }
      if error.provablyChangedNothing { takeBack(attempt, in: place) }
      throw error
    }
    locked.reached(.sent)

    // 11. The answer is on this machine's disk before anything else.
    let secrets = secrets(of: presentation.known.grant)
    let reason = answer.reason(withholding: secrets)
    locked.writeAnswer(answer, to: presentation, reason: reason)
    let classified = TokenAnswer.classify(answer, to: .refresh, withholding: secrets)
    locked.settle(classified)

    // 12 to 14. Into the store, into the file, and only then it is done.
    switch classified {
    case .granted(let issued):
      let delivery = deliver(over: begun, to: place, &locked)
      guard let known = try save(delivery, place, { send }, &locked) else { return .overtaken }
      return .done(.renewed(known, IssuedFacts(issued)))
    case .loginNeeded(let response):
      locked.endClaim()
      let now = try place.read()
      guard now.shared?.token == base.token else { return .overtaken }
      if let token = base.token { noteRefusal(of: token, id: attempt.id, now, place) }
      throw .refused(response, kept: locked.unreadableAnswerPath)
    case .misconfigured(let response):
      takeBack(attempt, in: place)
      locked.endClaim()
      throw .clientRefused(response)
    case .temporary(let advice):
      takeBack(attempt, in: place)
      locked.endClaim()
      throw .busy(advice)
    case .outcomeUnknown(let why):
      locked.leaveClaim()
      throw .unusableAnswer(why, .refresh, said: reason, kept: locked.unreadableAnswerPath)
    }
  }

  /// Whether a run that waited for another one of this machine has what it needs from that one.
  private func isServed(_ need: Need, _ locked: inout LockedGrant) -> Bool {
    let (known, now) = (locked.known, effects.now())
    return need.force ? known.serves(at: now) : known.isValid(for: need.validity, at: now)
  }

  /// What is done where the store can't be read.
  private func withoutStore(
    _ failure: RotationFailure, _ need: Need, _ locked: inout LockedGrant
  ) throws(RotationFailure) -> Renewal {
    guard failure.isStoreAway else { throw failure }
    // An answer that it lacks is this machine's best token all the same.
    _ = try locked.recover()
    let held = try locked.checkedGrant()
    guard !need.isDue(held, at: effects.now()) else { throw failure }
    if case .store(let reason, let place) = failure {
      locked.note(.storeAway(reason, place: place))
    }
    return .notDue(held)
  }
}

// MARK: What the store has, and this machine lacks

extension Rotation {
  /// Step 2: puts right whatever of the two is behind; nil when they agree.
  private func catchUp(
    _ found: SharedPlace.Found, _ need: Need, _ place: SharedPlace,
    _ ready: () throws -> RotationEffects.Send, _ locked: inout LockedGrant
  ) throws(RotationFailure) -> Round? {
    if try bringHome(found, place, ready, &locked) { return .again }
    let memory = locked.memory(of: place)
    guard let shared = found.shared else { return nil }
    // A file that was emptied, or is new, gets it again, unless it is about to be revoked.
    let isMissing =
      locked.grant.isBlank && !shared.grant.isBlank && shared.intent?.kind != .revoke
    guard shared.number > memory.number || isMissing else { return nil }
    guard locked.isFileKnown(to: shared, memory) else {
      // A refused grant makes way for another one.
      if shared.isRefused { return nil }
      throw .unknownToStore(place: place.name, path: locked.path)
    }
    try copy(shared, from: place, &locked)
    return nil
  }

  /// Steps 3 and 4: the record over which a renewal begins.
  private func base(
    in found: SharedPlace.Found, _ memory: FleetMemory, _ need: Need, _ place: SharedPlace,
    _ locked: borrowing LockedGrant
  ) throws(RotationFailure) -> SharedGrant {
    let grant = locked.grant
    guard var shared = found.shared else { return place.first(grant) }
    if shared.intent?.kind == .revoke, !need.force { throw .revocationBegun }
    if shared.isEmpty || shared.isRefused && !locked.isFileKnown(to: shared, memory) {
      // Success proves it; until then the number alone tells that it is another grant.
      if let token = shared.token { shared.spend([token]) }
      shared.grant = grant
      (shared.isUnsure, shared.refused) = (false, nil)
      return shared
    }
    guard locked.isFileKnown(to: shared, memory) else {
      throw .unknownToStore(place: place.name, path: locked.path)
    }
    if shared.isRevoked { throw .revokedInStore(place: place.name) }
    if shared.isRefused {
      guard memory.attempt?.stage == .refused, memory.attempt?.token == shared.token else {
        throw .refusedInStore(place: place.name)
      }
      // It was refused to this machine, which knows when, and in which words.
      throw .refusedBefore(locked.record?.lastFailure, path: locked.path)
    }
    return shared
  }
}
