/// The revocation endpoint (RFC 7009).
extension AuthorizationServer {
  /// `POST /2/oauth2/revoke`. Each token ends alone: a client that means both has to revoke both.
  mutating func revoke(_ turn: inout Turn) throws(Refusal) -> Response {
    struct Body: Encodable { let revoked = true }
    let form = Form(turn.request.body)
    try authenticate(form, turn)
    let token = try form.required("token")
    // X insists on the hint that RFC 7009 §2.1 leaves to the client.
    let hint = try form.required("token_type_hint")
    guard ["access_token", "refresh_token"].contains(hint) else { throw .unsupportedTokenType }
    let digest = try SHA256.hex(of: token)
    turn.event.presentedSHA256 = digest
    if let issued = issuedRefreshTokens[digest] {
      turn.event.grant = issued.grant
      turn.event.presentedGeneration = issued.generation
    }
    // The hint is only a hint: a token is found whichever it says (RFC 7009 §2.1).
    if grant?.refreshDigest == digest {
      grant?.refreshDigest = nil
      turn.event.outcome = .refreshRevoked
    } else if grant?.access?.digest == digest {
      turn.event.grant = grant?.index
      grant?.access = nil
      turn.event.outcome = .accessRevoked
    } else {
      turn.event.outcome = .nothingRevoked
    }
    return .json(Body())
  }
}
