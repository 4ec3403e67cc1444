import Foundation
import TestSupport
import Testing

// One browser at a time: each takes as much of the machine as all the other tests.
@Suite(
  "A login in a real browser", .serialized,
  .enabled(if: FileManager.default.isExecutableFile(atPath: Chromium.program)))
struct LoginBrowserTests {
  private let folder = TemporaryFolder()

  /// Goes through X's page by a click; what is seen must be right whatever the click was.
  private func login(
    _ stage: LoginStage, clicking button: String, _ settings: Chromium.Settings = .init()
  ) throws -> (seen: Chromium.Seen, outcome: Child.Outcome) {
    let child = try stage.start()
    let seen = try Chromium.click(button, at: child.authorizeAddress(), settings)
    let outcome = child.wait()
    #expect(seen.problems.isEmpty)
    #expect(!seen.overflow)
    // X's page and the callback, and nothing from anywhere else.
    #expect(seen.requests.count == 2)
    #expect(seen.requests.last?.hasPrefix(stage.redirectURI + "?") == true)
    return (seen, outcome)
  }

  @Test("Approve: signed in, and the code has left the address bar", arguments: [false, true])
  func approve(isTLS: Bool) throws {
    let certificate = isTLS ? try TestCertificate(in: folder) : nil
    let stage = try LoginStage(sandbox: [], tls: certificate)
    let trust = try certificate.map { [try $0.publicKeyHash(in: folder)] } ?? []
    let (seen, outcome) = try login(stage, clicking: "Approve", .init(trust: trust))
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(seen.title == "You’re signed in · xauth")
    #expect(seen.text.contains("the new tokens are saved"))
    #expect(seen.url == stage.redirectURI)
    #expect(try stage.run("show").status == 0)
  }

  @Test("Deny: the page says that nothing was saved, exit 3", arguments: [false, true])
  func deny(isTLS: Bool) throws {
    let certificate = isTLS ? try TestCertificate(in: folder) : nil
    let stage = try LoginStage(sandbox: [], tls: certificate)
    let trust = try certificate.map { [try $0.publicKeyHash(in: folder)] } ?? []
    let settings = Chromium.Settings(trust: trust, width: 320, dark: true)
    let (seen, outcome) = try login(stage, clicking: "Deny", settings)
    #expect(outcome.status == 3, "\(outcome.errors)")
    #expect(seen.title == "X didn’t give access · xauth")
    #expect(seen.text.contains("Nothing was saved"))
    #expect(seen.url == stage.redirectURI)
    #expect(stage.value("X_OAUTH2_ACCESS_TOKEN") == nil)
  }

  @Test("The page needs no script")
  func withoutScript() throws {
    let stage = try LoginStage(sandbox: [])
    let (seen, outcome) = try login(
      stage, clicking: "Approve", .init(script: false, width: 320))
    #expect(outcome.status == 0)
    #expect(seen.text.contains("You’re signed in"))
  }

  @Test("A refused exchange: the page says that the login didn't finish")
  func exchangeRefused() throws {
    let stage = try LoginStage(
      sandbox: ["--client-secret", "right"], settings: ["CLIENT_SECRET=wrong"])
    let child = try stage.start()
    let seen = try Chromium.click("Approve", at: child.authorizeAddress(), .init(dark: true))
    #expect(child.wait().status == 4)
    #expect(seen.title == "The login didn’t finish · xauth")
    #expect(seen.url == stage.redirectURI)
    // The status is no secret, and browsers report it; nothing else may be wrong.
    #expect(seen.problems.allSatisfy { $0.contains("502") })
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
