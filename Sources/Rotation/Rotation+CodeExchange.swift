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
  /// It is in the journal, for `saveParked` or `rejectParked`.
  case parked(IssuedFacts)
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
  ///     it is known what `vet` says, the login is parked.
  ///   - vet: decides about the new grant, which is safe in the journal by then, given the account of
  ///     the one in the file, where that is known. Called under the lock: it may ask X, and no person.
  /// - Returns: what came of it, not thrown: Swift 6.0 crashes where a value that can't be copied is
  ///   passed on under `try`.
  public func exchange(
    _ exchange: CodeExchange, by send: RotationEffects.Send,
    needsVerdict: (_ accountInFile: Account?) -> Bool,
    vet: (_ granted: Grant, _ accountInFile: Account?) -> LoginVerdict,
    under lock: consuming LockedGrant
  ) -> Result<LoginOutcome, RotationFailure> {
    var locked = lock
    do throws(RotationFailure) {
      let outcome = try self.exchange(
        exchange, by: send, needsVerdict, vet, &locked)
      locked.endClaim()
      return .success(outcome)
    } catch {
      locked.endClaim()
      return .failure(error)
    }
  }

  private func exchange(
    _ exchange: CodeExchange, by send: RotationEffects.Send,
    _ needsVerdict: (Account?) -> Bool, _ vet: (Grant, Account?) -> LoginVerdict,
    _ locked: inout LockedGrant
  ) throws(RotationFailure) -> LoginOutcome {
    try locked.claimFileToken(within: Self.lockTimeoutWithCode)
    effects.holdSignals(.login)
    let request = TokenEndpointRequest.codeExchange(
      api: api, client: client, code: exchange.code, redirectURI: exchange.redirectURI,
      verifier: exchange.verifier)
    let answer: ServerAnswer
    do {
      answer = try self.answer(
        to: request, for: .codeExchange, within: Self.requestDeadline, send)
    } catch {
      throw .unanswered(error, .codeExchange)
    }
    locked.reached(.sent)

    locked.writeLoginAnswer(answer, needsVerdict: needsVerdict(locked.accountInFile))
    let secrets = [exchange.code, exchange.verifier] + secrets(of: locked.grant)
    let classified = TokenAnswer.classify(answer, to: .codeExchange, withholding: secrets)
    if case .granted(let issued) = classified {
      return try settle(classified, issued, vet, &locked)
    }
    locked.settle(classified)
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
    _ answer: TokenAnswer, _ issued: IssuedTokens, _ vet: (Grant, Account?) -> LoginVerdict,
    _ locked: inout LockedGrant
  ) throws(RotationFailure) -> LoginOutcome {
    let now = effects.now()
    let grant = Grant(issued, at: now, keeping: .blank)
    switch vet(grant, locked.accountInFile) {
    case .save(let account):
      locked.settle(answer, account: account)
      guard try locked.saveNewest() == .saved else {
        throw .notSaved(reason: nil, recovery: locked.recoveryPath)
      }
      return .saved(locked.known, IssuedFacts(issued))
    case .park(let account):
      locked.park(KnownGrant(login: issued, account: account, at: now))
      return .parked(IssuedFacts(issued))
    }
  }

  /// Saves `login`, which waits for a person's word; returns what the file holds then.
  ///
  /// - Parameter account: whose it is, where nobody has been asked: then it isn't saved over another's.
  @discardableResult
  public func saveParked(
    _ login: Grant, of account: Account? = nil
  ) throws(RotationFailure) -> KnownGrant {
    var locked = try lock(creating: true)
    _ = try locked.recover()
    try locked.prove()
    try locked.claimFileToken(within: Self.lockTimeout)
    effects.holdSignals(.login)
    let saved: LockedGrant.Saved
    do {
      try locked.adoptParked(login, of: account)
      saved = try locked.saveNewest()
    } catch {
      locked.endClaim()
      throw error
    }
    locked.endClaim()
    guard saved == .saved else { throw .notSaved(reason: nil, recovery: locked.recoveryPath) }
    return locked.known
  }

  /// Revokes `login`, which waits for a person's word, at X, and forgets it. If X doesn't confirm that, it
  /// stays in the journal, for `revoke`.
  public func rejectParked(
    _ login: Grant, by send: RotationEffects.Send
  ) throws(RotationFailure) {
    var locked = try lock(creating: true)
    try locked.claimFileToken(within: Self.lockTimeout)
    effects.holdSignals(.revocation)
    do {
      let parked = try locked.parked(of: login)
      _ = try revoke(parked.grant, send, confirmed: { _ in })
      try locked.forgetParked(parked)
      locked.removeClaims(of: parked)
    } catch {
      locked.endClaim()
      throw error
    }
    locked.endClaim()
  }

  /// The logins that were cut off before it was known whose they are, or what a person says; none while
  /// nothing is due for `need`.
  public func leftLogins(for need: Need?) -> [KnownGrant] {
    let now = effects.now()
    guard let view = try? GrantView(of: home.target), need?.isDue(view.known, at: now) != false
    else { return [] }
    return view.record?.leftLogins(at: now) ?? []
  }

  /// The same rotation, with what its file holds now as what this run has seen.
  public func lookingAgain() -> Rotation {
    guard !home.isEnvironment, let now = try? GrantHome.file(home.target) else { return self }
    return Rotation(home: now, client: client, api: api, effects: effects)
  }

  /// Settles such a login, which is one of `account`: that of the file's account has ended the grant in the
  /// file, and is saved. Another's is revoked at X. Where the file's isn't known, it stays as it is.
  public func settle(
    _ login: Grant, of account: Account, by send: RotationEffects.Send
  ) throws(RotationFailure) {
    guard let known = (try? GrantView(of: home.target))?.known.account else { return }
    effects.note(.finishingEarlierRun)
    if known.isSame(as: account) {
      try saveParked(login, of: account)
    } else {
      try rejectParked(login, by: send)
    }
  }

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

// MARK: The --on-rotate command

extension GrantHome {
  /// The newest grant, if an `--on-rotate` command has still to be told of it: for a renewal of this
  /// run, or of an earlier one whose command failed or never ran.
  public func grantOwedToHook() throws(RotationFailure) -> Grant? {
    do {
      let view = try GrantView(of: target)
      return view.record?.isHookOwed == true ? view.newest : nil
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
    if GrantView(grant: locked.grant, record: locked.record).newest.hasSameTokens(as: grant) {
      locked.settleHook()
      if forgetting, home.isEnvironment { try locked.forgetHandedOn(grant) }
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
