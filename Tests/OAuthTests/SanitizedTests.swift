import Testing

@testable import OAuth

@Suite struct SanitizedTests {
  @Test(
    "Whatever moves the cursor, colours, turns the text round or hides is gone",
    arguments: [
      ("\u{1b}[31mred\u{7}", "[31mred"), ("a\u{9b}2Jb", "a2Jb"), ("a\u{85}b", "a b"),
      ("a\u{202e}cba\u{202c}", "acba"), ("a\u{2066}b\u{2069}", "ab"), ("a\u{200b}\u{feff}b", "ab"),
      ("a\u{e0041}b", "ab"), ("a\u{3164}b", "ab"), ("a\u{7f}\0b", "ab"),
    ])
  func stripped(text: String, shown: String) {
    #expect(sanitized(text, limit: 200) == shown)
  }

  @Test("Line breaks and runs of white space become one space, none at the ends")
  func oneLine() {
    #expect(sanitized(" a\r\n\r\nb\t\u{2028}c \n", limit: 200) == "a b c")
  }

  @Test("Ordinary text of any language stays")
  func ordinary() {
    let text = "Le jeton « é » n'est pas valide. 令牌無效 🙂"
    #expect(sanitized(text, limit: 200) == text)
  }

  @Test("Long text is cut where the limit says")
  func limit() {
    #expect(sanitized("abcde", limit: 5) == "abcde")
    #expect(sanitized("abcdef", limit: 5) == "abcd…")
    #expect(sanitized("abc", limit: 0) == "…")
    let marks = "e" + String(repeating: "\u{301}", count: 100_000)
    #expect(sanitized(marks, limit: 200).unicodeScalars.count == 200)
  }

  @Test("A secret that the server echoes is blotted out before anything is cut")
  func withholding() {
    let secret = Secret("abc  def")
    let shown = sanitized(
      "no abc\u{1b}\u{200b} \r\ndef\u{301}, sorry", withholding: [secret], limit: 200)
    #expect(shown == "no ‹redacted›\u{301}, sorry")
    let long = sanitized("the token abc  def", withholding: [secret, Secret("")], limit: 13)
    #expect(long == "the token ‹r…")
  }
}
