import DurableFile
import OAuth

/// What came of a yes to a login that waited.
public enum WantedLogin: Sendable, Equatable {
  /// It is saved: what the file holds now.
  case saved(KnownGrant)
  /// The file has changed since the question was asked, so it was left alone: the login, which still waits,
  /// and the account whose tokens the file holds now, where that is known.
  case asksAgain(KnownGrant, held: Account?)
}

// What becomes of a login that waits in the journal.

extension Rotation {
  /// Makes sure that the journal holds `login`, which waits: what a run that is cut off now leaves.
  ///
  /// - Throws: `notSaved`: it is nowhere but in this process.
  public func keep(_ login: KnownGrant) throws(RotationFailure) {
    guard view?.record?.keeps(waiting: login) != true else { return }
    do throws(RotationFailure) {
      var locked = try lock(creating: true)
      if try !locked.isJournalBusy() { locked.keep(login) }
      if !locked.isKept(login.grant) {
        throw locked.journalFailure ?? .keepsChanging(path: locked.path)
      }
    } catch {
      throw .notSaved(reason: error, recovery: nil)
    }
  }

  /// Saves `login`, which waited until somebody said yes, over what the file held when they were asked.
  ///
  /// The yes is kept before anything else is tried: if the save fails, the next run that settles finds it.
  ///
  /// - Throws: `nothingParked`; else `notSaved`.
  public func saveWaiting(_ login: KnownGrant) throws(RotationFailure) -> WantedLogin {
    var wanted = login
    wanted.wish = .anyone
    do { return try save(waiting: wanted) } catch {
      let reason: RotationFailure?
      switch error {
      case .nothingParked: throw error
      case .notSaved(let cause, _): reason = cause
      default: reason = error
      }
      throw .notSaved(reason: reason, recovery: keepYes(to: wanted) ? home.target.journalPath : nil)
    }
  }

  private func save(waiting login: KnownGrant) throws(RotationFailure) -> WantedLogin {
    var locked = try lock(creating: true)
    try requireSameSettings(&locked)
    // Before the claim, which takes space on the disk; the journal has its own.
    if try !locked.isJournalBusy() { locked.keep(login) }
    _ = try locked.recover()
    try locked.claimFileToken(within: Self.lockTimeout)
    do { try requireSameSettings(&locked) } catch {
      locked.endClaim()
      throw error
    }
    let held = locked.known
    guard locked.recordOrFirst.isYesGood(to: login, over: held) else {
      locked.endClaim()
      var again = login
      (again.wish, again.cameOver) = (nil, held.grant.mark)
      return .asksAgain(again, held: held.account)
    }
    effects.holdSignals(.login)
    let saved: LockedGrant.Saved
    do {
      // The journal may have been removed while this process had the tokens.
      locked.keep(login)
      saved = try save(adopting: login, &locked)
    } catch {
      locked.endClaim()
      throw error
    }
    locked.endClaim()
    guard saved == .saved else { throw .notSaved(reason: nil, recovery: locked.recoveryPath) }
    return .saved(locked.known)
  }

  private func save(
    adopting login: KnownGrant, _ locked: inout LockedGrant
  ) throws(RotationFailure) -> LockedGrant.Saved {
    let shared = try beginLogin(.granted, &locked)
    do { try locked.adopt(waiting: login) } catch {
      endLogin(shared, &locked)
      throw error
    }
    return try saveLogin(shared, &locked)
  }

  /// Revokes `login`, which waited, at X, and forgets it. Where X doesn't confirm that, it stays in the
  /// journal, for the next run that settles.
  public func reject(_ login: KnownGrant, by send: RotationEffects.Send) throws(RotationFailure) {
    guard view?.record?.isOver(login.grant) != true else {
      throw .nothingParked(path: home.target.path)
    }
    effects.holdSignals(.revocation)
    // Nobody else uses these tokens, so this needs no lock, and can be done where there is no journal.
    _ = try revoke(login.grant, send, confirmed: { _ in })
    // If it stays there, the next run revokes it once more.
    try? forget(login)
  }

  private func forget(_ login: KnownGrant) throws(RotationFailure) {
    var locked = try lock(creating: true)
    try locked.claimFileToken(within: Self.lockTimeout)
    do { try locked.forget(waiting: login) } catch {
      locked.endClaim()
      throw error
    }
    locked.removeClaims(of: login)
    locked.endClaim()
  }

  /// The logins that were cut off before it was known whose they are, or what somebody says. Those that have
  /// expired, and so stay as they are, aren't among them.
  public func leftLogins() -> [KnownGrant] {
    guard let view, let record = view.record else { return [] }
    let (now, held) = (effects.now(), view.known)
    return record.leftLogins(at: now).filter { login in
      guard login.mayBeSent(to: api), !login.isOfAnotherApp(than: client.id) else { return false }
      let wanted = withMark(login, over: held)
      if record.fate(of: wanted, after: .nothing, over: held) != .stay { return true }
      // Where nothing can come of it, X is asked only whose it is.
      return login.serves(at: now)
        && (login.account == nil || record.isUnchanged(held, since: wanted))
    }
  }

  /// The same rotation, with what its file holds now as what this run has seen.
  public func lookingAgain() -> Rotation {
    guard !home.isEnvironment, let now = try? GrantHome.file(home.target) else { return self }
    return Rotation(
      home: now, client: client, api: api, store: store, agrees: agrees, effects: effects)
  }

  /// Settles such a login, of which X has said `word`; returns whether that is done.
  public func settle(
    _ login: KnownGrant, after word: LoginWord, by send: RotationEffects.Send
  ) throws(RotationFailure) -> Bool {
    var locked = try lock()
    _ = try locked.recover()
    guard let (found, first) = fate(of: login.grant, after: word, locked),
      first != .stay || found.account != login.account
    else { return false }
    try locked.claimFileToken(within: Self.lockTimeout)
    do {
      // Another run, which doesn't share the lock, may have settled it, or changed the file.
      let settled = fate(of: login.grant, after: word, locked)
      if let (waiting, fate) = settled { try settle(waiting, fate, send, &locked) }
      locked.endClaim()
      return settled.map { $0.1 != .stay } ?? false
    } catch {
      locked.endClaim()
      throw error
    }
  }

  private func settle(
    _ login: KnownGrant, _ fate: LoginFate, _ send: RotationEffects.Send,
    _ locked: inout LockedGrant
  ) throws(RotationFailure) {
    switch fate {
    // What X says of its account isn't asked again.
    case .stay: return locked.keep(login)
    case .save:
      effects.note(.finishingLogin)
      effects.holdSignals(.login)
      guard try save(adopting: login, &locked) == .saved else {
        throw .notSaved(reason: nil, recovery: locked.recoveryPath)
      }
    case .revoke:
      effects.note(.finishingLogin)
      effects.holdSignals(.revocation)
      _ = try revoke(login.grant, send, confirmed: { _ in })
      try locked.forget(waiting: login)
    }
    locked.removeClaims(of: login)
  }

  private var view: GrantView? { try? GrantView(of: home.target) }
}

// MARK: A yes that the journal doesn't have

// Where the file can't be locked, because somebody has made it read-only or another run holds it, or where the
// disk takes no writes, the journal can't be written to, and a mark beside it stands for a yes.

extension Rotation {
  /// Makes sure that a later run finds the yes to `login`; false where it won't, or where it won't find the
  /// tokens.
  private func keepYes(to login: KnownGrant) -> Bool {
    guard let record = view?.record else { return false }
    if record.keeps(waiting: login) || record.newest.grant.hasSameTokens(as: login.grant) {
      return true
    }
    guard record.keeps(login.grant), let mark = login.yesMark else { return false }
    try? home.target.mark(mark)
    return hasMark(mark)
  }

  private func hasMark(_ name: String) -> Bool { (try? home.target.hasMark(name)) == true }

  /// `login` as somebody wants it, where a mark says so: over what it came over, or over what the file holds.
  private func withMark(_ login: KnownGrant, over held: KnownGrant) -> KnownGrant {
    var wanted = login
    wanted.wish = .anyone
    for over in [login.cameOver, held.grant.mark] {
      wanted.cameOver = over
      if let mark = wanted.yesMark, hasMark(mark) { return wanted }
    }
    return login
  }

  /// The login that waits with these tokens, and what becomes of it; nil where another run has settled it.
  private func fate(
    of login: Grant, after word: LoginWord, _ locked: borrowing LockedGrant
  ) -> (KnownGrant, LoginFate)? {
    let (held, record) = (locked.known, locked.recordOrFirst)
    guard let found = locked.waiting(login) else { return nil }
    var waiting = withMark(found, over: held)
    let fate = record.fate(of: waiting, after: word, over: held)
    if case .account(let account) = word { waiting.account = account }
    return (waiting, fate)
  }
}

extension KnownGrant {
  /// How the names of the marks begin; the hashes of the login's token and of the one that the file held when
  /// somebody was asked follow.
  static let yesPrefix = "login-wanted."

  fileprivate var yesMark: String? {
    guard let login = grant.mark, let cameOver else { return nil }
    return "\(Self.yesPrefix)\(login).\(cameOver)"
  }
}
