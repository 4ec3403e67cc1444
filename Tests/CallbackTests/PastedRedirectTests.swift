import TestSupport
import Testing

@testable import Callback

@Suite("Pasted redirect")
struct PastedRedirectTests {
  private static let state = "St4te-0123456789"
  private static let code = "VGhpcyBpcyBub3QgYSBjb2Rl-MTIzNDU2Nzg5MA"

  private func parse(_ text: String) -> PastedRedirect {
    PastedRedirect.parse(
      text, expecting: Self.state, otherThan: ["Y2xpZW50LWlkLW9mLXRoZS10ZXN0", "127.0.0.1:8976"])
  }

  @Test(
    "The URL and its query are understood, whatever they are wrapped in",
    arguments: [
      "http://127.0.0.1:8976/oauth/callback?state=\(state)&code=\(code)",
      "  HTTPS://h.example/cb?code=\(code)&state=\(state)\r\n",
      "?state=\(state)&code=\(code)", "state=\(state)&code=\(code)", "code=\(code)&state=\(state)",
      "\"http://h/cb?state=\(state)&code=\(code)\"", "'?state=\(state)&code=\(code)'",
      "<http://h/cb?state=\(state)&amp;code=\(code)>", "“http://h/cb?state=\(state)&code=\(code)”",
      "http://h/cb?state=\(state)&co\nde=\(code)", "http://h/cb?state=\(state)&code=\(code)#_=_",
    ])
  func codes(text: String) { #expect(parse(text) == .code(Self.code)) }

  @Test(
    "The bare code is understood, and told apart: nothing proves it",
    arguments: [
      code, " \(code) \n", "`\(code)`", "\(code.prefix(10))\r\n   \(code.dropFirst(10))",
      "\(code).", "\u{FEFF}\(code)\u{200B}", "code=\(code)", "&code=\(code)", "code = \(code) \n",
      "\(code)\nThat is all of it.", "The code is this, I think:\n\(code)",
    ])
  func bareCodes(text: String) { #expect(parse(text) == .bareCode(Self.code)) }

  @Test(
    "A URL is understood without its scheme, and in the company that chats and mails give it",
    arguments: [
      "127.0.0.1:8976/cb?state=\(state)&code=\(code)",
      "URL: http://h/cb?state=\(state)&code=\(code)",
      "\u{FEFF}http://h/cb?state=\(state)&code=\(code)",
      "(http://h/cb?state=\(state)&code=\(code))",
      "[here](http://h/cb?state=\(state)&code=\(code))", "http://h/cb?state=\(state)&code=\(code).",
      "[http://h/cb?state=\(state)&code=\(code)](http://h/cb?state=\(state)&code=\(code))",
      "http://h/cb?state=\(state)&co\u{200B}de=\(code)\u{2060}",
      "http://h/cb?state=\(state)&code=\(code),",
      "> http://h/cb?state=\(state.prefix(4))\n> \(state.dropFirst(4))&code=\(code)\n",
      "http://h/cb?state=\(state)&code=\(code)\nhttp://h/cb?state=\(state)&code=\(code)",
      "h/cb?state=\(state)&code=\(code)\nh/cb?state=\(state)&code=\(code)",
      "<http://h/cb?state=\(state)&code=\(code)|http://h/cb?state=\(state)&code=\(code)>",
      "<http://h/cb?state=\(state)&code=\(code)|h/cb>",
      "http://h/cb?state=\(state)&#38;code=\(code)",
      "http://h/cb?state=\(state)&#x26;code=\(code);", "http://h/cb?state=\(state)&code=\(code)).",
      "https://x.com/?response_type=code&state=\(state) http://h/cb?state=\(state)&code=\(code)",
      "ftp://h/cb?state=\(state)&code=\(code)", "ttp://h/cb?state=\(state)&code=\(code)",
    ])
  func company(text: String) { #expect(parse(text) == .code(Self.code)) }

  @Test(
    "Lines of other text before and after it are left out, and its own put together",
    arguments: [
      "http://h/cb?state=\(state)&code=\(code)\nthank you!",
      "Here:\nh/cb?state=\(state)&code=\(code)\n$ ",
      "http://h/cb?state=\(state)&code=\(code)\n\nCan’t connect to the server",
      "http://h/cb?state=\(state)&co\nde=\(code)\nme@host:~$ xauth login",
      "I got this one:\n> http://h/cb?state=\(state)&code=\(code.prefix(7))\n> \(code.dropFirst(7))\n\nSent from my phone",
      "http://h/cb?state=older&code=x\nhttp://h/cb?state=\(state)&code=\(code)\nwhich one is it?",
      "\(code)\nhttp://h/cb?state=\(state)&code=\(code)",
    ])
  func otherLines(text: String) { #expect(parse(text) == .code(Self.code)) }

  @Test(
    "Escaped by a shell, percent-encoded, and wrapped by link scanners it is understood",
    arguments: [
      "http://127.0.0.1:8976/oauth/callback\\?state=\(state)\\&code=\(code)",
      "http\\://h/cb\\?state\\=\(state)\\&code\\=\(code)",
      "http%3A%2F%2F127.0.0.1%3A8976%2Foauth%2Fcallback%3Fstate%3D\(state)%26code%3D\(code)",
      "http%3a%2f%2fh%2fcb%3fstate%3d\(state)%26code%3d\(code)",
      "http%253A%252F%252Fh%252Fcb%253Fstate%253D\(state)%2526code%253D\(code)",
      "https://eur01.safelinks.protection.outlook.com/?url=http%3A%2F%2F127.0.0.1%3A8976%2Foauth%2Fcallback%3Fstate%3D\(state)%26code%3D\(code)&data=05%7C02%7Cme&reserved=0",
      "https://www.google.com/url?q=http://h/cb%3Fstate%3D\(state)%26code%3D\(code)&sa=D&ust=1",
      "https://www.google.com/url?q=http://h/cb?state=\(state)&code=\(code)&sa=D",
      "https://urldefense.com/v3/__http://h/cb?state=\(state)&code=\(code)__;!!Abc!xYz$",
      "https://urldefense.proofpoint.com/v2/url?u=http-3A__h_cb-3Fstate-3D\(dashed(state))-26code-3D\(dashed(code))&d=DwMF&c=x",
    ])
  func wrapped(text: String) { #expect(parse(text) == .code(Self.code)) }

  /// As Proofpoint writes it.
  private static func dashed(_ text: String) -> String {
    text.replacing("-", with: "-2D").replacing("_", with: "-5F")
  }

  @Test(
    "Wrapped, another login's redirect and a denial are what they are",
    arguments: [
      (
        "https://l.example/?url=http%3A%2F%2Fh%2Fcb%3Fstate%3Dother%26code%3D\(code)",
        PastedRedirect.wrongState
      ),
      (
        "http%3A%2F%2Fh%2Fcb%3Fstate%3D\(state)%26error%3Daccess_denied",
        .denied(error: "access_denied", description: nil)
      ),
    ])
  func wrappedOthers(text: String, result: PastedRedirect) { #expect(parse(text) == result) }

  @Test(
    "Other things that are easily copied aren't mistaken for a code",
    arguments: [
      "/oauth/callback/and/so/on/and/on", state, "state-\(state)-and-more",
      "Y2xpZW50LWlkLW9mLXRoZS10ZXN0", "127.0.0.1:8976.and-so-on-and-on",
    ])
  func noCode(text: String) { #expect(parse(text) == .notARedirect) }

  @Test("A denial is no code")
  func denied() {
    #expect(
      parse("http://h/cb?error=access_denied&error_description=No+thanks&state=\(Self.state)")
        == .denied(error: "access_denied", description: "No thanks"))
  }

  @Test(
    "Another login's redirect is recognized",
    arguments: [
      "http://h/cb?state=other&code=\(code)", "?state=\(state)x&code=\(code)",
      "?state=other&error=access_denied", "?state=\(state)&state=\(state)&code=\(code)",
    ])
  func wrongState(text: String) { #expect(parse(text) == .wrongState) }

  @Test(
    "A truncated redirect is incomplete",
    arguments: [
      "", "  \n", "\"\"", "http://127.0.0.1:8976/oauth/callback", "http://h/cb?code=\(code)",
      "?code=\(code)", "error=access_denied", "?state=\(state)",
      "http://h/cb?code=\(code)&state=St4te",
      "?state=\(state)&code=", "127.0.0.1:8976/oauth/callback",
    ])
  func incomplete(text: String) { #expect(parse(text) == .incomplete) }

  @Test("The consent page's own address is recognized")
  func authorizationRequest() {
    let url = "https://x.com/i/oauth2/authorize?response_type=code&client_id=a&state=\(Self.state)"
    #expect(parse(url) == .authorizationRequest)
  }

  @Test(
    "Anything else is not a redirect",
    arguments: [
      "y", "yes", "hello world", "the server at this address took too long", "12345",
      "xauth login --paste", "http://h/cb?x=y", "?", "a?b",
      "#", "&&&&&&&&&&&&&&&&&&&&&&&&&",
      "ééééééééééééééééééééééééé", "\u{1b}[200~\u{1b}[200~\u{1b}[200~",
      "ttp://127.0.0.1:8976/callback",
      "ttp%3A//127.0.0.1:8976/callback",
    ])
  func notARedirect(text: String) { #expect(parse(text) == .notARedirect) }

  @Test("An empty expected state accepts only a bare code")
  func emptyState() {
    #expect(PastedRedirect.parse("?state=&code=\(Self.code)", expecting: "") == .incomplete)
    #expect(PastedRedirect.parse("?state=a&code=\(Self.code)", expecting: "") == .wrongState)
  }

  @Test("Any text gives a result")
  func anything() {
    var random = SeededGenerator(seed: 7)
    let alphabet = Array("ab=&?#%+ \n\"'<>/:;.stcode\u{e9}\u{1F600}\u{0}")
    for _ in 0..<3000 {
      let count = Int.random(in: 0...40, using: &random)
      let text = String((0..<count).map { _ in alphabet.randomElement(using: &random) ?? "a" })
      if case .code = parse(text) { Issue.record("a code in \(text.debugDescription)") }
    }
  }
}
