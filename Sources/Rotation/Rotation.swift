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

    /// Whether `grant` has to be renewed for it.
    public func isDue(_ grant: Grant, at now: Int) -> Bool {
      force || !grant.isGood(for: validity, at: now)
    }
  }

  /// How the grant came to be valid.
  public enum Renewal: Sendable, Equatable {
    /// Nothing was due.
    case notDue(Grant)
    /// Renewed by this run.
    case renewed(Grant, IssuedFacts)
    /// Renewed by another run while this one waited.
    case byAnother(Grant)

    /// The grant that counts now.
    public var grant: Grant {
      switch self {
      case .notDue(let grant), .byAnother(let grant), .renewed(let grant, _): grant
      }
    }
  }

  /// Seconds for the whole request: well below the wait for the lock, so that a run that waits for
  /// another run's request sees its end.
  public static let requestDeadline = 12.0
  /// No second try is made with less than this many seconds left: giving up before the server
  /// answers can lose the token.
  static let shortestTry = 6.0
  /// Seconds to wait for the lock.
  public static let lockTimeout = 30.0
  /// The same while a code is in hand: with the 12 s of the request it must stay below the 30 s for
  /// which a code is valid.
  static let lockTimeoutWithCode = 15.0
  /// Seconds after which no request of an earlier run can still be under way: its deadline, and
  /// minutes for whatever a network may hold back.
  static let lateRequests = 300
  /// The longest wait for an access token to expire, in seconds. A later expiry, or a record from
  /// further ahead, is taken for a clock error.
  static let longestWaitForExpiry = 86_400
  /// Where the grant lives.
  public let home: GrantHome
  /// The client that presents the token.
  public let client: ClientCredentials
  /// The base URL of the token and revocation endpoints.
  public let api: String
  let effects: RotationEffects

  /// A rotation of the grant in `home`.
  public init(
    home: GrantHome, client: ClientCredentials, api: String, effects: RotationEffects
  ) {
    self.home = home
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
    // 1. One at a time. The lock is held from the read of the token that is sent to the end of its
    //    successor's save: anything shorter lets a second run send the same token.
    var locked = try lock()
    let change = home.seen.change(to: locked)

    // 2. Finish what an earlier run left; only then is what the file holds the truth.
    let recovery = try locked.recover()
    let presented = try locked.checkedGrant()
    if change.hasNewGrant, presented.serves(at: effects.now()) {
      // Another run renewed while this one waited: its token is fresh, whatever was asked for.
      return .byAnother(presented)
    }
    if let grant = try grantThatServes(despite: recovery, need, change.hasNewRecord, locked) {
      return .notDue(grant)
    }
    guard need.isDue(presented, at: effects.now()) else { return .notDue(presented) }
    guard let refreshToken = presented.refreshToken else {
      throw presented.isBlank ? .noGrant(path: locked.path) : .noRefreshToken
    }

    do { try permit() } catch { throw RotationFailure(error) }

    // 3. Prove the save before a token is used: from a full disk to a missing library, what can
    //    be known beforehand is known now.
    try locked.prove()
    let send = try prepare(refreshToken, ready)

    // 4. From here to the end of the save no signal ends the run: it would leave a token that may be
    //    used up, and no run waiting for its successor.
    effects.holdSignals(.renewal)

    // 5. Say on the disk that the token is about to be used: a run that finds this and no answer
    //    knows that it knows nothing.
    try locked.writeIntent(of: client)

    // 6. Send it, once.
    let answer = try present(refreshToken, send, &locked)
    locked.reached(.sent)

    // 7. The answer is on the disk before anything looks into it: from here on nothing is lost.
    locked.writeAnswer(answer)

    // 8. Classify it, save what was granted, and only then let the next run in.
    let classified = TokenAnswer.classify(answer, to: .refresh, withholding: secrets(of: presented))
    return try finish(classified, &locked)
  }

  /// Step 3: what else can fail, fails here. A token that can't be remembered as used would be sent
  /// again when an old copy comes back.
  private func prepare(
    _ refreshToken: Secret, _ ready: () throws -> RotationEffects.Send
  ) throws(RotationFailure) -> RotationEffects.Send {
    do {
      _ = try UsedToken(refreshToken)
      return try ready()
    } catch {
      throw RotationFailure(error)
    }
  }

  /// Step 6: sends the file's refresh token. A second try is made only when the first provably never
  /// left.
  private func present(
    _ refreshToken: Secret, _ send: RotationEffects.Send, _ locked: inout LockedGrant
  ) throws(RotationFailure) -> ServerAnswer {
    let request = TokenEndpointRequest.refresh(
      api: api, client: client, refreshToken: refreshToken)
    let start = effects.uptime()
    locked.note(.sending)
    do throws(Unanswered) {
      return try answer(to: request, for: .refresh, within: Self.requestDeadline, send)
    } catch {
      let left = Self.requestDeadline - (effects.uptime() - start)
      guard !error.mayHaveReachedServer, left >= Self.shortestTry else {
        throw lost(error, &locked)
      }
      locked.note(.tryingOnceMore(error))
    }
    effects.sleep(0.5)
    do throws(Unanswered) {
      let left = Self.requestDeadline - (effects.uptime() - start)
      return try answer(to: request, for: .refresh, within: left, send)
    } catch {
      throw lost(error, &locked)
    }
  }

  /// What a missing answer leaves in the journal, and its failure.
  private func lost(_ failure: Unanswered, _ locked: inout LockedGrant) -> RotationFailure {
    if !failure.mayHaveReachedServer {
      // Only this attempt is undone: an older one whose outcome is unknown stays unknown.
      locked.rollBack()
    } else if let partial = failure.partialAnswer {
      locked.writeUnreadable(partial)
    }
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

  /// Step 8: saves what was granted, or says what the answer means. Nothing but a grant changes the
  /// file.
  private func finish(
    _ answer: TokenAnswer, _ locked: inout LockedGrant
  ) throws(RotationFailure) -> Renewal {
    locked.settle(answer)
    switch answer {
    case .granted(let issued):
      if try locked.saveNewest() == .saved { return .renewed(locked.grant, IssuedFacts(issued)) }
      // Another program has logged in: its grant is the one that counts now.
      guard locked.grant.serves(at: effects.now()) else {
        throw .notSaved(reason: nil, recovery: locked.recoveryPath)
      }
      locked.park()
      return .byAnother(try locked.checkedGrant())
    case .loginNeeded(let response):
      // A program without the lock may have renewed meanwhile: then its grant is the answer.
      try locked.lookAgain()
      if locked.recovery == .goOn, locked.grant.serves(at: effects.now()) {
        return .byAnother(try locked.checkedGrant())
      }
      throw .refused(response, kept: locked.unreadableAnswerPath)
    case .misconfigured(let response): throw .clientRefused(response)
    case .temporary(let advice): throw .busy(advice)
    case .outcomeUnknown(let reason):
      let isKept = locked.record?.rawAnswer != nil
      throw .unusableAnswer(reason, .refresh, kept: isKept ? locked.unreadableAnswerPath : nil)
    }
  }

  /// What X knows of this client and `grant`, and might echo in an error description.
  func secrets(of grant: Grant) -> [Secret] {
    [client.secret, grant.refreshToken, grant.accessToken].compactMap { $0 }
  }

  /// Locks the grant's file.
  func lock(
    creating: Bool = false, timeout: Double = lockTimeout
  ) throws(RotationFailure) -> LockedGrant {
    try .open(home.target, creating: creating, timeout: timeout, effects)
  }
}

// MARK: What recovery leaves open

extension Rotation {
  /// Decides about what recovery left open; returns a grant that serves although it can't be
  /// renewed now.
  private func grantThatServes(
    despite recovery: Recovery, _ need: Need, _ hasNewRecord: Bool, _ locked: borrowing LockedGrant
  ) throws(RotationFailure) -> Grant? {
    let (grant, path, kept) = (locked.grant, locked.path, locked.unreadableAnswerPath)
    var (record, recovery) = (locked.record, recovery)
    // `--force` keeps the grant, unless another run began the revocation while this one waited; what
    // the journal said before still holds.
    if recovery == .revocationBegun, need.force, !hasNewRecord {
      record = record?.earlier
      recovery = Recovery.decide(record, file: grant)
    }
    switch recovery.forClient(client, record) {
    case .refused: throw .refusedBefore(path: path)
    case .revocationBegun: throw .revocationBegun
    case .outcomeUnknown: return try afterUnknownOutcome(of: grant, record, need, kept: kept)
    case .goOn, .confirm, .save, .park: return nil
    }
  }

  /// The file's token was sent, and no answer was seen that says what became of it. If the server
  /// took it, a second try loses nothing that isn't lost already; if the request is still on its way,
  /// a second one would race it. So the access token is used while it lives, and the second try waits
  /// for its end; under `--force` only until no request can be on its way.
  private func afterUnknownOutcome(
    of grant: Grant, _ record: RotationRecord?, _ need: Need, kept: String?
  ) throws(RotationFailure) -> Grant? {
    guard let record else { return nil }
    let now = effects.now()
    // The time is ignored if it is far in the future (a wrong clock) or 0 (it stands for a damaged
    // journal).
    let isTime = record.time > 0 && record.time <= now + Self.longestWaitForExpiry
    let sent = isTime ? record.time : nil
    let noLateRequest = sent.map { $0 + Self.lateRequests } ?? now
    let again =
      need.force && record.time > 0
      ? noLateRequest : max(accessEnd(of: grant, sent: sent, now), noLateRequest)
    if now >= again { return nil }
    if !need.force, grant.isGood(for: need.validity, at: now) { return grant }
    throw .outcomeStillUnknown(since: sent, kept: kept, tryingAgainAt: again)
  }

  /// The latest time at which the access token beside a refresh token that was sent at `sent` can
  /// still be valid. Capped, so that a wrong expiry can't postpone the second try for ever.
  private func accessEnd(of grant: Grant, sent: Int?, _ now: Int) -> Int {
    guard grant.accessToken != nil else { return sent ?? now }
    guard let left = grant.secondsLeft(at: now) else {
      return sent.map { $0 + IssuedTokens.usualLifetime } ?? now
    }
    return min(now + left, sent.map { $0 + Self.longestWaitForExpiry } ?? .max)
  }
}
