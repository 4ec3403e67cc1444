import Testing

@testable import OAuth

@Suite struct PKCETests {
  @Test("The pair is the one of RFC 7636 appendix B")
  func appendixB() throws {
    let bytes: [UInt8] = [
      116, 24, 223, 180, 151, 153, 224, 37, 79, 250, 96, 125, 216, 173, 187, 186, 22, 212, 37, 77,
      105, 214, 191, 240, 91, 88, 5, 88, 83, 132, 141, 121,
    ]
    let pkce = try PKCE(randomBytes: bytes)
    #expect(pkce.verifier.reveal() == "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
    #expect(pkce.challenge == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")
    #expect(PKCE.method == "S256")
  }

  @Test(
    "Bytes that would make too short or too long a verifier are refused", arguments: [0, 31, 97])
  func length(count: Int) {
    #expect(throws: CryptographyUnavailable.self) {
      try PKCE(randomBytes: [UInt8](repeating: 7, count: count))
    }
  }

  @Test("Base64 for URLs has no padding and none of the letters that URLs reserve")
  func base64URL() {
    #expect(Base64URL.encode([]) == "")
    #expect(Base64URL.encode([0xFB]) == "-w")
    #expect(Base64URL.encode([0xFF, 0xFF]) == "__8")
    #expect(Base64URL.encode(Array("foobar".utf8)) == "Zm9vYmFy")
  }
}
