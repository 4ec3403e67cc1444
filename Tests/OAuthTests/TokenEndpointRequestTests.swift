import Testing

@testable import OAuth

@Suite struct TokenEndpointRequestTests {
  private let publicClient = ClientCredentials(id: "my-id")
  private let confidential = ClientCredentials(id: "my-id", secret: Secret("s"))

  @Test("A public client's code exchange has five parameters and no Authorization")
  func exchange() {
    let request = TokenEndpointRequest.codeExchange(
      api: "https://api.x.com", client: publicClient, code: Secret("a+b/c="),
      redirectURI: "http://127.0.0.1:8976/oauth/callback", verifier: Secret("ver-if_ier"))
    #expect(request.url == "https://api.x.com/2/oauth2/token")
    #expect(request.authorization == nil)
    #expect(
      request.body.reveal() == "code=a%2Bb%2Fc%3D&grant_type=authorization_code&client_id=my-id"
        + "&redirect_uri=http%3A%2F%2F127.0.0.1%3A8976%2Foauth%2Fcallback&code_verifier=ver-if_ier")
  }

  @Test("A refresh sends no scope")
  func refresh() {
    let request = TokenEndpointRequest.refresh(
      api: "https://api.x.com", client: publicClient, refreshToken: Secret("r&1"))
    #expect(request.url == "https://api.x.com/2/oauth2/token")
    #expect(
      request.body.reveal() == "refresh_token=r%261&grant_type=refresh_token&client_id=my-id")
  }

  @Test("A revocation always has its hint")
  func revocation() {
    let request = TokenEndpointRequest.revocation(
      api: "https://api.x.com", client: publicClient, token: Secret("t"), hint: .refreshToken)
    #expect(request.url == "https://api.x.com/2/oauth2/revoke")
    #expect(request.body.reveal() == "token=t&token_type_hint=refresh_token&client_id=my-id")
    let other = TokenEndpointRequest.revocation(
      api: "https://api.x.com", client: publicClient, token: Secret("t"), hint: .accessToken)
    #expect(other.body.reveal().contains("token_type_hint=access_token"))
  }

  @Test("A confidential client sends the same bodies, and its secret in the header only")
  func confidentialClient() {
    func both(_ make: (ClientCredentials) -> TokenEndpointRequest) {
      #expect(make(confidential).body == make(publicClient).body)
      #expect(make(confidential).authorization?.reveal() == "Basic bXktaWQ6cw==")
      #expect(!make(confidential).body.reveal().contains("secret"))
    }
    both { .refresh(api: "https://api.x.com", client: $0, refreshToken: Secret("r")) }
    both {
      .revocation(
        api: "https://api.x.com", client: $0, token: Secret("t"), hint: .accessToken)
    }
    both {
      .codeExchange(
        api: "https://api.x.com", client: $0, code: Secret("c"), redirectURI: "u",
        verifier: Secret("v"))
    }
  }

  @Test("Identifier and secret are form-encoded before Base64 (RFC 6749 §2.3.1)")
  func basic() {
    let client = ClientCredentials(id: "a:b", secret: Secret("p %é~"))
    // a%3Ab:p%20%25%C3%A9~
    #expect(client.authorization?.reveal() == "Basic YSUzQWI6cCUyMCUyNSVDMyVBOX4=")
  }

  @Test("An empty secret is a public client's")
  func emptySecret() {
    let client = ClientCredentials(id: "my-id", secret: Secret(""))
    #expect(!client.isConfidential)
    #expect(client.secret == nil)
    #expect(client.authorization == nil)
    #expect(confidential.isConfidential)
  }

  @Test(
    "A base URL may end with slashes and have a path",
    arguments: [
      ("http://127.0.0.1:9/", "http://127.0.0.1:9/2/oauth2/token"),
      ("http://127.0.0.1:9/x//", "http://127.0.0.1:9/x/2/oauth2/token"),
    ])
  func base(api: String, url: String) {
    #expect(
      TokenEndpointRequest.refresh(api: api, client: publicClient, refreshToken: Secret("r")).url
        == url)
  }
}
