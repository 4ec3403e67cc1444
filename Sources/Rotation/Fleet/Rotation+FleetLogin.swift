import DurableFile
import OAuth

// A login for all machines that share a grant. Logins are ordered by their beginning, in the store: one that
// was begun later wins, whichever answer comes first.

extension Rotation {
  /// A login that the others know of.
  struct SharedLogin: Sendable {
    let place: SharedPlace
    let attempt: FleetAttempt
    /// What the place holds since.
    let begun: SharedPlace.Found
    /// The use of the grant that stood there before.
    let replaced: SharedGrant.Intent?
    /// What the journal remembered before it.
    let before: FleetMemory
    /// When its code may no longer be sent, by the clock that also counts a sleeping machine's time: others
    /// may have begun a login meanwhile, which X would end.
    let end: Double
  }

  /// Seconds for which a code waits for another machine's login.
  private static let waitWithCode = 8.0

  /// Waits for another machine's use of the grant, and takes it over, before the browser opens: once there is
  /// a code, it lives for 30 s.
  func prepareSharedLogin() throws(RotationFailure) {
    guard let store else { return }
    let place = SharedPlace(store, for: client, at: api)
    var overdue: String?
    for _ in 1...Self.mostRounds {
      var locked = try lock(creating: true)
      try requireSameSettings(&locked)
      try locked.recoverShared(through: place, trustingFile: false)
      let found = try place.read()
      if try bringHome(found, place, { throw RotationFailure.revocationBegun }, &locked) {
        continue
      }
      locked.unlock()
      guard var next = found.shared, let intent = next.intent, intent.kind != .revoke else {
        return
      }
      if intent.id == overdue {
        next.intent = nil
        if intent.kind != .login { next.isUnsure = true }
        // Where another machine is faster, there is another look.
        _ = place.swap(next, over: found.revision)
      } else if try watch(intent, in: place, for: Self.watchTime) {
        overdue = intent.id
      }
    }
    throw .keepsChanging(path: place.name)
  }

  /// Tells the others of a login; nil where there are none. It goes over a renewal that stands: that one's
  /// answer finds the token that it presented, or this login's.
  ///
  /// - Parameter stage: `granted` where its tokens are here already.
  func beginLogin(
    _ stage: FleetAttempt.Stage = .begun, _ locked: inout LockedGrant
  ) throws(RotationFailure) -> SharedLogin? {
    guard let store else { return nil }
    let place = SharedPlace(store, for: client, at: api)
    let patience = effects.timeSinceBoot() + Self.waitWithCode
    while true {
      let start = effects.timeSinceBoot()
      let found = try place.read()
      let memory = locked.memory(of: place)
      if let intent = found.shared?.intent, intent.kind == .login {
        // X keeps the login whose code comes last, and the store the one that was begun last: so they must
        // not overlap.
        guard start < patience else { throw .usedElsewhere(intent.use, place: place.name) }
        effects.sleep(1)
        continue
      }
      guard start < patience else { throw .keepsChanging(path: place.name) }
      if memory.number > found.shared?.number ?? 0 {
        try restore(found, place, &locked)
        continue
      }
      let base = found.shared ?? place.first()
      let attempt = FleetAttempt(
        id: effects.newID(), token: base.token ?? locked.grant.token, login: base.logins + 1,
        stage: stage)
      let turn: Turn = base.intent == nil ? .free : .takeOver
      guard let begun = try begin(attempt, .login, over: base, found, turn, place) else { continue }
      locked.adopt(attempt, in: memory)
      return SharedLogin(
        place: place, attempt: attempt, begun: begun, replaced: base.intent, before: memory,
        end: start + Self.longestPreparation)
    }
  }

  /// Takes back a login that brought nothing to be saved. The renewal that stood there stands again: its owner
  /// may be sending now, so nobody takes over before it has been watched.
  func endLogin(_ shared: SharedLogin?, _ locked: inout LockedGrant) {
    guard let shared else { return }
    locked.forgetAttempt(shared.attempt, for: shared.before)
    takeBack(shared.attempt, leaving: shared.replaced, in: shared.place)
  }

  /// Saves a login that is the journal's newest grant: for all machines first.
  func saveLogin(
    _ shared: SharedLogin?, _ locked: inout LockedGrant
  ) throws(RotationFailure) -> LockedGrant.Saved {
    guard let shared else { return try locked.saveNewest() }
    let delivery = deliver(over: shared.begun, to: shared.place, &locked)
    let saved = try save(
      delivery, shared.place, { throw RotationFailure.revocationBegun }, &locked)
    guard saved != nil else {
      throw .loginOvertaken(place: shared.place.name, journal: locked.journalPath)
    }
    return .saved
  }
}

extension LockedGrant {
  /// Takes an attempt for what the next record says.
  mutating func adopt(_ attempt: FleetAttempt, in memory: FleetMemory) {
    var next = recordOrFirst
    next.fleet = memory
    next.fleet?.attempt = attempt
    adopt(next)
  }

  /// Goes back to what was remembered before `attempt`.
  mutating func forgetAttempt(_ attempt: FleetAttempt, for before: FleetMemory) {
    var next = recordOrFirst
    guard next.fleet?.attempt == nil || next.fleet?.attempt?.id == attempt.id else { return }
    next.fleet = before
    writeBestEffort(next)
  }
}
