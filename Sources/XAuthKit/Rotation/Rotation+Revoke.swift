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
  private static let revoking: StaticString =
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
      guard let revoked = confirmed.first else {
        // Nothing left this machine: as if it had never been begun.
        if error.provablyChangedNothing { locked.takeBack() }
        throw error
      }
      _ = try locked.blank(confirmed, of: presented)
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

  /// Blanks the grant in the file, and every copy of it in the journal, without asking X.
  static func forget(
    _ settings: Settings, context: Context, telling console: Console
  ) throws(Failure) -> Revocation {
    var locked = try LockedGrant.open(settings, context: context, telling: console)
    _ = try locked.recover(telling: console)
    let forgotten = locked.grantToRevoke
    guard !forgotten.isBlank else {
      try locked.finishErasing()
      return .nothing
    }
    try locked.prove()
    context.signals.hold(revoking)
    try locked.writeRevoking(forgotten)
    return try locked.blank(TokenTypeHint.allCases, of: forgotten)
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
    case .misconfigured(let response): throw .client(response, client)
    case .temporary(let advice):
      throw .temporary(.busy(advice, host: endpoints.host, now: context.clock.now()))
    case .unknown: throw .temporary(.notConfirmed(status: answer.status, host: endpoints.host))
    }
  }
}

extension Grant {
  fileprivate func token(_ hint: TokenTypeHint) -> Secret? {
    switch hint {
    case .accessToken: accessToken
    case .refreshToken: refreshToken
    }
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
