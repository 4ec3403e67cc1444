import Testing

@testable import Sandbox

@Suite("The authorization endpoint")
struct AuthorizeTests {
  @Test("an approved request comes back with a code and the state, byte for byte")
  func approved() {
    var trial = Trial()
    let response = trial.authorize()
    let parameters = Trial.parameters(response)
    #expect(response.status == 302)
    #expect(response.header("Location")?.hasPrefix(Trial.redirectURI + "?") == true)
    #expect(parameters["state"] == "s t&1")
    #expect(parameters["code"]?.isEmpty == false)
    #expect(parameters["error"] == nil)
    #expect(response.event.outcome == .approved)
  }

  @Test("a denied request comes back with access_denied, the state, and no description")
  func denied() {
    var trial = Trial { $0.consent = .deny }
    #expect(
      Trial.parameters(trial.authorize()) == ["error": "access_denied", "state": "s t&1"])
  }

  @Test(
    "a wrong client, redirect URI or state shows X's words and never redirects",
    arguments: [
      ["client_id": "other"], ["client_id": nil], ["redirect_uri": nil],
      ["redirect_uri": Trial.redirectURI + "/"],
      ["redirect_uri": "http://localhost:8976/oauth/callback"],
      ["redirect_uri": "https://127.0.0.1:8976/oauth/callback"],
      ["redirect_uri": Trial.redirectURI + "?a=b"],
      ["state": nil], ["state": String(repeating: "s", count: 501)],
    ] as [[String: String?]])
  func accessNotGiven(changes: [String: String?]) {
    var trial = Trial()
    let response = trial.authorize(changes)
    #expect(response.status == 400)
    #expect(response.header("Location") == nil)
    #expect(response.text.contains("Something went wrong"))
    #expect(response.text.contains("You weren't able to give access to the App"))
    #expect(response.event.outcome == .accessNotGiven)
  }

  @Test("the page tells what was wrong, which X doesn't, and what is registered")
  func reason() {
    var trial = Trial()
    let slash = trial.authorize(["redirect_uri": Trial.redirectURI + "/"]).text
    #expect(
      slash.contains("The redirect URI isn't registered exactly".replacing("'", with: "&#39;")))
    #expect(slash.contains("<code>\(Trial.redirectURI)/</code>"))
    #expect(slash.contains("<dt>Registered</dt><dd><code>\(Trial.redirectURI)</code></dd>"))
    let client = trial.authorize(["client_id": "<b>"]).text
    #expect(client.contains("<dt>Sent</dt><dd><code>&lt;b&gt;</code></dd>"))
    #expect(client.contains("<dt>Registered</dt><dd><code>app</code></dd>"))
    #expect(trial.authorize(["state": nil]).text.contains("<dt>Sent</dt><dd>nothing</dd>"))
  }

  @Test("a client id that is only canonically equivalent is another one")
  func exactBytes() {
    var trial = Trial()
    trial.server = AuthorizationServer(
      client: Client(id: "K", redirectURIs: [Trial.redirectURI]), policy: trial.server.policy)
    #expect(trial.authorize(["client_id": "K"]).status == 302)
    #expect(trial.authorize(["client_id": "\u{212A}"]).status == 400)
  }

  @Test("a state of 500 characters is accepted")
  func longState() {
    var trial = Trial()
    let state = String(repeating: "é", count: 500)
    #expect(Trial.parameters(trial.authorize(["state": state]))["state"] == state)
  }

  @Test(
    "any other error is reported by redirect, with the state",
    arguments: [
      ("response_type", "token", "unsupported_response_type"),
      ("response_type", nil, "invalid_request"),
      ("code_challenge", nil, "invalid_request"),
      ("code_challenge", "short", "invalid_request"),
      ("code_challenge", String(repeating: "~", count: 43), "invalid_request"),
      ("code_challenge_method", "plain", "invalid_request"),
      ("code_challenge_method", "s256", "invalid_request"),
      ("code_challenge_method", nil, "invalid_request"),
      ("scope", nil, "invalid_request"),
      ("scope", "  ", "invalid_scope"),
      ("scope", "tweet.read \"", "invalid_scope"),
    ] as [(String, String?, String)])
  func refusedByRedirect(name: String, value: String?, error: String) {
    var trial = Trial()
    let parameters = Trial.parameters(trial.authorize([name: value]))
    #expect(parameters["error"] == error)
    #expect(parameters["state"] == "s t&1")
    #expect(parameters["code"] == nil)
  }

  @Test("a parameter that comes twice is refused")
  func repeated() {
    var trial = Trial()
    let target = "/i/oauth2/authorize?\(Trial.query())"
    let twoClients = trial.send(Request(method: "GET", target: target + "&client_id=app"))
    #expect(twoClients.event.outcome == .accessNotGiven)
    let twoScopes = trial.send(Request(method: "GET", target: target + "&scope=list.read"))
    #expect(Trial.parameters(twoScopes)["error"] == "invalid_request")
  }

  @Test("a redirect URI with a query keeps it")
  func redirectWithQuery() {
    var trial = Trial(redirectURIs: ["https://app.example/cb?tenant=1"])
    let location = trial.authorize(["redirect_uri": "https://app.example/cb?tenant=1"])
      .header("Location")
    #expect(location?.hasPrefix("https://app.example/cb?tenant=1&state=") == true)
  }
}
