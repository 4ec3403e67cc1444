import Testing

@testable import OAuth

@Suite struct SecretTests {
  private let text = "s3cr3t-t0k3n"

  private struct Failure: Error {
    let token: Secret
    let inside: [String: Secret?]
  }

  private enum Case: Error { case refused(Secret) }

  @Test("A secret prints as ‹redacted› wherever Swift can print it, alone and inside others")
  func neverPrinted() {
    let secret = Secret(text)
    let holders: [Any] = [
      secret, Optional(secret) as Any, [secret], ["key": secret], (secret, 1),
      Failure(token: secret, inside: ["key": secret]), Case.refused(secret),
      Mirror(reflecting: secret),
    ]
    for holder in holders {
      #expect(!printed(holder).contains(text), "in \(type(of: holder))")
      // The text's bytes, as an array prints them.
      #expect(!printed(holder).contains("115, 51, 99"), "in \(type(of: holder))")
    }
    #expect("\(secret)" == "‹redacted›")
    #expect(String(reflecting: secret) == "‹redacted›")
  }

  @Test("Only revealing gives the text, byte for byte")
  func reveal() {
    #expect(Secret(text).reveal() == text)
    #expect(Array(Secret("e\u{301}\r\n").reveal().utf8) == Array("e\u{301}\r\n".utf8))
    #expect(Secret("").isEmpty)
    #expect(!Secret(" ").isEmpty)
  }

  @Test("Secrets are equal when every byte is")
  func equality() {
    #expect(Secret(text) == Secret(text))
    #expect(Secret("abc") != Secret("abd"))
    #expect(Secret("abc") != Secret("bbc"))
    #expect(Secret("abc") != Secret("abcd"))
    #expect(Secret("") != Secret("a"))
    #expect(Secret("\u{e9}") != Secret("e\u{301}"), "canonically equivalent, but other bytes")
    #expect(Secret("abc") != Secret("ab"))
  }

  @Test("A fingerprint is the beginning of the SHA-256")
  func fingerprint() throws {
    #expect(Secret("abc").fingerprint == "sha256:ba7816bf")
    #expect(try Secret("abc").sha256().count == 32)
    #expect(try Secret("abc").sha256().suffix(2) == [0x15, 0xad])
    #expect(Secret("").fingerprint == "sha256:e3b0c442")
    #expect(Secret("88").fingerprint?.count == "sha256:".count + 8)
  }
}
