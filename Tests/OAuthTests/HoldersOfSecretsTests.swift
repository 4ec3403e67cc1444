import Testing

@testable import OAuth

@Suite struct HoldersOfSecretsTests {
  private static let text = "s3cr3t-t0k3n"

  private static func holders() throws -> [Any] {
    let secret = Secret(text)
    let tokens = IssuedTokens(
      accessToken: secret, refreshToken: secret, lifetime: 1, scopes: Scopes(parsing: "a"))
    return [
      ClientCredentials(id: "id", secret: secret), tokens, TokenAnswer.granted(tokens),
      TokenEndpointRequest.refresh(
        api: "https://api.x.com", client: ClientCredentials(id: "id", secret: secret),
        refreshToken: secret),
      OAuth1Credentials(
        consumerKey: "key", consumerSecret: secret, accessToken: secret, accessTokenSecret: secret),
      FormParameter("token", text), [FormParameter("token", text)],
      try OAuth1Request(
        method: "POST", url: "https://h/?token=\(text)", form: [FormParameter("token", text)]),
      answer(200, text), [answer(200, text)],
    ]
  }

  @Test("No value of this module prints a secret that it holds")
  func neverPrinted() throws {
    for holder in try Self.holders() {
      let all = printed(holder)
      #expect(!all.contains(Self.text), "in \(type(of: holder))")
      // The text's bytes, as an array prints them.
      #expect(!all.contains("115, 51, 99"), "in \(type(of: holder))")
    }
  }

  @Test("A PKCE pair prints its challenge and not its verifier")
  func pkce() throws {
    let pkce = try PKCE(randomBytes: [UInt8](repeating: 9, count: 32))
    #expect(printed(pkce).contains(pkce.challenge))
    #expect(!printed(pkce).contains(pkce.verifier.reveal()))
  }
}
