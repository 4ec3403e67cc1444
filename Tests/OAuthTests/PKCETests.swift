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
    "The bytes allowed make verifiers of the lengths allowed", arguments: [(32, 43), (96, 128)])
  func length(bytes: Int, characters: Int) throws {
    let pkce = try PKCE(randomBytes: [UInt8](repeating: 7, count: bytes))
    #expect(pkce.verifier.reveal().count == characters)
  }

  @Test("Too few bytes for a verifier are a mistake of the program, which ends it")
  func tooFew() async {
    await #expect(processExitsWith: .failure) {
      _ = try PKCE(randomBytes: [UInt8](repeating: 7, count: 31))
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
