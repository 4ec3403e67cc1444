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
    try requireSameSettings(&locked)
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
    try requireSameSettings(&locked)
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
