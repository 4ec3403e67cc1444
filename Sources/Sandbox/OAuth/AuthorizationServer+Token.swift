/// The token endpoint (RFC 6749 §3.2).
extension AuthorizationServer {
  /// `POST /2/oauth2/token`.
  mutating func token(_ turn: inout Turn) throws(Refusal) -> Response {
    let form = Form(turn.request.body)
    let type = try form.required("grant_type")
    try authenticate(form, turn)
    switch type {
    case "authorization_code": return try exchangeCode(form, &turn)
    case "refresh_token": return try refresh(form, &turn)
    default: throw .unsupportedGrantType
    }
  }

  /// RFC 6749 §4.1.3 and RFC 7636 §4.6. Any try spends the code (RFC 6749 §10.5), and success ends
  /// the grant before.
  private mutating func exchangeCode(
    _ form: Form, _ turn: inout Turn
  ) throws(Refusal) -> Response {
    let code = try form.required("code")
    let redirectURI = try form.required("redirect_uri")
    let verifier = try form.required("code_verifier")
    guard let issued = codes.removeValue(forKey: try SHA256.hex(of: code)),
      !issued.isExpired(at: turn.now),
      issued.request.address.redirectURI.isByteForByte(redirectURI)
    else { throw .invalidCode }
    guard 43...128 ~= verifier.utf8.count, verifier.utf8.allSatisfy(\.isUnreserved),
      base64URL(try SHA256.digest(of: verifier)).isByteForByte(issued.request.codeChallenge)
    else { throw .verifierMismatch }
    grantsMade += 1
    turn.event.outcome = .exchanged
    return try issueTokens(
      for: Grant(index: grantsMade, scopes: grantable(issued.request.scopes)), &turn)
  }

  /// RFC 6749 §6, with rotation: every refresh token works once.
  private mutating func refresh(_ form: Form, _ turn: inout Turn) throws(Refusal) -> Response {
    let digest = try SHA256.hex(of: form.required("refresh_token"))
    turn.event.presentedSHA256 = digest
    guard let issued = issuedRefreshTokens[digest] else { throw .invalidToken }
    turn.event.grant = issued.grant
    turn.event.presentedGeneration = issued.generation
    guard let grant, grant.index == issued.grant else {
      turn.event.outcome = .tokenEnded
      throw .invalidToken
    }
    guard grant.refreshDigest == digest else {
      let isSpent = issued.generation < grant.generation
      turn.event.outcome = isSpent ? .replayed : .tokenEnded
      if isSpent, policy.endsGrantOnReuse { self.grant = nil }
      throw .invalidToken
    }
    turn.event.outcome = .refreshed
    return try issueTokens(for: grant, &turn)
  }

  private func grantable(_ scopes: [String]) -> [String] {
    // In an order of our own: a client that compares lists instead of sets shows at once.
    scopes.filter { policy.grantableScopes?.contains($0) ?? true }.sorted()
  }

  /// Gives `grant` its next pair of tokens. The old access token ends with its refresh token: X may
  /// do either, and a client mustn't count on the milder one.
  private mutating func issueTokens(
    for grant: Grant, _ turn: inout Turn
  ) throws(Refusal) -> Response {
    struct Body: Encodable {
      let token_type = "bearer"
      let expires_in: Int
      let access_token: String
      let scope: String
      let refresh_token: String?
    }
    var grant = grant
    turn.event.grant = grant.index
    let access = turn.fresh("access")
    let accessDigest = try SHA256.hex(of: access)
    var refresh: String?
    grant.access = Grant.AccessToken(
      digest: accessDigest, expiresAt: turn.now + Double(policy.accessLifetime))
    turn.event.accessSHA256 = accessDigest
    if policy.issuesRefreshTokens, grant.scopes.contains("offline.access") {
      let token = turn.fresh("refresh")
      let digest = try SHA256.hex(of: token)
      grant.generation += 1
      grant.refreshDigest = digest
      issuedRefreshTokens[digest] = IssuedRefreshToken(
        grant: grant.index, generation: grant.generation)
      turn.event.issuedGeneration = grant.generation
      turn.event.refreshSHA256 = digest
      refresh = token
    }
    self.grant = grant
    return .json(
      Body(
        expires_in: policy.accessLifetime, access_token: access,
        scope: grant.scopes.joined(separator: " "), refresh_token: refresh))
  }
}
