import Testing

@testable import Sandbox

@Suite("The consent page")
struct ConsentTests {
  private func field(_ page: Response) -> String {
    guard let start = page.text.range(of: #"name="consent" value=""#) else { return "" }
    return String(page.text[start.upperBound...].prefix { $0 != "\"" })
  }

  private func decide(_ trial: inout Trial, _ id: String, _ decision: String) -> Response {
    trial.post("/i/oauth2/authorize", ["consent": id, "decision": decision])
  }

  @Test("it shows which app asks for what, and issues nothing by itself")
  func shows() {
    var trial = Trial { $0.consent = .ask }
    let page = trial.authorize()
    #expect(page.status == 200)
    for text in ["app", "@sandbox", "tweet.read", "offline.access", Trial.redirectURI] {
      #expect(page.text.contains(text))
    }
    #expect(page.header("Location") == nil)
    #expect(trial.server.codes.isEmpty)
  }

  @Test("it says what each scope lets the app do")
  func meanings() {
    var trial = Trial { $0.consent = .ask }
    let page = trial.authorize(["scope": "bookmark.write space.fly"])
    #expect(
      page.text.contains("<dt><code>bookmark.write</code></dt><dd>add and remove bookmarks for you")
    )
    #expect(page.text.contains("<dt><code>space.fly</code></dt><dd>X documents no such scope"))
  }

  @Test("Approve answers with a code by 303, Deny with access_denied")
  func decisions() throws {
    var trial = Trial { $0.consent = .ask }
    let approved = decide(&trial, field(trial.authorize()), "approve")
    #expect(approved.status == 303)
    let code = try #require(Trial.parameters(approved)["code"])
    #expect(trial.exchange(code).status == 200)
    let denied = decide(&trial, field(trial.authorize()), "deny")
    #expect(Trial.parameters(denied) == ["error": "access_denied", "state": "s t&1"])
  }

  @Test("a form without the page's own value decides nothing, and a page is answered once")
  func crossSiteRequest() {
    var trial = Trial { $0.consent = .ask }
    let id = field(trial.authorize())
    #expect(decide(&trial, "sandbox-consent-guess", "approve").status == 403)
    #expect(decide(&trial, "", "approve").status == 400)
    #expect(decide(&trial, id, "maybe").status == 403)
    #expect(decide(&trial, id, "approve").status == 303)
    #expect(decide(&trial, id, "approve").status == 403)
  }

  @Test("of unanswered pages only the newest are kept")
  func bounded() {
    var trial = Trial { $0.consent = .ask }
    let first = field(trial.authorize())
    let second = field(trial.authorize())
    for _ in 2..<PendingConsents.limit + 1 { _ = trial.authorize(["state": "x"]) }
    #expect(decide(&trial, first, "approve").status == 403)
    #expect(decide(&trial, second, "approve").status == 303)
  }

  @Test("nothing of a request gets into a page unescaped")
  func escaping() {
    var trial = Trial { $0.consent = .ask }
    let page = trial.authorize(["scope": "<script>alert('&')</script>"])
    #expect(!page.text.contains("<script"))
    #expect(page.text.contains("&lt;script&gt;alert(&#39;&amp;&#39;)&lt;/script&gt;"))
  }

  @Test(
    "every page says that it isn't X, and carries its headers",
    arguments: ["/", "/nope", "/i/oauth2/authorize", "/i/oauth2/authorize?\(Trial.query())"])
  func everyPage(target: String) {
    var trial = Trial { $0.consent = .ask }
    let page = trial.send(Request(method: "GET", target: target))
    #expect(page.text.contains("This is not X"))
    #expect(page.header("Content-Type") == "text/html; charset=utf-8")
    #expect(page.header("Cache-Control") == "no-store")
    #expect(page.header("Content-Security-Policy")?.contains("default-src 'none'") == true)
    #expect(page.header("Content-Security-Policy")?.contains("frame-ancestors 'none'") == true)
  }
}
