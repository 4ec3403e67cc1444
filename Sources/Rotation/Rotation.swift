import DotEnv
import DurableFile
import OAuth

/// Renews, exchanges and revokes a grant so that a rotated token is never lost, and never sent again
/// while its successor may be alive.
///
/// The order of the steps in `renew` is the protocol; each has its reason beside it. What can go
/// wrong at each of them is in `Recovery`: every run begins by finishing what an earlier one left.
/// Nothing is printed here.
public struct Rotation: Sendable {
  /// What a command needs of the access token.
  public struct Need: Sendable, Equatable {
    /// Seconds that must be left.
    public let validity: Int
    /// Renew even if that much is left.
    public let force: Bool

    /// A need of so many seconds.
    public init(validity: Int, force: Bool) {
      self.validity = validity
      self.force = force
    }

    /// Whether `known` has to be renewed for it.
    public func isDue(_ known: KnownGrant, at now: Int) -> Bool {
      force || !known.isValid(for: validity, at: now)
    }
  }

  /// How the grant came to be valid.
  public enum Renewal: Sendable, Equatable {
    /// Nothing was due.
    case notDue(KnownGrant)
    /// Renewed by this run.
    case renewed(KnownGrant, IssuedFacts)
    /// Renewed by another run while this one waited.
    case byAnother(KnownGrant)
    /// Copied from where another host keeps what it has renewed.
    case copied(KnownGrant)

    /// The grant that counts now.
    public var known: KnownGrant {
      switch self {
      case .notDue(let known), .byAnother(let known), .copied(let known), .renewed(let known, _):
        known
      }
    }
  }

  /// Seconds for the whole request: well below the wait for the lock, so that a run that waits for
  /// another run's request sees its end.
  public static let requestDeadline = 12.0
  /// No second try is made with less than this many seconds left: giving up before the server
  /// answers can lose the token.
  static let shortestTry = 6.0
  /// How often a run begins again, with another token or after another process.
  static let mostRounds = 8
  /// Seconds to wait for the lock.
  public static let lockTimeout = 30.0
  /// The same while a code is in hand: with the 12 s of the request it must stay below the 30 s for
  /// which a code is valid.
  static let lockTimeoutWithCode = 15.0
  /// Seconds after which no request of an earlier run can still be under way, once nobody sends any
  /// more: minutes for whatever a network may hold back.
  public static let lateRequests = 300.0
  /// A token whose outcome is unknown is presented again in the last so many seconds of its access
  /// token's life: the period of a cron job and some slack. No more than that can be lost by it.
  public static let lastMinutes = 25 * 60
  /// Seconds that may pass between the claim of a token and its request. After that the process was
  /// stopped, or the machine asleep, and others may have waited long enough.
  static let longestHesitation = 60.0
  /// X's own base URL.
  public static let standardAPI = "https://api.x.com"
  /// Where the grant lives.
  public let home: GrantHome
  /// The client that presents the token.
  public let client: ClientCredentials
  /// The base URL of the token and revocation endpoints.
  public let api: String
  /// The place that the grant is shared through; nil when this machine has it alone.
  let store: (any SharedStore)?
  /// Whether a document leads to the same `client` and `api`.
  let agrees: @Sendable (DotEnvDocument) -> Bool
  let effects: RotationEffects

  /// A rotation of the grant in `home`, shared through `store`.
  ///
  /// - Parameter agrees: whether the settings, with this document for their file, still name `client` and
  ///   `api`: while a run waits for the lock, or for a person, somebody may put another project's there.
  public init(
    home: GrantHome, client: ClientCredentials, api: String, store: (any SharedStore)? = nil,
    agrees: @escaping @Sendable (DotEnvDocument) -> Bool = { _ in true }, effects: RotationEffects
  ) {
    self.home = home
    self.agrees = agrees
    self.store = store
    self.client = client
    self.api = api
    self.effects = effects
  }

  /// Makes sure that the access token is valid for `need`.
  ///
  /// - Parameters:
  ///   - permit: throws where a renewal isn't allowed. Called once one is due.
  ///   - ready: proves what else has to be right before a token is used, and gives the way to send
  ///     it. Called under the lock.
  public func renew(
    _ need: Need, permit: () throws -> Void, ready: () throws -> RotationEffects.Send
  ) throws(RotationFailure) -> Renewal {
    if let store { return try renew(need, through: store, permit: permit, ready: ready) }

    // 1. One at a time. The lock is held from the read of the token that is sent to the end of its
    //    successor's save: anything shorter lets a second run send the same token.
    var locked = try lock()
    let end = effects.uptime() + Self.lockTimeout

    // Again, if a process that doesn't share the lock was in the way, or if X refuses a token and there
    // is another one to try. A program that puts in a new token each time doesn't keep this busy.
    for _ in 0..<Self.mostRounds {
      try requireSameSettings(&locked)
      let change = home.seen.change(to: locked)

      // 2. Finish what an earlier run left; only then is what the file holds the truth.
      let recovery = try locked.recover(trustingFile: need.force)
      let held = try locked.checkedGrant()
      if change.hasNewGrant, held.serves(at: effects.now()) {
        // Another run renewed while this one waited: its token is fresh, whatever was asked for.
        return .byAnother(held)
      }

      // 3. Decide which token is to be presented, if any.
      let role = try role(after: recovery, need, change.hasNewRecord, locked)
      guard need.isDue(held, at: effects.now()) else { return .notDue(held) }
      guard held.grant.refreshToken != nil else {
        throw held.grant.isBlank ? .noGrant(path: locked.path) : .noRefreshToken
      }
      let presentation = try locked.presentation(of: role).leavingFleet(
        force: need.force, path: locked.path)
      if try locked.rival(of: presentation) == .running {
        try waitForRival(of: presentation, until: end, &locked)
        continue
      }
      try requireNoLateRequest(of: presentation, need, locked)
      do { try permit() } catch { throw RotationFailure(error) }

      // 4. Prove the save before a token is used: from a full disk to a missing library, what can be
      //    known beforehand is known now.
      try locked.prove()
      let send: RotationEffects.Send
      do { send = try ready() } catch { throw RotationFailure(error) }

      // 5. From here to the end of the save no signal ends the run: it would leave a token that may be
      //    used up, and no run waiting for its successor.
      effects.holdSignals(.renewal)

      // 6. Claim the token: where the lock isn't shared, this is what keeps two runs from sending it.
      guard try locked.claim(presentation) else { continue }

      if let leftAside = locked.leftAside { locked.note(leftAside) }
      if presentation.isOverFile {
        locked.note(
          .presentingNewest(path: locked.path, account: presentation.known.account?.username))
      }

      // 7. Say on the disk that the token is about to be used: a run that finds this and no answer
      //    knows that it knows nothing.
      try locked.writeIntent(presentation)

      // 8. Send it, once.
      let answer = try present(presentation, send, &locked)
      locked.reached(.sent)

      // 9. The answer is on the disk before anything looks into it: from here on nothing is lost.
      let secrets = secrets(of: presentation.known.grant)
      let reason = answer.reason(withholding: secrets)
      locked.writeAnswer(answer, to: presentation, reason: reason)

      // 10. Classify it, save what was granted, and only then let the next run in.
      let classified = TokenAnswer.classify(answer, to: .refresh, withholding: secrets)
      if let renewal = try finish(classified, saying: reason, of: presentation, &locked) {
        return renewal
      }
    }
    throw .keepsChanging(path: locked.path)
  }

  /// Step 8: sends the token. A second try is made only when the first provably never left.
  ///
  /// - Parameter end: when it may no longer be sent, by the clock that also counts a sleeping machine's time.
  func present(
    _ presentation: LockedGrant.Presentation, _ send: RotationEffects.Send,
    before end: Double = .infinity, _ locked: inout LockedGrant
  ) throws(RotationFailure) -> ServerAnswer {
    let request = TokenEndpointRequest.refresh(
      api: api, client: client, refreshToken: presentation.refreshToken)
    let start = effects.uptime()
    locked.note(.sending)
    try requireFreshClaim(presentation, before: end, &locked)
    do throws(Unanswered) {
      return try answer(to: request, for: .refresh, within: Self.requestDeadline, send)
    } catch {
      let left = Self.requestDeadline - (effects.uptime() - start)
      guard !error.mayHaveReachedServer, left >= Self.shortestTry else {
        throw lost(error, presentation, &locked)
      }
      locked.note(.tryingOnceMore(error))
    }
    effects.sleep(0.5)
    try requireFreshClaim(presentation, before: end, &locked)
    do throws(Unanswered) {
      let left = Self.requestDeadline - (effects.uptime() - start)
      return try answer(to: request, for: .refresh, within: left, send)
    } catch {
      throw lost(error, presentation, &locked)
    }
  }

  /// Looks at the clock last before the request: a claim that is a minute old may have been taken for a
  /// dead process's.
  private func requireFreshClaim(
    _ presentation: LockedGrant.Presentation, before end: Double, _ locked: inout LockedGrant
  ) throws(RotationFailure) {
    guard locked.isClaimOutdated || effects.timeSinceBoot() > end else { return }
    locked.rollBack(to: presentation.record)
    throw .heldUp
  }

  /// What a missing answer leaves in the journal, and its failure.
  private func lost(
    _ failure: Unanswered, _ presentation: LockedGrant.Presentation, _ locked: inout LockedGrant
  ) -> RotationFailure {
    guard failure.mayHaveReachedServer else {
      var before = presentation.record
      before.failure = FailedRenewal(
        time: effects.now(), command: effects.command, outcome: .notSent)
      locked.rollBack(to: before)
      return .unanswered(failure, .refresh)
    }
    locked.noteGivingUp(failure.partialAnswer, presentation.role)
    locked.leaveClaim()
    return .unanswered(failure, .refresh)
  }

  /// Sends a request that presents a token or a code. If the connection broke only after all of the
  /// new tokens had come, that is an answer.
  func answer(
    to request: TokenEndpointRequest, for purpose: TokenAnswer.Request, within seconds: Double,
    _ send: RotationEffects.Send
  ) throws(Unanswered) -> ServerAnswer {
    do throws(Unanswered) { return try send(request, seconds) } catch {
      if let partial = error.partialAnswer,
        case .granted = TokenAnswer.classify(partial, to: purpose)
      {
        return partial
      }
      throw error
    }
  }

  /// Step 10: saves what was granted, or says what the answer means; nil when there is another token
  /// to try. Nothing but a grant changes the file.
  private func finish(
    _ answer: TokenAnswer, saying said: String?, of presentation: LockedGrant.Presentation,
    _ locked: inout LockedGrant
  ) throws(RotationFailure) -> Renewal? {
    locked.settle(answer)
    switch answer {
    case .granted(let issued):
      let saved = try locked.saveNewest()
      locked.endClaim()
      if saved == .saved { return .renewed(locked.known, IssuedFacts(issued)) }
      // Another program has logged in: its grant is the one that counts now.
      guard locked.known.serves(at: effects.now()) else {
        throw .notSaved(reason: nil, recovery: locked.recoveryPath)
      }
      locked.leaveAside()
      return .byAnother(try locked.checkedGrant())
    case .loginNeeded(let response):
      locked.endClaim()
      return try afterRefusal(response, of: presentation, &locked)
    case .misconfigured(let response):
      locked.endClaim()
      throw .clientRefused(response)
    case .temporary(let advice):
      locked.endClaim()
      throw .busy(advice)
    case .outcomeUnknown(let reason):
      locked.leaveClaim()
      throw .unusableAnswer(
        reason, .refresh, said: said, kept: locked.unreadableAnswerPath)
    }
  }

  /// X refuses what was presented: the answer may be in the file by now, or another token be left.
  private func afterRefusal(
    _ response: ErrorResponse, of presentation: LockedGrant.Presentation,
    _ locked: inout LockedGrant
  ) throws(RotationFailure) -> Renewal? {
    // A program without the lock may have renewed meanwhile: then its grant is the answer.
    let before = locked.grant
    try locked.lookAgain()
    let known = locked.known
    let isOlder = locked.record?.hasUsed(known.grant) ?? false
    if !known.grant.hasSameTokens(as: before), !isOlder, known.serves(at: effects.now()) {
      return .byAnother(try locked.checkedGrant())
    }
    switch locked.recovery() {
    case .refused, .revocationBegun, .otherAccount:
      throw .refused(response, kept: locked.unreadableAnswerPath)
    case .goOn, .confirm, .save, .presentNewest, .outcomeUnknown:
      locked.note(.refusedTryingAnother(presentation.role, path: locked.path))
      return nil
    case .otherServer(let issuer): throw locked.issuedElsewhere(by: issuer)
    }
  }

  /// Makes sure that the locked file still names the client, the server and the store that this run has.
  func requireSameSettings(_ locked: inout LockedGrant) throws(RotationFailure) {
    // An editor that writes in place shows a part of the file for a moment; this waits a second.
    for _ in 0..<20 where !agrees(locked.document) {
      locked.pause()
      _ = try locked.readAfresh()
    }
    guard agrees(locked.document) else { throw .settingsChanged(path: locked.path) }
  }

  /// What X knows of this client and `grant`, and might echo in an error description.
  func secrets(of grant: Grant) -> [Secret] {
    [client.secret, grant.refreshToken, grant.accessToken].compactMap { $0 }
  }

  /// Locks the grant's file.
  func lock(
    creating: Bool = false, timeout: Double = lockTimeout
  ) throws(RotationFailure) -> LockedGrant {
    try .open(
      home.target, for: client.id, at: api, creating: creating, timeout: timeout, effects)
  }
}

// MARK: What recovery leaves open

extension Rotation {
  /// Step 3: which of the two grants is to be presented, once one is due.
  func role(
    after recovery: Recovery, _ need: Need, _ hasNewRecord: Bool, _ locked: borrowing LockedGrant
  ) throws(RotationFailure) -> RotationRecord.Role {
    var recovery = recovery
    // `--force` keeps the grant, unless another run began the revocation while this one waited; what
    // the journal says besides still holds.
    if recovery == .revocationBegun, need.force, !hasNewRecord {
      recovery = locked.recovery(trustingFile: true, despiteRevocation: true)
    }
    switch recovery {
    case .refused: throw .refusedBefore(locked.record?.lastFailure, path: locked.path)
    case .revocationBegun: throw .revocationBegun
    case .otherAccount(let file, let newest):
      throw .otherAccount(file: file, newest: newest, path: locked.path)
    case .otherServer(let issuer): throw locked.issuedElsewhere(by: issuer)
    case .outcomeUnknown(let role):
      // From here on nobody sends for that attempt, if not from earlier on: the wait begins.
      _ = try locked.secondsUnanswered(role)
      return role
    case .presentNewest: return .newest
    case .goOn, .confirm, .save: return locked.roleInFile
    }
  }

  /// Makes sure that no earlier request with this token can be under way, and that little is lost if
  /// the server took it: then presenting it again is safe.
  ///
  /// - Parameter unanswered: whether an attempt without an answer counts, and not only a claim without an
  ///   attempt.
  func requireNoLateRequest(
    of presentation: LockedGrant.Presentation, _ need: Need, unanswered: Bool = true,
    _ locked: borrowing LockedGrant
  ) throws(RotationFailure) {
    let wait = try secondsToWait(for: presentation, need, unanswered: unanswered, locked)
    guard wait > 0 else { return }
    throw .outcomeStillUnknown(
      locked.record?.lastFailure, kept: locked.unreadableAnswerPath,
      tryingAgainAt: effects.now() + wait)
  }

  /// Seconds until the token may be presented again.
  func secondsToWait(
    for presentation: LockedGrant.Presentation, _ need: Need, unanswered: Bool = true,
    _ locked: borrowing LockedGrant
  ) throws(RotationFailure) -> Int {
    let known = presentation.known
    var wait = 0
    if case .ended(let seconds) = try locked.rival(of: presentation) {
      wait = Self.wait(after: seconds)
    }
    if unanswered, !known.unansweredBy.isEmpty {
      let life = need.force ? 0 : accessLeft(of: known) - Self.lastMinutes
      wait = max(wait, life, Self.wait(after: try locked.secondsUnanswered(presentation.role)))
    }
    return wait
  }

  /// Seconds still to wait when nobody has sent for `seconds`; 0 when it is long enough.
  private static func wait(after seconds: Double) -> Int {
    seconds > lateRequests ? 0 : Int(lateRequests - seconds) + 1
  }

  /// Seconds for which the access token beside a refresh token that was presented can still be valid.
  private func accessLeft(of known: KnownGrant) -> Int {
    let now = effects.now()
    guard known.grant.accessToken != nil else { return 0 }
    if let left = known.secondsLeft(at: now) { return left }
    // An expiry that can't be tells nothing: the token was alive when it was presented, at the most.
    guard let sent = known.presentedAt, sent <= now else { return 0 }
    return sent + known.longestLife - now
  }

  /// Waits for what another process, which doesn't share the lock, is doing with the token.
  func waitForRival(
    of presentation: LockedGrant.Presentation, until end: Double, _ locked: inout LockedGrant
  ) throws(RotationFailure) {
    effects.waiting()
    while try locked.rival(of: presentation) == .running {
      guard effects.uptime() < end else {
        throw .file(.lockTimedOut(path: locked.path, seconds: Self.lockTimeout))
      }
      locked.pause()
      if try locked.readAfresh() { return }
    }
    _ = try locked.readAfresh()
  }
}
