import DotEnv
import DurableFile
import OAuth

/// What a code's exchange needs beside the client: RFC 6749 §4.1.3 and RFC 7636 §4.5.
public struct CodeExchange: Sendable {
  let code: Secret
  let redirectURI: String
  let verifier: Secret

  /// An exchange of `code`.
  public init(code: Secret, redirectURI: String, verifier: Secret) {
    self.code = code
    self.redirectURI = redirectURI
    self.verifier = verifier
  }
}

/// What is to become of the grant that a login brought.
public enum LoginVerdict: Sendable, Equatable {
  /// It is saved. Its account, where that is known.
  case save(account: Account?)
  /// It is another account than the file's: it is kept in the journal until a person has decided.
  case park(account: Account?)
}

/// How an exchange ended.
public enum LoginOutcome: Sendable, Equatable {
  /// The new grant is in the file.
  case saved(KnownGrant, IssuedFacts)
  /// It waits, for `saveWaiting`, `reject` or `keep`. That it is in the journal isn't sure.
  case parked(KnownGrant, IssuedFacts)
}

/// What came of a yes to a login that waited.
public enum WantedLogin: Sendable, Equatable {
  /// It is saved: what the file holds now.
  case saved(KnownGrant)
  /// The file has changed since the question was asked, so it was left alone: the login, which still waits,
  /// and the account whose tokens the file holds now, where that is known.
  case asksAgain(KnownGrant, held: Account?)
}

// A login takes the steps of a renewal, since at X a new grant ends the one in the file.

extension Rotation {
  /// Proves that a grant could be saved, before a person is asked for anything. A file that doesn't
  /// exist is created.
  public func proveSave() throws(RotationFailure) {
    var locked = try lock(creating: true)
    try locked.syncJournal()
    try locked.prove()
    locked.unlock()
    try prepareSharedLogin()
  }

  /// Keeps in the journal whose `grant` the file holds.
  public func note(_ account: Account, of grant: Grant) throws(RotationFailure) {
    var locked = try lock()
    guard try locked.recover() == .goOn else { return }
    try locked.claimFileToken(within: Self.lockTimeout)
    do { try locked.note(account, of: grant) } catch {
      locked.endClaim()
      throw error
    }
    locked.endClaim()
  }

  /// Makes everything ready for the answer to a code, which isn't used before.
  ///
  /// The lock is held around exchange and save, not while the person is in the browser: a refresh
  /// that ends between the two would be saved over the login.
  public func lockForExchange() throws(RotationFailure) -> LockedGrant {
    var locked = try lock(creating: true, timeout: Self.lockTimeoutWithCode)
    try requireSameSettings(locked)
    // What an earlier run left is finished first, or it would be finished over this login later.
    _ = try locked.recover()
    try locked.prove()
    return locked
  }

  /// Exchanges a code, and saves the grant that comes of it if `vet` says so. From the request on,
  /// signals are held.
  ///
  /// - Parameters:
  ///   - needsVerdict: whether anything depends on `vet`, given that account: if this run is killed before
  ///     it is known what `vet` says, the login waits.
  ///   - wish: what somebody wants with it then.
  ///   - vet: decides about the new grant, which is safe in the journal by then, given the account of
  ///     the one in the file, where that is known. Called under the lock: it may ask X, and no person.
  /// - Returns: what came of it, not thrown: Swift 6.0 crashes where a value that can't be copied is
  ///   passed on under `try`.
  public func exchange(
    _ exchange: CodeExchange, by send: RotationEffects.Send,
    needsVerdict: (_ accountInFile: Account?) -> Bool,
    wish: (_ accountInFile: Account?) -> LoginWish? = { _ in nil },
    vet: (_ granted: Grant, _ accountInFile: Account?) -> LoginVerdict,
    under lock: consuming LockedGrant
  ) -> Result<LoginOutcome, RotationFailure> {
    var locked = lock
    do throws(RotationFailure) {
      let outcome = try self.exchange(
        exchange, by: send, needsVerdict, wish, vet, &locked)
      locked.endClaim()
      return .success(outcome)
    } catch {
      locked.endClaim()
      return .failure(error)
    }
  }

  private func exchange(
    _ exchange: CodeExchange, by send: RotationEffects.Send,
    _ needsVerdict: (Account?) -> Bool, _ wish: (Account?) -> LoginWish?,
    _ vet: (Grant, Account?) -> LoginVerdict, _ locked: inout LockedGrant
  ) throws(RotationFailure) -> LoginOutcome {
    try locked.claimFileToken(within: Self.lockTimeoutWithCode)
    try requireSameSettings(locked)
    effects.holdSignals(.login)
    let shared = try beginLogin(.begun, &locked)
    if let shared, effects.timeSinceBoot() > shared.end {
      endLogin(shared, &locked)
      throw .heldUp
    }
    let request = TokenEndpointRequest.codeExchange(
      api: api, client: client, code: exchange.code, redirectURI: exchange.redirectURI,
      verifier: exchange.verifier)
    let answer: ServerAnswer
    do {
      answer = try self.answer(
        to: request, for: .codeExchange, within: Self.requestDeadline, send)
    } catch {
      endLogin(shared, &locked)
      throw .unanswered(error, .codeExchange)
    }
    locked.reached(.sent)

    let wish = wish(locked.accountInFile)
    locked.writeLoginAnswer(answer, needsVerdict: needsVerdict(locked.accountInFile), wish)
    let secrets = [exchange.code, exchange.verifier] + secrets(of: locked.grant)
    let classified = TokenAnswer.classify(answer, to: .codeExchange, withholding: secrets)
    if case .granted(let issued) = classified {
      return try settle(classified, issued, wish, vet, shared, &locked)
    }
    locked.settle(classified)
    endLogin(shared, &locked)
    switch classified {
    case .granted, .outcomeUnknown(.noAccessToken):
      throw .unusableAnswer(.noAccessToken, .codeExchange, said: nil, kept: nil)
    case .loginNeeded(let response): throw .codeRefused(response)
    case .misconfigured(let response): throw .clientRefused(response)
    case .temporary(let advice): throw .busy(advice)
    case .outcomeUnknown(let reason):
      throw .unusableAnswer(
        reason, .codeExchange, said: answer.reason(withholding: secrets), kept: nil)
    }
  }

  private func settle(
    _ answer: TokenAnswer, _ issued: IssuedTokens, _ wish: LoginWish?,
    _ vet: (Grant, Account?) -> LoginVerdict, _ shared: SharedLogin?,
    _ locked: inout LockedGrant
  ) throws(RotationFailure) -> LoginOutcome {
    let now = effects.now()
    let grant = Grant(issued, at: now, keeping: .blank)
    switch vet(grant, locked.accountInFile) {
    case .save(let account):
      locked.settle(answer, account: account)
      guard try saveLogin(shared, &locked) == .saved else {
        throw .notSaved(reason: nil, recovery: locked.recoveryPath)
      }
      return .saved(locked.known, IssuedFacts(issued))
    case .park(let account):
      // Once X has named it, it is decided whether it is wanted: it isn't, or somebody is asked.
      let login = KnownGrant(
        login: issued, account: account, at: now, by: api, to: locked.presenter
      )
      .waiting(
        over: locked.grant, keptBy: ProcessIdentity.current.text, account == nil ? wish : nil)
      locked.keep(login)
      endLogin(shared, &locked)
      return .parked(login, IssuedFacts(issued))
    }
  }

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
    // Before the claim, which takes space on the disk; the journal has its own.
    if try !locked.isJournalBusy() { locked.keep(login) }
    _ = try locked.recover()
    try locked.claimFileToken(within: Self.lockTimeout)
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

  /// Writes other settings into the file at `target`, which is created if need be.
  public static func edit(
    _ target: FileTarget, _ changes: [DotEnvChange], _ effects: RotationEffects
  ) throws(RotationFailure) {
    var locked = try LockedGrant.open(
      target, creating: true, timeout: lockTimeout, effects)
    try locked.edit(changes)
    locked.unlock()
  }
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

// MARK: The --on-rotate command

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
