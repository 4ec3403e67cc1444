import DotEnv
import DurableFile
import OAuth

// What the steps of a shared grant do in the journal and in the file.

extension LockedGrant {
  /// What the journal remembers of the grant that is shared through `place`.
  func memory(of place: SharedPlace) -> FleetMemory {
    let fleet = record?.fleet
    guard let fleet, fleet.place == place.name else { return FleetMemory(place.name) }
    return fleet
  }

  /// Takes `place` for a new name of the place that the journal remembers, where it holds the same grant: what
  /// is owed to that one is owed to this one.
  mutating func followRenaming(to place: SharedPlace, holding shared: SharedGrant?) {
    guard let shared, var next = record, let fleet = next.fleet, fleet.place != place.name,
      [fleet.attempt?.token, fleet.copied].contains(where: { token in
        token != nil && (token == shared.token || shared.spent.contains { $0 == token })
      })
    else { return }
    next.fleet?.place = place.name
    adopt(next)
  }

  /// The place that lacks this machine's newest grant; nil when none does.
  var placeOwed: String? {
    let record = record
    return record?.isOwedToStore == true ? record?.fleet?.place : nil
  }

  /// Finishes what an earlier run left, but for an answer that the store may lack: that one goes there first.
  mutating func recoverShared(
    through place: SharedPlace, trustingFile: Bool
  ) throws(RotationFailure) {
    guard record?.stage == .unsaved, memory(of: place).attempt?.stage == .granted else {
      _ = try recover(trustingFile: trustingFile)
      return
    }
    try syncJournal()
    try mergeLeftover()
    reached(.recovered)
  }

  /// Whether the file's token is one that the fleet knows: otherwise somebody has put it there, and it is
  /// neither sent nor written over.
  func isFileKnown(to shared: SharedGrant?, _ memory: FleetMemory) -> Bool {
    let (grant, record) = (grant, record)
    guard let token = grant.token else { return true }
    // What this machine itself has replaced is as good as in the store's list, which is short.
    return token == shared?.token || token == memory.copied || shared?.spent.contains(token) == true
      || record?.hasUsed(grant) == true
  }

  /// Takes the store's grant over, and saves it in the file, which is claimed.
  ///
  /// - Parameter settingAside: whether the journal's newest grant, which the fleet has left behind, is kept.
  fileprivate mutating func copyClaimed(
    _ shared: SharedGrant, from place: SharedPlace, settingAside: Bool
  ) throws(RotationFailure) {
    var memory = memory(of: place)
    let isSameLogin = memory.login == shared.login && memory.number > 0
    memory.remember(shared)
    let grant = grant
    var next = recordOrFirst
    if settingAside {
      note(.parked(path: path, journal: journalPath))
      next.parked = next.newest
    }
    let isNews = !next.newest.grant.hasSameTokens(as: shared.grant)
    if isNews {
      // What is known of a token that the file has brought stays known.
      var known = next.held(shared.grant)
      known.grant = shared.grant
      if isSameLogin, !settingAside, known.account == nil { known.account = next.newest.account }
      if known.server == nil { known.server = server }
      if known.app == nil { known.app = presenter.flatMap(KnownGrant.app(of:)) }
      next.isHookWanted = hasHook
      let undecided = next.undecided
      next.adopt(known, over: grant.token == shared.token ? .blank : grant)
      // A login that waits is newer than a renewal of the one before it.
      if isSameLogin { next.undecided = undecided }
      if !shared.grant.isBlank { next.oweHook() }
    } else if !grant.hasSameTokens(as: shared.grant) {
      (next.other, next.stage) = (KnownGrant(grant), .unsaved)
    }
    next.fleet = memory
    // Token and number in one record: a number without its token would keep this machine from copying it.
    try write(next)
    if isNews || next.stage == .unsaved { _ = try saveNewest() }
  }

  /// Remembers that the store has the journal's newest grant, as `shared`. The record takes it into the file.
  mutating func noteDelivered(_ shared: SharedGrant, to place: SharedPlace) {
    var next = recordOrFirst
    var memory = memory(of: place)
    memory.remember(shared)
    next.fleet = memory
    // If this fails, the next run finds its token in the store.
    writeBestEffort(next)
  }
}

extension Rotation {
  /// Takes the store's grant over, and saves it in the file.
  ///
  /// - Parameter settingAside: whether the journal's newest grant, which the fleet has left behind, is kept.
  func copy(
    _ shared: SharedGrant, from place: SharedPlace, settingAside: Bool = false,
    _ locked: inout LockedGrant
  ) throws(RotationFailure) {
    try locked.claimFileToken(within: Self.lockTimeout)
    do {
      // While the store was asked, somebody may have put another file there.
      try requireSameSettings(&locked)
      guard locked.isFileKnown(to: shared, locked.memory(of: place)) else {
        throw RotationFailure.unknownToStore(place: place.name, path: locked.path)
      }
      try locked.copyClaimed(shared, from: place, settingAside: settingAside)
    } catch {
      locked.endClaim()
      throw RotationFailure(error)
    }
    locked.endClaim()
  }
}

extension LockedGrant.Presentation {
  /// The same as an attempt with the shared grant. Taken back, it leaves the word that nothing was sent.
  func attempting(_ attempt: FleetAttempt, _ memory: FleetMemory) -> LockedGrant.Presentation {
    var record = record
    record.fleet = memory
    record.fleet?.attempt = attempt.unsent
    return LockedGrant.Presentation(
      record: record, role: role, known: known, refreshToken: refreshToken, hash: hash)
  }

  /// The same for this machine alone.
  ///
  /// - Throws: `sharedElsewhere` where others have the grant, unless this machine is to have it by `force`.
  func leavingFleet(
    force: Bool, path: String
  ) throws(RotationFailure) -> LockedGrant.Presentation {
    guard let fleet = record.fleet else { return self }
    guard force || role == .other else { throw .sharedElsewhere(place: fleet.place, path: path) }
    var record = record
    if role == .newest { record.fleet = nil }
    return LockedGrant.Presentation(
      record: record, role: role, known: known, refreshToken: refreshToken, hash: hash)
  }
}
