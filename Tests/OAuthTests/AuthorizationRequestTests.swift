import Testing

@testable import OAuth

@Suite struct AuthorizationRequestTests {
  private func url(
    endpoint: String = "https://x.com/i/oauth2/authorize", scopes: String = "tweet.read users.read",
    clientID: String = "client", state: String = "state"
  ) throws -> String {
    AuthorizationRequest.url(
      endpoint: endpoint, clientID: clientID, redirectURI: "http://127.0.0.1:8976/oauth/callback",
      scopes: Scopes(parsing: scopes), state: state,
      pkce: try PKCE(randomBytes: [UInt8](repeating: 0, count: 32)))
  }

  @Test("The URL has every parameter of RFC 6749 §4.1.1 and RFC 7636 §4.3")
  func whole() throws {
    #expect(
      try url() == "https://x.com/i/oauth2/authorize?response_type=code&client_id=client"
        + "&redirect_uri=http%3A%2F%2F127.0.0.1%3A8976%2Foauth%2Fcallback"
        + "&scope=tweet.read%20users.read&state=state"
        + "&code_challenge=DwBzhbb51LfusnSGBa_hqYSgo7-j8BTQnip4TOnlzRo"
        + "&code_challenge_method=S256")
  }

  @Test("The verifier isn't in the URL")
  func verifier() throws {
    let pkce = try PKCE(randomBytes: [UInt8](repeating: 0, count: 32))
    #expect(try !url().contains(pkce.verifier.reveal()))
  }

  @Test(
    "An endpoint's own query stays, and a fragment doesn't",
    arguments: [
      ("http://localhost/a", "http://localhost/a?response_type"),
      ("http://localhost/a?tenant=1", "http://localhost/a?tenant=1&response_type"),
      ("http://localhost/a?", "http://localhost/a?response_type"),
      ("http://localhost/a?b&", "http://localhost/a?b&response_type"),
      ("http://localhost/a#top", "http://localhost/a?response_type"),
      ("http://localhost/a#top?b", "http://localhost/a?response_type"),
    ])
  func endpoint(endpoint: String, beginning: String) throws {
    #expect(try url(endpoint: endpoint).hasPrefix(beginning + "=code&"))
  }

  @Test("Reserved characters, spaces and anything but ASCII are percent-encoded")
  func encoding() throws {
    let text = try url(clientID: "a&b=c#d+é", state: "~-._ \"'\r\n")
    #expect(text.contains("&client_id=a%26b%3Dc%23d%2B%C3%A9&"))
    #expect(text.contains("&state=~-._%20%22%27%0D%0A&"))
  }

  @Test("No scopes, no parameter")
  func noScopes() throws {
    #expect(try !url(scopes: "").contains("scope"))
  }
}
