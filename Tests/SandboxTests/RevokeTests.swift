import Testing

@testable import Sandbox

@Suite("The revocation endpoint")
struct RevokeTests {
  @Test("each token ends alone, so a client has to revoke both")
  func eachAlone() throws {
    var trial = Trial()
    let tokens = try trial.login()
    let refresh = trial.revoke(tokens.refresh_token, hint: "refresh_token")
    #expect(refresh.text == #"{"revoked":true}"#)
    #expect(refresh.event.outcome == .refreshRevoked)
    #expect(trial.account(tokens.access_token).status == 200)
    #expect(trial.refresh(tokens.refresh_token).event.outcome == .tokenEnded)
    let access = trial.revoke(tokens.access_token, hint: "access_token")
    #expect(access.event.outcome == .accessRevoked)
    #expect(access.event.grant == 1)
    #expect(trial.account(tokens.access_token).status == 401)
  }

  @Test("revoking the access token leaves the refresh token")
  func accessOnly() throws {
    var trial = Trial()
    let tokens = try trial.login()
    #expect(trial.revoke(tokens.access_token, hint: "access_token").status == 200)
    #expect(trial.refresh(tokens.refresh_token).status == 200)
  }

  @Test("a token is found though the hint is the other one")
  func wrongHint() throws {
    var trial = Trial()
    let tokens = try trial.login()
    #expect(
      trial.revoke(tokens.refresh_token, hint: "access_token").event.outcome == .refreshRevoked)
  }

  @Test("revoking a used or unknown token succeeds, and ends nothing")
  func nothingToRevoke() throws {
    var trial = Trial()
    let first = try trial.login()
    let second = try Trial.tokens(trial.refresh(first.refresh_token))
    let spent = trial.revoke(first.refresh_token, hint: "refresh_token")
    #expect(spent.status == 200)
    #expect(spent.event.outcome == .nothingRevoked)
    #expect(spent.event.presentedGeneration == 1)
    #expect(trial.revoke("unknown", hint: "refresh_token").status == 200)
    #expect(trial.refresh(second.refresh_token).status == 200)
  }

  @Test("X insists on the hint, and on one of the two it knows")
  func hint() throws {
    var trial = Trial()
    let tokens = try trial.login()
    let without = trial.revoke(tokens.refresh_token, hint: "")
    #expect(without.status == 400)
    #expect(without.text.contains("Missing required parameter [token_type_hint]."))
    #expect(
      trial.revoke(tokens.refresh_token, hint: "id_token").text.contains("unsupported_token_type"))
    #expect(trial.refresh(tokens.refresh_token).status == 200)
  }

  @Test("the client has to authenticate")
  func client() {
    var trial = Trial(secret: "s3cret")
    #expect(trial.revoke("t", hint: "access_token").status == 401)
  }
}
