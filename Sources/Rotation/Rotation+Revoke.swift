import DurableFile
import OAuth

extension Rotation {
  /// How a revocation ended.
  public enum Revocation: Sendable, Equatable {
    /// X confirmed it.
    case revoked
    /// X no longer knew the tokens.
    case alreadyInvalid
    /// X confirmed it, and the file holds another grant by now, which stays.
    case revokedBesideAnother
    /// There was nothing to revoke.
    case nothing
  }

  /// Revokes the grant at X, the refresh token first (RFC 7009 §2.1), then clears what was confirmed:
  /// the steps of a renewal, with an empty grant for the new one.
  ///
  /// - Parameter ready: gives the way to send. Called under the lock.
  public func revoke(
    ready: () throws -> RotationEffects.Send
  ) throws(RotationFailure) -> Revocation {
    if let store { return try revoke(through: store, ready: ready) }
    var locked = try lock()
    try requireSameSettings(&locked)

    // The newest token is the one to revoke, and it may still be in the journal.
    _ = try locked.recover()
    return try revoke(nil, ready: ready, &locked) ?? .nothing
  }

  /// The same under the lock.
  ///
  /// - Parameter shared: how other machines are told of it; nil where there are none.
  /// - Returns: nil where another machine has renewed the grant meanwhile.
  func revoke(
    _ shared: SharedRevocation?, ready: () throws -> RotationEffects.Send,
    _ locked: inout LockedGrant
  ) throws(RotationFailure) -> Revocation? {
    guard try !locked.grantsToRevoke().isEmpty else {
      try locked.finishErasing()
      return .nothing
    }
    try locked.prove(saving: .blank)
    let send: RotationEffects.Send
    do { send = try ready() } catch { throw RotationFailure(error) }
    try locked.claimFileToken(within: Self.lockTimeout)
    // Another run, which doesn't share the lock, may have renewed them meanwhile.
    let grants: [KnownGrant]
    do {
      try requireSameSettings(&locked)
      grants = try locked.grantsToRevoke()
    } catch {
      locked.endClaim()
      throw error
    }
    guard let held = grants.last else {
      locked.endClaim()
      return .nothing
    }

    var attempt: FleetAttempt?
    if let shared {
      do { attempt = try begin(shared) } catch {
        locked.endClaim()
        throw error
      }
      guard attempt != nil else {
        locked.endClaim()
        return nil
      }
    }

    // A refresh that finds this leaves the grant alone: what somebody wanted ended isn't renewed.
    effects.holdSignals(.revocation)
    let before = locked.recordOrFirst
    try locked.writeRevoking()

    locked.note(.sending)
    let mayHaveSuccessor = grants.contains { !$0.unansweredBy.isEmpty }
    var confirmed: [TokenTypeHint] = []
    var isAnyRevoked = false
    var wasKnown = false
    do {
      // What only the journal holds goes first: before that is ended, nothing is called done.
      for kept in grants.dropLast() {
        _ = try revoke(kept.grant, send) { _ in isAnyRevoked = true }
      }
      wasKnown = try revoke(held.grant, send) { hint in
        if confirmed.isEmpty { locked.reached(.sent) }
        confirmed.append(hint)
      }
    } catch {
      guard let revoked = confirmed.first else {
        // Nothing left this machine: as if it had never been begun.
        if !isAnyRevoked, error.provablyChangedNothing {
          locked.rollBack(to: before)
          if let shared, let attempt { takeBack(attempt, in: shared.place) }
        }
        // Whatever became of the request, it renewed nothing.
        locked.endClaim()
        throw error
      }
      if let shared, let attempt { _ = try clearStore(attempt, shared.place, &locked) }
      _ = try locked.clear(confirmed, of: held)
      locked.endClaim()
      throw .halfRevoked(revoked: revoked, left: .accessToken, reason: error)
    }
    if let shared, let attempt, try !clearStore(attempt, shared.place, &locked) {
      locked.endClaim()
      return nil
    }
    let revocation = try locked.clear(confirmed, of: held)
    locked.endClaim()
    if mayHaveSuccessor { locked.note(.successorMayLive) }
    return revocation == .revoked && !wasKnown ? .alreadyInvalid : revocation
  }

  /// Clears the grant in the file at `target`, and every copy of it in the journal, without asking X.
  public static func forget(
    _ target: FileTarget, _ effects: RotationEffects
  ) throws(RotationFailure) -> Revocation {
    var locked = try LockedGrant.open(target, timeout: lockTimeout, effects)
    let owed = locked.placeOwed
    if let owed { throw .onlyHere(place: owed, path: locked.path) }
    _ = try locked.recover()
    guard try !locked.grantsToRevoke().isEmpty else {
      try locked.finishErasing()
      return .nothing
    }
    try locked.prove(saving: .blank)
    try locked.claimFileToken(within: lockTimeout)
    guard let forgotten = try locked.grantsToRevoke().last else {
      locked.endClaim()
      return .nothing
    }
    effects.holdSignals(.revocation)
    locked.leaveFleet()
    try locked.writeRevoking()
    let cleared = try locked.clear(TokenTypeHint.allCases, of: forgotten)
    locked.endClaim()
    return cleared
  }

  /// Revokes the tokens of a grant, the refresh token first (RFC 7009 §2.1), and tells of each that X
  /// has confirmed; false when X no longer knew any.
  func revoke(
    _ grant: Grant, _ send: RotationEffects.Send, confirmed: (TokenTypeHint) -> Void
  ) throws(RotationFailure) -> Bool {
    var wasKnown = false
    for hint in [TokenTypeHint.refreshToken, .accessToken] {
      guard let token = grant.token(hint) else { continue }
      if try revoke(token, hint, of: grant, send) { wasKnown = true }
      confirmed(hint)
    }
    return wasKnown
  }

  /// Revokes one token; false when X no longer knew it.
  private func revoke(
    _ token: Secret, _ hint: TokenTypeHint, of grant: Grant, _ send: RotationEffects.Send
  ) throws(RotationFailure) -> Bool {
    let request = TokenEndpointRequest.revocation(
      api: api, client: client, token: token, hint: hint)
    let answer: ServerAnswer
    do { answer = try send(request, Self.requestDeadline) } catch {
      throw .unanswered(error, .revocation)
    }
    let secrets = secrets(of: grant)
    switch RevocationAnswer.classify(answer, withholding: secrets) {
    case .revoked: return true
    case .alreadyInvalid: return false
    case .misconfigured(let response): throw .clientRefused(response)
    case .temporary(let advice): throw .busy(advice, status: answer.status)
    case .unknown:
      throw .notConfirmed(status: answer.status, said: answer.reason(withholding: secrets))
    }
  }
}
