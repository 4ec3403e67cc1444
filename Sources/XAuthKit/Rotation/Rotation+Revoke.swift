import HTTP
import OAuth

extension Rotation {
  /// How a revocation ended.
  enum Revocation: Sendable, Equatable {
    /// X confirmed it.
    case revoked
    /// X knew the tokens no more.
    case alreadyInvalid
    /// X confirmed it, and the file holds another grant by now, which stays.
    case revokedBesideAnother
    /// There was nothing to revoke.
    case nothing
  }

  /// What a signal prints while a grant is being ended.
  static let revoking: StaticString =
    "\na grant is being revoked and blanked; this ends by itself within seconds\n"

  /// Revokes the grant at X, the refresh token first (RFC 7009 §2.1), then blanks what was confirmed:
  /// the steps of a renewal, with a blank grant for the new one.
  func revoke(_ hints: [TokenTypeHint]) throws(Failure) -> Revocation {
    var locked = try lock()

    // The newest token is the one to revoke, and it may still be in the journal.
    _ = try locked.recover(telling: console)
    let presented = locked.grantToRevoke
    let mayHaveSuccessor = locked.record?.kind == .intent
    let tokens = hints.compactMap { hint in presented.token(hint).map { (hint, $0) } }
    guard !tokens.isEmpty else {
      try locked.finishErasing()
      return .nothing
    }
    try locked.prove()
    let network = try openNetwork()

    // A refresh that finds this leaves the grant alone: what somebody wanted ended isn't renewed.
    context.signals.hold(Self.revoking)
    try locked.writeRevoking(presented)

    var confirmed: [TokenTypeHint] = []
    var wasKnown = false
    do {
      for (hint, token) in tokens {
        if try revoke(token, hint, of: presented, on: network) { wasKnown = true }
        confirmed.append(hint)
      }
    } catch {
      // Nothing confirmed, and nothing left this machine: as if it had never been begun.
      if confirmed.isEmpty, error.provablyChangedNothing { locked.takeBack() }
      _ = try locked.blank(confirmed, of: presented)
      guard let revoked = confirmed.first else { throw error }
      throw .temporary(
        .halfRevoked(
          revoked: revoked.words, left: TokenTypeHint.accessToken.words,
          reason: error.report.message))
    }
    let revocation = try locked.blank(confirmed, of: presented)
    if mayHaveSuccessor {
      console.warn(
        "the answer to an earlier renewal never came: a token that nobody saw may live on",
        hint: "end the app's access at https://x.com/settings/connected_apps to be sure")
    }
    return revocation == .revoked && !wasKnown ? .alreadyInvalid : revocation
  }

  /// Revokes one token; false when X knew it no more.
  private func revoke(
    _ token: Secret, _ hint: TokenTypeHint, of grant: Grant, on network: Network
  ) throws(Failure) -> Bool {
    let request = TokenEndpointRequest.revocation(
      api: endpoints.api.text, client: client, token: token, hint: hint)
    let answer: ServerAnswer
    do { answer = try network.post(request, deadline: Self.requestDeadline) } catch {
      throw .network(error, spent: .nothingToSpend)
    }
    context.reached(.sent)
    switch RevocationAnswer.sort(answer, withholding: secrets(of: grant)) {
    case .revoked: return true
    case .alreadyInvalid: return false
    case .misconfigured(let words): throw .client(words, client)
    case .temporary(let advice):
      throw .temporary(.busy(advice, host: endpoints.host, now: context.clock.now()))
    case .unknown: throw .temporary(.notConfirmed(status: answer.status, host: endpoints.host))
    }
  }
}

extension LockedGrant {
  /// The newest grant: the file's, or if somebody has blanked that by hand, the one that the journal
  /// still knows.
  var grantToRevoke: Grant {
    guard grant.isBlank, let record else { return grant }
    return record.newest.isBlank ? record.aside ?? .blank : record.newest
  }

  /// Blanks what was revoked, if the file still holds it.
  mutating func blank(
    _ revoked: [TokenTypeHint], of presented: Grant
  ) throws(Failure) -> Rotation.Revocation {
    guard !revoked.isEmpty else { return .nothing }
    writeRevoked(leaving: presented.without(revoked))
    context.reached(.answerWritten)
    // Another grant that was put there meanwhile is none of this revocation's.
    let saved: Saved
    do { saved = try save() } catch { throw .notBlanked(error, path: path) }
    if saved == .leftAlone { markDone() }
    try requireErased()
    return saved == .saved ? .revoked : .revokedBesideAnother
  }
}

extension LockedGrant {
  /// Erases revoked tokens from the journal, should the run that revoked them have failed at that.
  mutating func finishErasing() throws(Failure) {
    guard let record, record.kind == .done, record.purpose == .revocation else { return }
    eraseJournal(leaving: record)
    try requireErased()
  }

  private func requireErased() throws(Failure) {
    if let journalFailure { throw .notBlanked(journalFailure, path: journalPath) }
  }
}

extension Grant {
  fileprivate func token(_ hint: TokenTypeHint) -> Secret? {
    switch hint {
    case .accessToken: accessToken
    case .refreshToken: refreshToken
    }
  }

  /// What is left once these tokens are revoked. With the refresh token the grant is gone, and with
  /// the access token its expiry.
  fileprivate func without(_ revoked: [TokenTypeHint]) -> Grant {
    var left = self
    if revoked.contains(.accessToken) {
      left.accessToken = nil
      left.expiresAt = nil
    }
    if revoked.contains(.refreshToken) { left.refreshToken = nil }
    if left.isBlank { left.scopes = nil }
    return left
  }
}

extension TokenTypeHint {
  /// The token in words.
  var words: String {
    switch self {
    case .accessToken: "access token"
    case .refreshToken: "refresh token"
    }
  }
}
