import Testing

@testable import OAuth

@Suite struct RevocationAnswerTests {
  @Test(
    "A success without a body, or with JSON that doesn't deny it, is one",
    arguments: [
      "", " \r\n", "{}", #"{"revoked":true}"#, #"{"revoked":"true"}"#, #"{"revoked":null}"#,
      #"{"token_type_hint":"refresh_token"}"#, #"{"errors":null}"#,
    ])
  func revoked(body: String) {
    #expect(RevocationAnswer.classify(answer(200, body)) == .revoked)
    #expect(RevocationAnswer.classify(answer(204, body)) == .revoked)
  }

  @Test(
    "A success that denies it, or that somebody else may have sent, confirms nothing",
    arguments: [
      #"{"revoked":false}"#, #"{"revoked":"false"}"#, #"{"revoked":0}"#, #"{"revoked":"no"}"#,
      #"{"title":"Unauthorized","status":401}"#, #"{"success":false}"#,
      #"{"data":{"revoked":false}}"#, #"{"status":"error","message":"no"}"#,
      #"{"error":"invalid_request"}"#, #"{"errors":[{"message":"no"}]}"#, "<html>blocked</html>",
      "blocked by policy", "[]", "null", "false", #"{"revoked":true"#,
    ])
  func unconfirmed(body: String) {
    #expect(RevocationAnswer.classify(answer(200, body)) == .unknown)
  }

  @Test("A token that the server doesn't take is already revoked")
  func alreadyInvalid() {
    let spent = oauthError(400, "invalid_request", "Value passed for the token was invalid.")
    #expect(RevocationAnswer.classify(spent) == .alreadyInvalid)
    #expect(RevocationAnswer.classify(oauthError(400, "invalid_grant")) == .alreadyInvalid)
  }

  @Test("A request that the settings spoil has revoked nothing")
  func misconfigured() {
    for refusal in [
      oauthError(400, "invalid_request", "Missing required parameter [token_type_hint]."),
      oauthError(400, "invalid_request", "Value passed for the token_type_hint was invalid."),
      oauthError(400, "unsupported_token_type"), oauthError(401, "invalid_client", "token invalid"),
    ] {
      guard case .misconfigured = RevocationAnswer.classify(refusal) else {
        Issue.record("\(RevocationAnswer.classify(refusal))")
        continue
      }
    }
  }

  @Test("429 and 503 say to come back later (RFC 7009 §2.2.1); any other failure says nothing")
  func later() {
    #expect(
      RevocationAnswer.classify(answer(503, "", ["Retry-After": "3"]))
        == .temporary(retryAfter: .after(seconds: 3)))
    #expect(RevocationAnswer.classify(answer(429, "")) == .temporary(retryAfter: nil))
    for status in [302, 400, 404, 500, 502] {
      #expect(RevocationAnswer.classify(answer(status, "<html>")) == .unknown)
    }
    #expect(RevocationAnswer.classify(oauthError(400, "server_error")) == .unknown)
  }
}
