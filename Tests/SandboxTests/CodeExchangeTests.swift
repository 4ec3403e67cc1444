import Testing

@testable import Sandbox

@Suite("The exchange of a code")
struct CodeExchangeTests {
  private let invalidCode =
    #"{"error":"invalid_request","error_description":"Value passed for the authorization code was invalid.","errors":[{"message":"Value passed for the authorization code was invalid."}]}"#

  @Test("a valid code gives a bearer token for two hours with the granted scopes")
  func success() throws {
    var trial = Trial()
    let response = trial.exchange(trial.code())
    let tokens = try Trial.tokens(response)
    #expect(tokens.token_type == "bearer")
    #expect(tokens.expires_in == 7200)
    #expect(
      Set(tokens.scope.split(separator: " ")) == ["tweet.read", "users.read", "offline.access"])
    #expect(tokens.refresh_token != nil)
    #expect(response.header("Cache-Control") == "no-store")
    #expect(response.event.outcome == .exchanged)
    #expect(trial.account(tokens.access_token).status == 200)
  }

  @Test("a code works once")
  func singleUse() {
    var trial = Trial()
    let code = trial.code()
    #expect(trial.exchange(code).status == 200)
    let again = trial.exchange(code)
    #expect(again.status == 400)
    #expect(again.text == invalidCode)
  }

  @Test("a code is valid for 30 seconds")
  func expiry() {
    var trial = Trial()
    let inTime = trial.code()
    trial.now += 30
    #expect(trial.exchange(inTime).status == 200)
    let late = trial.code()
    trial.now += 30.001
    #expect(trial.exchange(late).text == invalidCode)
  }

  @Test("another redirect URI than the code's is refused, and uses up the code")
  func redirectURI() {
    var trial = Trial(redirectURIs: [Trial.redirectURI, Trial.redirectURI + "2"])
    let code = trial.code()
    #expect(
      trial.exchange(code, ["redirect_uri": Trial.redirectURI + "2"]).text == invalidCode)
    #expect(trial.exchange(code).text == invalidCode)
  }

  @Test(
    "a verifier that doesn't fit the challenge is refused",
    arguments: [String(repeating: "a", count: 43), Trial.challenge, "short"])
  func verifier(verifier: String) {
    var trial = Trial()
    let response = trial.exchange(trial.code(), ["code_verifier": verifier])
    #expect(response.status == 400)
    #expect(
      response.text
        == #"{"error":"invalid_request","error_description":"Value passed for the code verifier did not match the code challenge."}"#
    )
  }

  @Test(
    "a missing parameter is named",
    arguments: ["grant_type", "client_id", "code", "redirect_uri", "code_verifier"])
  func missing(name: String) {
    var trial = Trial()
    let code = trial.code()
    let response = trial.exchange(code, [name: nil])
    #expect(response.status == 400)
    #expect(
      response.text
        == #"{"error":"invalid_request","error_description":"Missing required parameter [\#(name)]."}"#
    )
    // An incomplete request doesn't use up the code.
    #expect(trial.exchange(code).status == 200)
  }

  @Test("an unknown grant type is refused in RFC 6749's words")
  func grantType() {
    var trial = Trial()
    #expect(
      trial.exchange("c", ["grant_type": "password"]).text.contains("unsupported_grant_type"))
  }

  @Test("a login ends the grant before, both its tokens")
  func oneGrant() throws {
    var trial = Trial()
    let old = try trial.login()
    let new = try trial.login()
    #expect(trial.account(old.access_token).status == 401)
    let refused = trial.refresh(old.refresh_token)
    #expect(refused.status == 400)
    #expect(refused.event.outcome == .tokenEnded)
    #expect(refused.event.grant == 1)
    #expect(trial.account(new.access_token).status == 200)
    #expect(trial.refresh(new.refresh_token).event.grant == 2)
  }

  @Test("without offline.access, or when told so, there is no refresh token")
  func noRefreshToken() throws {
    var trial = Trial()
    let plain = trial.exchange(trial.code(["scope": "tweet.read"]))
    #expect(try Trial.tokens(plain).refresh_token == nil)
    #expect(!plain.text.contains("refresh_token"))
    var without = Trial { $0.issuesRefreshTokens = false }
    #expect(try without.login().refresh_token == nil)
  }

  @Test("less than was asked for can be granted")
  func fewerScopes() throws {
    var trial = Trial { $0.grantableScopes = ["tweet.read", "space.read"] }
    let tokens = try trial.login()
    #expect(tokens.scope == "tweet.read")
    #expect(tokens.refresh_token == nil)
  }
}
