import Testing

@testable import OAuth

@Suite struct TokenRefusalTests {
  private enum Verdict { case loginNeeded, misconfigured, temporary, unknown, granted }

  private func sort(
    _ answer: ServerAnswer, to request: TokenAnswer.Request = .refresh
  ) -> (Verdict, ErrorResponse.Subject?) {
    switch TokenAnswer.classify(answer, to: request) {
    case .granted: (.granted, nil)
    case .loginNeeded(let response): (.loginNeeded, response.subject)
    case .misconfigured(let response): (.misconfigured, response.subject)
    case .temporary: (.temporary, nil)
    case .outcomeUnknown: (.unknown, nil)
    }
  }

  @Test("X's words for a dead refresh token, and the standard's, need a login")
  func deadToken() {
    let spent = oauthError(400, "invalid_request", "Value passed for the token was invalid.")
    #expect(sort(spent) == (.loginNeeded, .token))
    #expect(sort(oauthError(400, "invalid_grant")) == (.loginNeeded, .token))
    #expect(sort(oauthError(401, "invalid_grant", "x")) == (.loginNeeded, .token))
    #expect(sort(oauthError(400, "invalid_request", "token EXPIRED")) == (.loginNeeded, .token))
  }

  @Test("A refused code and a mismatched verifier need a login, each for its own reason")
  func refusedCode() {
    let code = answer(
      400,
      #"""
      {"error":"invalid_request",
       "error_description":"Value passed for the authorization code was invalid.",
       "errors":[{"message":"x","parameters":{"code":["s3cr3t"]}}]}
      """#)
    #expect(sort(code, to: .codeExchange) == (.loginNeeded, .authorizationCode))
    let verifier = oauthError(
      400, "invalid_request",
      "Value passed for the code verifier did not match the code challenge.")
    #expect(sort(verifier, to: .codeExchange) == (.loginNeeded, .codeVerifier))
    let standard = oauthError(400, "invalid_grant")
    #expect(sort(standard, to: .codeExchange) == (.loginNeeded, .authorizationCode))
    let redirect = oauthError(400, "invalid_grant", "redirect_uri does not match")
    #expect(sort(redirect, to: .codeExchange) == (.loginNeeded, .redirectURI))
  }

  @Test(
    "What the settings cause is told as such, and spends nothing",
    arguments: [
      (401, "unauthorized_client", "Missing valid authorization header", .client),
      (401, "invalid_client", "", .client), (400, "invalid_scope", "", .scope),
      (400, "unsupported_grant_type", "", .other),
      (400, "invalid_request", "Missing required parameter [refresh_token].", .missingParameter),
      (400, "invalid_request", "Missing required parameter [code_verifier].", .missingParameter),
      (
        400, "invalid_request",
        "Value passed for the redirect uri did not match the uri of the authorization code.",
        .redirectURI
      ),
      (400, "invalid_request", "Value passed for the client id was invalid.", .other),
      (400, "invalid_request", "Value passed for the token_type_hint was invalid.", .other),
      (400, "invalid_request", "Value passed for the token type hint was invalid.", .other),
      (400, "invalid_request", "", .other), (403, "app_suspended", "invalid token", .other),
    ] as [(Int, String, String, ErrorResponse.Subject)])
  func misconfigured(status: Int, error: String, text: String, subject: ErrorResponse.Subject) {
    #expect(sort(oauthError(status, error, text)) == (.misconfigured, subject))
    #expect(sort(oauthError(status, error, text), to: .codeExchange) == (.misconfigured, subject))
  }

  @Test("Too many requests spend nothing, whatever the body")
  func busy() {
    let page = answer(429, "<html>", ["Retry-After": "7"])
    #expect(
      TokenAnswer.classify(page, to: .refresh) == .temporary(retryAfter: .after(seconds: 7)))
    #expect(sort(oauthError(429, "invalid_grant")) == (.temporary, nil))
    #expect(
      TokenAnswer.classify(answer(429, ""), to: .codeExchange) == .temporary(retryAfter: nil))
  }

  @Test("A server's or a gateway's failure leaves the outcome unknown, even with an OAuth error")
  func serverFaults() {
    for status in [500, 502, 503, 504] {
      let expected = TokenAnswer.outcomeUnknown(.serverFault(status: status))
      #expect(TokenAnswer.classify(oauthError(status, "invalid_grant"), to: .refresh) == expected)
      #expect(
        TokenAnswer.classify(answer(status, "", ["retry-after": "1"]), to: .codeExchange)
          == expected)
    }
    #expect(sort(oauthError(400, "temporarily_unavailable")) == (.unknown, nil))
    #expect(sort(oauthError(400, "server_error")) == (.unknown, nil))
  }

  @Test(
    "What is no OAuth error leaves the outcome unknown",
    arguments: [
      (400, ""), (400, "<html>invalid_grant</html>"), (401, #"{"title":"Unauthorized"}"#),
      (403, #"{"error":{"code":1}}"#), (404, #"{"error":""}"#), (408, "{}"), (400, "[]"),
      (302, #"{"error":"invalid_grant"}"#), (100, #"{"error":"invalid_grant"}"#),
      (600, #"{"access_token":"a"}"#),
    ])
  func notOAuth(status: Int, body: String) {
    for request in [TokenAnswer.Request.refresh, .codeExchange] {
      #expect(
        TokenAnswer.classify(answer(status, body), to: request)
          == .outcomeUnknown(.notOAuth(status: status)))
    }
  }

  @Test("The server's words are shown short, clean, and without what it echoes")
  func words() throws {
    let long = String(repeating: "x", count: 1000)
    let hostile = oauthError(
      400, #"invalid_grant"#, #"\u001b]0;\u202eabc\u0007 s3cr3t \#(long)"#)
    let result = TokenAnswer.classify(hostile, to: .refresh, withholding: [Secret("s3cr3t")])
    guard case .loginNeeded(let response) = result else {
      Issue.record("\(result)")
      return
    }
    #expect(response.code == "invalid_grant")
    #expect(response.errorDescription?.hasPrefix("]0;abc ‹redacted› xxx") == true)
    #expect(response.errorDescription?.unicodeScalars.count == 200)
    let echo = TokenAnswer.classify(
      oauthError(400, "no_s3cr3t"), to: .refresh, withholding: [Secret("s3cr3t")])
    #expect(!"\(echo)".contains("s3cr3t"))
  }
}
