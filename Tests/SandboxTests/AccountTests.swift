import Callback
import Testing

@testable import Sandbox

@Suite("The account call and the routes")
struct AccountTests {
  @Test("a valid access token names @sandbox")
  func account() throws {
    var trial = Trial()
    let tokens = try trial.login()
    #expect(
      trial.account(tokens.access_token).text
        == #"{"data":{"id":"1","name":"Sandbox","username":"sandbox"}}"#)
  }

  @Test("an access token ends with its lifetime; the refresh token doesn't")
  func expiry() throws {
    var trial = Trial { $0.accessLifetime = 60 }
    let tokens = try trial.login()
    #expect(tokens.expires_in == 60)
    trial.now += 59
    #expect(trial.account(tokens.access_token).status == 200)
    trial.now += 1
    #expect(trial.account(tokens.access_token).status == 401)
    #expect(trial.refresh(tokens.refresh_token).status == 200)
  }

  @Test("no token, a refresh token or another scheme is 401")
  func unauthorized() throws {
    var trial = Trial()
    let tokens = try trial.login()
    let bare = trial.send(Request(method: "GET", target: "/2/users/me"))
    #expect(bare.status == 401)
    #expect(trial.account(tokens.refresh_token ?? "").status == 401)
    let basic = HeaderField("Authorization", "Basic \(tokens.access_token)")
    #expect(
      trial.send(Request(method: "GET", target: "/2/users/me", headers: [basic])).status == 401)
  }

  @Test("a grant without the scopes for the call is 403")
  func scopes() throws {
    var trial = Trial()
    let tokens = try trial.login(["scope": "tweet.read bookmark.read"])
    let response = trial.account(tokens.access_token)
    #expect(response.status == 403)
    #expect(response.event.outcome == .scopeRefused)
  }

  @Test("another method is 405 with Allow, another path 404")
  func routes() {
    var trial = Trial()
    let get = trial.send(Request(method: "GET", target: "/2/oauth2/token"))
    #expect(get.status == 405)
    #expect(get.header("Allow") == "POST")
    let head = trial.send(Request(method: "HEAD", target: "/i/oauth2/authorize?\(Trial.query())"))
    #expect(head.status == 405)
    #expect(trial.server.codes.isEmpty)
    let missing = trial.send(Request(method: "GET", target: "/2/tweets"))
    #expect(missing.status == 404)
    #expect(missing.header("Content-Type")?.hasPrefix("application/json") == true)
    #expect(missing.event.route == "other")
  }
}
