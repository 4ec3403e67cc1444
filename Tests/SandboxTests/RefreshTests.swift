import Testing

@testable import Sandbox

@Suite("The refresh")
struct RefreshTests {
  private let invalidToken =
    #"{"error":"invalid_request","error_description":"Value passed for the token was invalid."}"#

  @Test("it rotates both tokens and keeps the scopes; the old access token ends")
  func rotation() throws {
    var trial = Trial()
    let first = try trial.login()
    let second = try Trial.tokens(trial.refresh(first.refresh_token))
    #expect(second.refresh_token != first.refresh_token)
    #expect(second.access_token != first.access_token)
    #expect(second.scope == first.scope)
    #expect(trial.account(first.access_token).status == 401)
    #expect(trial.account(second.access_token).status == 200)
  }

  @Test("a used refresh token is refused, and its successor stays valid")
  func replay() throws {
    var trial = Trial()
    let first = try trial.login()
    let second = try Trial.tokens(trial.refresh(first.refresh_token))
    let replay = trial.refresh(first.refresh_token)
    #expect(replay.status == 400)
    #expect(replay.text == invalidToken)
    #expect(replay.event.outcome == .replayed)
    #expect(replay.event.presentedGeneration == 1)
    #expect(trial.refresh(second.refresh_token).status == 200)
  }

  @Test("with family revocation a replay ends the whole grant")
  func familyRevocation() throws {
    var trial = Trial { $0.endsGrantOnReuse = true }
    let first = try trial.login()
    let second = try Trial.tokens(trial.refresh(first.refresh_token))
    #expect(trial.refresh(first.refresh_token).event.outcome == .replayed)
    #expect(trial.account(second.access_token).status == 401)
    let refused = trial.refresh(second.refresh_token)
    #expect(refused.status == 400)
    #expect(refused.event.outcome == .tokenEnded)
  }

  @Test("with family revocation a token of an older grant doesn't end the current one")
  func familyOfAnOlderGrant() throws {
    var trial = Trial { $0.endsGrantOnReuse = true }
    let old = try trial.login()
    let new = try trial.login()
    #expect(trial.refresh(old.refresh_token).event.outcome == .tokenEnded)
    #expect(trial.refresh(new.refresh_token).status == 200)
  }

  @Test("a token that was never issued is refused in the same words")
  func unknown() throws {
    var trial = Trial()
    let tokens = try trial.login()
    let never = trial.refresh("never-issued")
    #expect(never.text == invalidToken)
    #expect(never.event.outcome == .tokenUnknown)
    #expect(never.event.grant == nil)
    #expect(trial.refresh(tokens.access_token).text == invalidToken)
  }

  @Test("the log names grant, generation and digests, and no token")
  func event() throws {
    var trial = Trial()
    let first = try trial.login()
    let response = trial.refresh(first.refresh_token)
    let second = try Trial.tokens(response)
    let event = response.event
    #expect(event.outcome == .refreshed)
    #expect(event.route == "/2/oauth2/token")
    #expect(event.time == trial.now)
    #expect(event.grant == 1)
    #expect(event.presentedGeneration == 1)
    #expect(event.issuedGeneration == 2)
    #expect(event.presentedSHA256 == (try SHA256.hex(of: first.refresh_token ?? "")))
    #expect(event.refreshSHA256 == (try SHA256.hex(of: second.refresh_token ?? "")))
    #expect(event.accessSHA256 == (try SHA256.hex(of: second.access_token)))
    #expect(!String(reflecting: event).contains("sandbox-refresh"))
  }
}
