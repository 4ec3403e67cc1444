import Foundation
import TestSupport
import Testing

extension BrowserTests {
  @Suite("A login")
  struct LoginBrowserTests {
    private let folder = TemporaryFolder()

    /// A stage whose callback speaks plain http or https, and a browser that accepts it.
    private func stage(isTLS: Bool) throws -> (LoginStage, Chromium) {
      let certificate = isTLS ? try TestCertificate(in: folder) : nil
      let trusted = try certificate.map { [try $0.publicKeyHash(in: folder)] } ?? []
      return (try LoginStage(sandbox: [], tls: certificate), try Chromium(trusting: trusted))
    }

    /// Goes through X's page by a click; what is seen must be right whatever the click was.
    private func login(
      _ stage: LoginStage, in browser: Chromium, clicking button: String
    ) throws -> (seen: Chromium.Seen, outcome: Child.Outcome) {
      let child = try stage.start()
      _ = try browser.open(child.authorizeAddress())
      let seen = try browser.click(button)
      let outcome = child.wait()
      #expect(seen.problems == [])
      // X's page, the callback, with a code the same without it; and nothing from anywhere else.
      let callback = seen.requests.dropFirst()
      #expect(callback.count == (button == "Approve" ? 2 : 1))
      #expect(callback.first?.hasPrefix(stage.redirectURI + "?") == true)
      #expect(callback.allSatisfy { $0.hasPrefix(stage.redirectURI + "?") })
      #expect(button != "Approve" || callback.last?.contains("&") == false)
      return (seen, outcome)
    }

    @Test(
      "Approve: signed in, and the code has left address bar and history", arguments: [false, true])
    func approve(isTLS: Bool) throws {
      let (stage, browser) = try stage(isTLS: isTLS)
      let (seen, outcome) = try login(stage, in: browser, clicking: "Approve")
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(seen.status == 200)
      #expect(seen.title == "You’re signed in · xauth")
      #expect(seen.text.contains("the new tokens are saved"))
      #expect(seen.text.contains("@sandbox") && seen.text.contains(stage.folder.file(".env")))
      #expect(seen.url == stage.redirectURI)
      #expect(seen.history.last == stage.redirectURI)
      #expect(!seen.history.contains { $0.contains("code=") })
      #expect(try stage.run("show").status == 0)
    }

    @Test("Deny: the page says that nothing was saved, exit 3", arguments: [false, true])
    func deny(isTLS: Bool) throws {
      let (stage, browser) = try stage(isTLS: isTLS)
      let (seen, outcome) = try login(stage, in: browser, clicking: "Deny")
      #expect(outcome.status == 3, "\(outcome.errors)")
      #expect(seen.status == 403)
      #expect(seen.title == "You cancelled the login · xauth")
      #expect(seen.text.contains("nothing was saved"))
      #expect(seen.url == stage.redirectURI)
      #expect(!seen.history.contains { $0.contains("state=") && $0.contains("error=") })
      #expect(stage.value("X_OAUTH2_ACCESS_TOKEN") == nil)
    }

    @Test(
      "It works without its script, and even then the code has left address bar and history",
      arguments: [false, true])
    func withoutScript(isTLS: Bool) throws {
      let (stage, browser) = try stage(isTLS: isTLS)
      try browser.allowScript(false)
      let (seen, outcome) = try login(stage, in: browser, clicking: "Approve")
      #expect(outcome.status == 0)
      #expect(seen.text.contains("You’re signed in"))
      #expect(seen.url.hasPrefix(stage.redirectURI + "?state="))
      #expect(!(seen.history + [seen.url]).contains { $0.contains("code=") })
    }

    @Test("Loading the page again does no harm: not after the login, and not to the next one")
    func reload() throws {
      let (stage, browser) = try stage(isTLS: false)
      for hasScript in [true, false] {
        try browser.allowScript(hasScript)
        #expect(try login(stage, in: browser, clicking: "Approve").outcome.status == 0)
        let tokens = stage.folder.text(".env")

        let gone = try browser.reload()
        // The browser's own error page: nothing listens there any more.
        #expect(gone.status == 0)
        #expect(gone.url == "chrome-error://chromewebdata/")
        #expect(!gone.history.contains { $0.contains("code=") })

        let next = try stage.start(["--no-browser", "--force"])
        let address = next.authorizeAddress()
        let stale = try browser.reload()
        #expect(stale.status == 400)
        #expect(stale.title == "This is not the login in progress · xauth")
        #expect(stale.problems == [])
        #expect(stage.folder.text(".env") == tokens)

        _ = try browser.open(address)
        #expect(try browser.click("Approve").title == "You’re signed in · xauth")
        #expect(next.wait().status == 0)
        #expect(stage.folder.text(".env") != tokens)
      }
    }

    @Test("The start address leads this browser to X, again and again, and no other")
    func start() throws {
      for isTLS in [false, true] {
        let (stage, browser) = try stage(isTLS: isTLS)
        let child = try stage.start(["--browser", "true"])
        let address = child.startAddress()
        let consent = try browser.open(address)
        #expect(consent.url.hasPrefix("\(stage.api)/i/oauth2/authorize?"))
        #expect(consent.problems == [])
        #expect(try browser.open(address).url.hasPrefix("\(stage.api)/i/oauth2/authorize?"))

        if !isTLS {
          let other = try Chromium().open(address)
          #expect(other.status == 409)
          #expect(other.url == address)
          #expect(other.title == "This login is open in another browser · xauth")
          #expect(other.problems == [])
        }
        #expect(try browser.click("Approve").title == "You’re signed in · xauth")
        let outcome = child.wait()
        #expect(outcome.status == 0)
        #expect(outcome.errors.contains("a second browser opened this login") == !isTLS)
      }
    }

    @Test("A refused exchange: the page says that the login didn't finish")
    func exchangeRefused() throws {
      let stage = try LoginStage(
        sandbox: ["--client-secret", "right"], settings: ["CLIENT_SECRET=wrong"])
      let (seen, outcome) = try login(stage, in: try Chromium(), clicking: "Approve")
      #expect(outcome.status == 4)
      #expect(seen.status == 502)
      #expect(seen.title == "The login didn’t finish · xauth")
      #expect(seen.url == stage.redirectURI)
    }
  }
}

extension TestCertificate {
  /// The SHA-256 of its public key in base64, as browsers pin it (RFC 7469 §2.4).
  fileprivate func publicKeyHash(in folder: TemporaryFolder) throws -> String {
    let outcome = try Child.run(
      "/bin/sh",
      [
        "-c",
        """
        openssl x509 -in "$0" -noout -pubkey | openssl pkey -pubin -outform der \\
          | openssl dgst -sha256 -binary | openssl base64
        """, certificate,
      ], environment: LoginStage.environment)
    return outcome.output.trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
