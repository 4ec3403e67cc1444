import Foundation
import TestSupport
import Testing

@Suite("A login that fails")
struct LoginFailureTests {
  @Test("Denied: the page says so, exit 3, nothing is changed")
  func denied() throws {
    let stage = try LoginStage(sandbox: ["--auto-deny"])
    let before = stage.folder.text(".env")
    let outcome = try stage.login(["--json"])
    #expect(outcome.status == 3)
    #expect(outcome.error["code"] as? String == "denied")
    #expect(stage.page?.status == 403)
    #expect(stage.page?.heading == "You cancelled the login")
    #expect(stage.folder.text(".env") == before)
  }

  @Test(
    "X's other errors are told apart, and nothing of them reaches the page",
    arguments: [
      ("invalid_scope", 4, "scopes_refused", 403, "X rejected the request"),
      ("unauthorized_client", 4, "authorization_refused", 403, "X rejected the request"),
      (
        "temporarily_unavailable", 75, "authorization_unavailable", 503,
        "X can’t sign you in right now"
      ),
      ("odd", 3, "denied", 403, "X rejected the request"),
    ])
  func refused(
    error: String, exit: Int32, code: String, status: Int, heading: String
  ) throws {
    let stage = try LoginStage()
    let child = try stage.start(["--no-browser", "--json"])
    let state = Self.state(in: child.authorizeAddress())
    let words = "%3Cb%3Ewords%1B%5B31m%3C%2Fb%3E"
    try stage.browse(
      "\(stage.redirectURI)?error=\(error)&error_description=\(words)&state=\(state)")
    let outcome = child.wait()
    #expect(outcome.status == exit)
    #expect(outcome.error["code"] as? String == code)
    #expect((outcome.error["message"] as? String)?.contains("\u{1B}") == false)
    #expect(stage.page?.status == status)
    #expect(stage.page?.heading == heading)
    #expect(stage.page?.html.contains("words") == false)
  }

  @Test("A wrong secret is a setting that is wrong: exit 4, and the page doesn't say signed in")
  func wrongSecret() throws {
    let stage = try LoginStage(
      sandbox: ["--auto-approve", "--client-secret", "right"], settings: ["CLIENT_SECRET=wrong"])
    let outcome = try stage.login(["--json"])
    #expect(outcome.status == 4)
    #expect(outcome.error["code"] as? String == "client_refused")
    #expect(stage.page?.status == 502)
    #expect(stage.page?.heading == "The login didn’t finish")
    #expect(stage.value("X_OAUTH2_ACCESS_TOKEN") == nil)
  }

  @Test("A code that X refuses: exit 3, and the page says that nothing was saved")
  func codeRefused() throws {
    let stage = try LoginStage()
    let child = try stage.start(["--no-browser", "--json"])
    let state = Self.state(in: child.authorizeAddress())
    try stage.browse("\(stage.redirectURI)?code=made-up-code-of-nobody&state=\(state)")
    let outcome = child.wait()
    #expect(outcome.status == 3)
    #expect(outcome.error["code"] as? String == "code_refused")
    #expect(stage.page?.heading == "The login didn’t finish")
    #expect(stage.page?.html.contains("made-up-code") == false)
    #expect(stage.value("X_OAUTH2_ACCESS_TOKEN") == nil)
  }

  @Test("An answer that doesn't come within the deadline: exit 75, nothing is changed")
  func noAnswer() throws {
    let stage = try LoginStage(sandbox: ["--auto-approve", "--delay", "20000"])
    let outcome = try stage.login(["--json"])
    #expect(outcome.status == 75)
    #expect(stage.page?.status == 502)
    #expect(stage.value("X_OAUTH2_ACCESS_TOKEN") == nil)
  }

  @Test("A file that can't be saved to is refused before anybody is asked for anything")
  func unwritable() throws {
    let stage = try LoginStage()
    chmod(stage.folder.file(".env"), 0o400)
    let outcome = try stage.login(["--json"])
    #expect(outcome.status == 4)
    #expect(outcome.error["code"] as? String == "write_protected")
    #expect(stage.log.isEmpty)
    #expect(stage.folder.text("page.end") == nil)
  }

  @Test(
    "What keeps every request from leaving is refused before anybody is asked for anything",
    arguments: [
      (["https_proxy": "http://us:p@ss@proxy.invalid:3128"], "proxy_malformed"),
      (["HTTPS_PROXY": "'http://proxy.invalid:3128'"], "proxy_malformed"),
      (["all_proxy": "http://us:p#ss@proxy.invalid:3128"], "proxy_malformed"),
      (["X_API_BASE_URL": "https://mirror.invalid:99999"], "endpoint_not_url"),
    ])
  func noWayOut(environment: [String: String], code: String) throws {
    let stage = try LoginStage()
    let before = "CLIENT_ID=c\nX_OAUTH_CALLBACK_PORT=\(stage.port)\n"
    stage.folder.write(before, to: ".env")
    stage.folder.write("#!/bin/sh\n: > opened\n", to: "browser", mode: 0o700)
    let outcome = try stage.login(["--json"], environment: environment)
    #expect(outcome.status == 4)
    #expect(outcome.error["code"] as? String == code)
    #expect(!outcome.output.contains("ss@"))
    #expect(!outcome.errors.contains("credentials go to"))
    #expect(stage.folder.text("opened") == nil)
    #expect(stage.folder.text(".env") == before)
  }

  @Test("The browser's way to another host than X is announced, and that of the credentials")
  func foreignPage() throws {
    let stage = try LoginStage()
    let child = try stage.start(environment: ["X_OAUTH2_AUTHORIZE_URL": "https://page.invalid/a"])
    #expect(eventually { child.errorsSoFar.contains("waiting") })
    child.signal(SIGINT)
    let said = child.wait().errors
    #expect(said.contains("the browser goes to page.invalid, not to X (the environment)\n"))
    #expect(said.contains("credentials go to 127.0.0.1:"))
  }

  @Test("A file that can no longer be written when the user has consented: no code is used")
  func unwritableMeanwhile() throws {
    let stage = try LoginStage()
    let child = try stage.start(["--no-browser", "--json"])
    let address = child.authorizeAddress()
    chmod(stage.folder.file(".env"), 0o400)
    try stage.browse(address)
    let outcome = child.wait()
    #expect(outcome.status == 4)
    #expect(stage.page?.status == 500)
    #expect(stage.page?.heading == "The login stopped halfway")
    #expect(!stage.log.contains("/2/oauth2/token"))
  }

  @Test(
    "A grant that another program saves during the consent is replaced, as the user has decided")
  func otherGrantMeanwhile() throws {
    let stage = try LoginStage()
    let child = try stage.start()
    let address = child.authorizeAddress()
    let file = stage.folder.text(".env") ?? ""
    stage.folder.write(
      file + "X_OAUTH2_ACCESS_TOKEN=other\nX_OAUTH2_REFRESH_TOKEN=another\n", to: ".env")
    try stage.browse(address)
    #expect(child.wait().status == 0)
    #expect(stage.value("X_OAUTH2_ACCESS_TOKEN")?.hasPrefix("sandbox-access-") == true)
  }

  @Test("A grant that appears during the exchange isn't overwritten: exit 5, and both say so")
  func otherGrantDuringExchange() throws {
    let stage = try LoginStage(sandbox: ["--auto-approve", "--delay", "3000"])
    let child = try stage.start(["--no-browser", "--json"])
    let address = child.authorizeAddress()
    let browser = try Child(
      stage.folder.file("browser"), [address], environment: LoginStage.environment,
      folder: stage.folder.path)
    #expect(stage.awaitsExchange(by: child))
    let file = stage.folder.text(".env") ?? ""
    stage.folder.write(
      file + "X_OAUTH2_ACCESS_TOKEN=other\nX_OAUTH2_REFRESH_TOKEN=another\n", to: ".env")
    let outcome = child.wait()
    _ = browser.wait()
    #expect(outcome.status == 5, "\(outcome.output) \(outcome.errors)")
    #expect(outcome.error["code"] as? String == "not_saved")
    #expect(stage.page?.status == 500)
    #expect(stage.page?.heading == "Signed in, but not put in place")
    #expect(stage.value("X_OAUTH2_REFRESH_TOKEN") == "another")
  }

  @Test("A login that is not completed in time: exit 3, and the likely causes")
  func timedOut() throws {
    let stage = try LoginStage()
    let outcome = try stage.start(["--no-browser", "--timeout", "1s", "--json"]).wait()
    #expect(outcome.status == 3)
    #expect(outcome.error["code"] as? String == "timed_out")
    let hint = outcome.error["hint"] as? String ?? ""
    #expect(hint.contains("CLIENT_ID") && hint.contains(stage.redirectURI))
  }

  @Test(
    "The hint of a login that is not completed in time follows what was seen",
    arguments: [
      (["SSH_CONNECTION": "192.0.2.1 5000 192.0.2.7 22", "USER": "me"], "me@192.0.2.7`"),
      (["PATH": "/nowhere"], "no browser could be opened here"),
      (["BROWSER": "/bin/false"], "no browser could be opened here"),
    ])
  func timedOutHint(environment: [String: String], words: String) throws {
    let stage = try LoginStage()
    let outcome = try stage.start(["--timeout", "1s", "--json"], environment: environment).wait()
    #expect((outcome.error["hint"] as? String)?.contains(words) == true, "\(outcome.output)")
  }

  @Test("A callback of another login, and none of this, is what the hint of a time-out names")
  func timedOutAfterStranger() throws {
    let stage = try LoginStage()
    let child = try stage.start(["--no-browser", "--timeout", "4s", "--json"])
    _ = child.authorizeAddress()
    try stage.browse("\(stage.redirectURI)?state=older&code=abcdefghijklmnopqrstuvw")
    #expect((child.wait().error["hint"] as? String)?.contains("an earlier login") == true)
  }

  @Test("A redirect URI that isn't registered never comes back: X's page, then a timeout")
  func unregistered() throws {
    let stage = try LoginStage(registered: "http://127.0.0.1:1/oauth/callback")
    let outcome = try stage.login(["--timeout", "2s"])
    #expect(outcome.status == 3)
    #expect(stage.page?.html.contains("You weren't able to give access to the App") == true)
    #expect(outcome.errors.contains("Something went wrong"))
  }

  @Test("A taken port is exit 4 before the browser opens, and says that X compares it")
  func portInUse() throws {
    let stage = try LoginStage()
    stage.occupyPort()
    let outcome = try stage.login(["--json"])
    #expect(outcome.status == 4)
    #expect(outcome.error["code"] as? String == "port_in_use")
    #expect((outcome.error["hint"] as? String)?.contains("register that URL too") == true)
    #expect(stage.log.isEmpty)
  }

  @Test("Strangers that take every descriptor give way to the callback, and to what follows")
  func noDescriptors() throws {
    let stage = try LoginStage()
    let limit = 32
    let child = try Child(
      "/bin/sh",
      ["-c", "ulimit -n \(limit); exec \"$0\" login --no-browser", Child.built("xauth")],
      environment: LoginStage.environment, folder: stage.folder.path)
    let address = child.authorizeAddress()
    let strangers = try (0..<(2 * limit)).map { _ in try Peer(port: stage.port) }
    // The oldest is at its end: the newer ones have its place.
    #expect(strangers[0].readToEnd().isEmpty)
    try stage.browse(address)
    let outcome = child.wait()
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(stage.page?.heading == "You’re signed in")
    #expect(stage.value("X_OAUTH2_ACCESS_TOKEN")?.hasPrefix("sandbox-access-") == true)
    withExtendedLifetime(strangers) {}
  }

  @Test("A callback without this login's state is answered, and the login goes on waiting")
  func strangers() throws {
    let stage = try LoginStage()
    let child = try stage.start()
    let address = child.authorizeAddress()
    let right = Self.state(in: address)
    for query in ["", "?code=abc", "?code=abc&state=wrong", "?error=access_denied&state=\(right)x"]
    {
      try stage.browse(stage.redirectURI + query)
      #expect(stage.page?.status == 400)
      #expect(stage.page?.heading == "This is not the login in progress")
    }
    try stage.browse(address)
    let outcome = child.wait()
    #expect(outcome.status == 0)
    #expect(outcome.errors.components(separatedBy: "callback of another login").count == 2)
  }

  static func state(in address: String) -> String {
    let items = URLComponents(string: address)?.queryItems ?? []
    return items.first { $0.name == "state" }?.value ?? ""
  }
}
