import Testing

@testable import OAuth

@Suite struct TokenAnswerTests {
  private func refresh(_ body: String, status: Int = 200) -> TokenAnswer {
    TokenAnswer.classify(answer(status, body), to: .refresh)
  }

  private func granted(_ members: String) throws -> IssuedTokens {
    let result = refresh(#"{"access_token":"a"\#(members)}"#)
    guard case .granted(let tokens) = result else {
      Issue.record("\(result)")
      throw CancellationError()
    }
    return tokens
  }

  @Test("X's answer is granted with everything in it")
  func usual() {
    let body = """
      {"token_type":"bearer","expires_in":7200,"access_token":"new-access",
       "scope":"users.read tweet.read","refresh_token":"new-refresh"}
      """
    #expect(
      refresh(body)
        == .granted(
          IssuedTokens(
            accessToken: Secret("new-access"), refreshToken: Secret("new-refresh"), lifetime: 7200,
            scopes: Scopes(parsing: "tweet.read users.read"))))
    #expect(TokenAnswer.classify(answer(201, body), to: .codeExchange) == refresh(body))
  }

  @Test(
    "A life is understood as a number or as text",
    arguments: [
      ("3600", 3600), (#""3600""#, 3600), ("3600.9", 3600), ("1", 1), ("31536000", 31_536_000),
      ("3.6e3", 3600),
    ])
  func lifetime(written: String, seconds: Int) throws {
    let tokens = try granted(#","expires_in":\#(written)"#)
    #expect(tokens.lifetime == seconds)
    #expect(!tokens.lifetimeIsAssumed)
  }

  @Test(
    "A life that is missing or absurd is taken for two hours, and said to be",
    arguments: [
      "null", "0", "-1", "0.5", "31536001", "1e400", "99999999999999999999", #""soon""#, #""nan""#,
      #""""#, "true", "[]", "{}",
    ])
  func absurdLifetime(written: String) throws {
    let tokens = try granted(#","expires_in":\#(written)"#)
    #expect(tokens.lifetime == 7200)
    #expect(tokens.lifetimeIsAssumed)
    #expect(try granted("").lifetimeIsAssumed)
  }

  @Test(
    "Scopes come as text, as a list, or not at all; nothing else gets into a file",
    arguments: [
      (#","scope":"a b""#, "a b"), (#","scope":"a,b""#, "a b"), (#","scope":["a","b c"]"#, "a b c"),
      (#","scope":"a \u001b[2J b\"c d\\e é""#, "a"), (#","scope":"""#, nil), ("", nil),
      (#","scope":null"#, nil), (#","scope":7"#, nil), (#","scope":"\u0007""#, nil),
    ])
  func scopes(members: String, scopes: String?) throws {
    #expect(try granted(members).scopes == scopes.map { Scopes(parsing: $0) })
  }

  @Test(
    "A missing refresh token is none",
    arguments: ["", #","refresh_token":null"#, #","refresh_token":"""#])
  func noRefreshToken(members: String) throws {
    #expect(try granted(members).refreshToken == nil)
  }

  @Test(
    "What servers do beside the standard does no harm",
    arguments: [
      "\u{feff}{\"access_token\":\"a\"}", " \r\n{\"access_token\":\"a\"}\n",
      #"{"access_token":"a","token_type":"BeArEr"}"#, #"{"access_token":"a","token_type":null}"#,
      #"{"access_token":"a","x":[[{"access_token":"b"}]],"error":"none"}"#,
      #"{"access_token":"\u0061"}"#, #"{"error":null,"access_token":"a"}"#,
    ])
  func tolerated(body: String) {
    guard case .granted(let tokens) = refresh(body) else {
      Issue.record("\(refresh(body))")
      return
    }
    #expect(tokens.accessToken == Secret("a"))
  }

  @Test("Of a name given twice the first is taken")
  func duplicates() throws {
    #expect(try granted(#","access_token":"b""#).accessToken == Secret("a"))
  }

  @Test(
    "Tokens that can't be stored make the whole answer unusable",
    arguments: [
      #"{"access_token":"a\n"}"#, #"{"access_token":"\u0000"}"#, #"{"access_token":"é"}"#,
      #"{"access_token":"\u007f"}"#, #"{"access_token":7}"#, #"{"access_token":["a"]}"#,
      #"{"access_token":"a","refresh_token":"b\r"}"#, #"{"access_token":"a","refresh_token":{}}"#,
    ])
  func unusableTokens(body: String) {
    #expect(refresh(body) == .outcomeUnknown(.unusableToken))
  }

  @Test("Tokens may have any character of VSCHAR, and 16 KiB")
  func tokenLimits() {
    let all = String(decoding: 0x20...0x7E as ClosedRange<UInt8>, as: UTF8.self)
      .replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    for token in [all, String(repeating: "t", count: 16_384)] {
      guard case .granted = refresh(#"{"access_token":"\#(token)"}"#) else {
        Issue.record("refused")
        return
      }
    }
    let long = String(repeating: "t", count: 16_385)
    #expect(refresh(#"{"access_token":"\#(long)"}"#) == .outcomeUnknown(.unusableToken))
    #expect(
      refresh(#"{"access_token":"a","refresh_token":"\#(long)"}"#)
        == .outcomeUnknown(.unusableToken))
  }

  @Test("A success without an access token leaves the outcome unknown")
  func noAccessToken() {
    for body in [
      "{}", #"{"access_token":""}"#, #"{"access_token":" "}"#, #"{"error":"invalid_grant"}"#,
      #"{"access_token":null,"refresh_token":" "}"#,
    ] {
      #expect(refresh(body) == .outcomeUnknown(.noAccessToken), "\(body)")
    }
    for type in [#""mac""#, "1", #""bearer ""#] {
      #expect(
        refresh(#"{"access_token":"a","token_type":\#(type)}"#)
          == .outcomeUnknown(.unusableTokenType))
    }
  }

  @Test(
    "A refresh token that comes without a usable access token is granted",
    arguments: [
      #""access_token":null"#, #""access_token":"  ""#, #""access_token":7"#,
      #""access_token":"a\n""#, #""access_token":"a","token_type":"mac""#,
    ])
  func refreshTokenAlone(members: String) {
    guard case .granted(let issued) = refresh(#"{"refresh_token":"r",\#(members)}"#) else {
      Issue.record("not granted")
      return
    }
    #expect(issued.accessToken == nil)
    #expect(issued.refreshToken == Secret("r"))
  }

  @Test(
    "What is no JSON object is no answer",
    arguments: [
      "", "<html>", "[]", "null", "\"a\"", #"{"access_token":"a""#, #"{"access_token":"a"}}"#,
      #"{access_token:"a"}"#, "access_token=a",
    ])
  func notJSON(body: String) {
    #expect(refresh(body) == .outcomeUnknown(.notOAuth(status: 200)))
  }

  @Test("A token that is no UTF-8 is unusable; elsewhere such bytes do no harm")
  func brokenText() {
    func sort(_ before: String, _ after: String) -> TokenAnswer {
      let body = Array(before.utf8) + [0xFF, 0xC0] + Array(after.utf8)
      return TokenAnswer.classify(ServerAnswer(status: 200, headers: [:], body: body), to: .refresh)
    }
    #expect(sort(#"{"access_token":"a"#, #""}"#) == .outcomeUnknown(.unusableToken))
    #expect(
      sort(#"{"access_token":"a","x":""#, #""}"#) == refresh(#"{"access_token":"a"}"#))
  }

  @Test("Nesting without end is no answer, and takes neither the stack nor the time")
  func hostile() {
    let deep = #"{"access_token":"a","x":"# + String(repeating: "[", count: 200_000)
    #expect(refresh(deep) == .outcomeUnknown(.notOAuth(status: 200)))
    let wide = #"{"access_token":"a","x":["# + String(repeating: "1,", count: 200_000) + "1]}"
    #expect(refresh(wide) == refresh(#"{"access_token":"a"}"#))
  }
}
