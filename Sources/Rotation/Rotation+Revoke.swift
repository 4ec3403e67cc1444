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
    var locked = try lock()

    // The newest token is the one to revoke, and it may still be in the journal.
    _ = try locked.recover()
    let presented = locked.grantToRevoke
    let mayHaveSuccessor = locked.record?.kind == .intent
    let hints: [TokenTypeHint] = [.refreshToken, .accessToken]
    let tokens = hints.compactMap { hint in presented.token(hint).map { (hint, $0) } }
    guard !tokens.isEmpty else {
      try locked.finishErasing()
      return .nothing
    }
    try locked.prove(saving: .blank)
    let send: RotationEffects.Send
    do { send = try ready() } catch { throw RotationFailure(error) }

    // A refresh that finds this leaves the grant alone: what somebody wanted ended isn't renewed.
    effects.holdSignals(.revocation)
    try locked.writeRevoking(presented)

    locked.note(.sending)
    var confirmed: [TokenTypeHint] = []
    var wasKnown = false
    do {
      for (hint, token) in tokens {
        if try revoke(token, hint, of: presented, send) { wasKnown = true }
        if confirmed.isEmpty { locked.reached(.sent) }
        confirmed.append(hint)
      }
    } catch {
      guard let revoked = confirmed.first else {
        // Nothing left this machine: as if it had never been begun.
        if error.provablyChangedNothing { locked.rollBack() }
        throw error
      }
      _ = try locked.clear(confirmed, of: presented)
      throw .halfRevoked(revoked: revoked, left: .accessToken, reason: error)
    }
    let revocation = try locked.clear(confirmed, of: presented)
    if mayHaveSuccessor { locked.note(.successorMayLive) }
    return revocation == .revoked && !wasKnown ? .alreadyInvalid : revocation
  }

  /// Clears the grant in the file at `target`, and every copy of it in the journal, without asking X.
  public static func forget(
    _ target: FileTarget, _ effects: RotationEffects
  ) throws(RotationFailure) -> Revocation {
    var locked = try LockedGrant.open(target, timeout: lockTimeout, effects)
    _ = try locked.recover()
    let forgotten = locked.grantToRevoke
    guard !forgotten.isBlank else {
      try locked.finishErasing()
      return .nothing
    }
    try locked.prove(saving: .blank)
    effects.holdSignals(.revocation)
    try locked.writeRevoking(forgotten)
    return try locked.clear(TokenTypeHint.allCases, of: forgotten)
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
    switch RevocationAnswer.classify(answer, withholding: secrets(of: grant)) {
    case .revoked: return true
    case .alreadyInvalid: return false
    case .misconfigured(let response): throw .clientRefused(response)
    case .temporary(let advice): throw .busy(advice)
    case .unknown: throw .notConfirmed(status: answer.status)
    }
  }
}
