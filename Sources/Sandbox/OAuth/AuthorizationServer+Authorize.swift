/// The authorization endpoint (RFC 6749 §3.1): what the browser sees.
extension AuthorizationServer {
  /// `GET /i/oauth2/authorize`.
  mutating func authorize(_ turn: inout Turn) throws(Refusal) -> Response {
    let form = Form(turn.request.query.utf8)
    guard let address = returnAddress(form) else {
      // X never redirects then: an open redirector would be the worse answer (RFC 9700 §4.11.2).
      turn.event.outcome = .accessNotGiven
      return Page.accessNotGiven.response
    }
    let asked: AuthorizationRequest
    do throws(AuthorizationRequest.Invalid) {
      asked = try AuthorizationRequest(form, address: address)
    } catch {
      turn.event.outcome = .authorizationRefused
      return .redirect(
        to: address.redirectURI,
        ["error": error.code, "error_description": error.description, "state": address.state],
        after: turn.request.method)
    }
    switch policy.consent {
    case .approve: return try approve(asked, &turn)
    case .deny: return deny(asked, &turn)
    case .ask:
      let id = turn.fresh("consent")
      consents.add(asked, id: id)
      turn.event.outcome = .asked
      return Page.consent(client, asked, id: id).response
    }
  }

  /// `POST /i/oauth2/authorize`: the consent page's form. What is asked for is what the page
  /// showed; the form carries only the decision and the value that proves it came from that page.
  mutating func decide(_ turn: inout Turn) throws(Refusal) -> Response {
    let form = Form(turn.request.body)
    let id = try form.required("consent")
    let decision = try form.required("decision")
    guard ["approve", "deny"].contains(decision), let asked = consents.take(id) else {
      turn.event.outcome = .consentRefused
      return Page.staleConsent.response
    }
    return decision == "approve" ? try approve(asked, &turn) : deny(asked, &turn)
  }

  /// Where an answer may go: the client is ours, the redirect URI registered, and a state is there
  /// for the client to know its answer by.
  private func returnAddress(_ form: Form) -> AuthorizationRequest.ReturnAddress? {
    guard let id = try? form.value("client_id"), id.isByteForByte(client.id),
      let uri = try? form.value("redirect_uri"), client.registers(uri),
      let state = try? form.value("state"), state.unicodeScalars.count <= Self.stateLimit
    else { return nil }
    return AuthorizationRequest.ReturnAddress(redirectURI: uri, state: state)
  }

  private mutating func approve(
    _ asked: AuthorizationRequest, _ turn: inout Turn
  ) throws(Refusal) -> Response {
    let code = turn.fresh("code")
    let now = turn.now
    codes = codes.filter { !$0.value.isExpired(at: now) }
    codes[try SHA256.hex(of: code)] = IssuedCode(request: asked, issuedAt: now)
    turn.event.outcome = .approved
    return .redirect(
      to: asked.address.redirectURI, ["state": asked.address.state, "code": code],
      after: turn.request.method)
  }

  private func deny(_ asked: AuthorizationRequest, _ turn: inout Turn) -> Response {
    turn.event.outcome = .denied
    return .redirect(
      to: asked.address.redirectURI, ["error": "access_denied", "state": asked.address.state],
      after: turn.request.method)
  }
}

extension IssuedCode {
  /// Whether its 30 seconds are over. A clock set back makes no code younger than it is.
  func isExpired(at now: Double) -> Bool {
    abs(now - issuedAt) > AuthorizationServer.codeLifetime
  }
}
