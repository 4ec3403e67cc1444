import Foundation
import TestSupport
import Testing

@Suite("A login that the user approves")
struct LoginTests {
  @Test("The tokens are saved, and the page and the exit code say so")
  func approved() throws {
    let stage = try LoginStage()
    let outcome = try stage.login()
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(stage.page?.status == 200)
    #expect(stage.page?.heading == "You’re signed in")
    #expect(outcome.output.isEmpty)
    #expect(
      outcome.errors.contains("signed in as @sandbox, saved in \(stage.folder.file(".env"))\nvalid")
    )
    #expect(outcome.errors.contains("\nnext: let cron renew it (`xauth help cron`)"))
    #expect(stage.value("X_OAUTH2_ACCESS_TOKEN")?.hasPrefix("sandbox-access-") == true)
    #expect(stage.value("X_OAUTH2_REFRESH_TOKEN")?.hasPrefix("sandbox-refresh-") == true)
    #expect(try stage.run("show").status == 0)
    // What was saved is what works.
    #expect(try stage.run("refresh", "--force").status == 0)
  }

  @Test("The address is printed on a line of its own")
  func announced() throws {
    let stage = try LoginStage()
    let child = try stage.start()
    let address = child.authorizeAddress()
    let items = URLComponents(string: address)?.queryItems ?? []
    let query = Dictionary(items.map { ($0.name, $0.value) }) { first, _ in first }
    #expect(query["redirect_uri"] == stage.redirectURI)
    #expect(query["code_challenge_method"] == "S256")
    #expect(query["state"]??.count == 43)
    try stage.browse(address)
    #expect(child.wait().status == 0)
  }

  @Test(
    "--json prints one object; --quiet says nothing, unless there is an address to open by hand")
  func json() throws {
    let stage = try LoginStage()
    let outcome = try stage.login(["--json"])
    #expect(outcome.status == 0)
    #expect(outcome.json["account"] as? String == "sandbox")
    #expect(outcome.json["has_refresh_token"] as? Bool == true)
    #expect(outcome.json["version"] as? Int == 1)
    let quiet = try stage.login(["--quiet", "--force"])
    #expect(quiet.status == 0)
    #expect(quiet.errors == "")
    let child = try stage.start(["--no-browser", "--quiet", "--force"])
    #expect(eventually { child.errorsSoFar.hasSuffix("S256\n") })
    #expect(child.errorsSoFar.split(separator: "\n").count == 2)
    #expect(child.errorsSoFar.contains("\(stage.api)/i/oauth2/authorize?"))
    child.signal(SIGTERM)
    _ = child.wait()
  }

  @Test("A confidential client signs in with its secret, which is shown nowhere")
  func confidential() throws {
    let stage = try LoginStage(
      sandbox: ["--auto-approve", "--client-secret", "s3cret: ü%"],
      settings: ["CLIENT_SECRET='s3cret: ü%'"])
    let outcome = try stage.login(["--verbose"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(!outcome.errors.contains("s3cret"))
    for secret in ["X_OAUTH2_ACCESS_TOKEN", "X_OAUTH2_REFRESH_TOKEN"].compactMap(stage.value) {
      #expect(!outcome.errors.contains(secret))
    }
  }

  @Test("What was asked for and not granted is said")
  func missingScopes() throws {
    let stage = try LoginStage(
      sandbox: ["--auto-approve", "--grant-scopes", "users.read offline.access"])
    let outcome = try stage.login(["--scopes", "users.read,bookmark.read offline.access", "--json"])
    #expect(outcome.status == 0)
    #expect(outcome.json["granted_scopes"] as? [String] == ["offline.access", "users.read"])
    #expect(outcome.json["missing_scopes"] as? [String] == ["bookmark.read"])
    #expect(stage.value("X_OAUTH2_GRANTED_SCOPES") == "offline.access,users.read")
    let text = try stage.login(["--scopes", "users.read,bookmark.read", "--force"])
    #expect(text.errors.contains("asked for but not granted: bookmark.read"))
  }

  @Test("Without offline.access it warns before, and says afterwards that nothing renews it")
  func withoutRefreshToken() throws {
    let stage = try LoginStage(sandbox: ["--auto-approve", "--no-refresh-token"])
    let outcome = try stage.login(["--scopes", "users.read tweet.read"])
    #expect(outcome.status == 0)
    #expect(outcome.errors.contains("offline.access is not among the scopes"))
    #expect(outcome.errors.contains("X gave no refresh token"))
    #expect(stage.value("X_OAUTH2_REFRESH_TOKEN") ?? "" == "")
  }

  @Test("A scope that X doesn't document is warned about and asked for")
  func unknownScope() throws {
    let stage = try LoginStage()
    let outcome = try stage.login(["--scopes", "users.read space.fly offline.access", "--json"])
    #expect(outcome.status == 0)
    #expect(outcome.errors.contains("X documents no scope space.fly"))
    #expect((outcome.json["granted_scopes"] as? [String])?.contains("space.fly") == true)
  }

  @Test("An account that X doesn't tell is no failure")
  func accountUnknown() throws {
    // Without users.read the sandbox answers 403, as X does to apps that aren't enrolled.
    let stage = try LoginStage()
    let outcome = try stage.login(["--scopes", "tweet.read offline.access"])
    #expect(outcome.status == 0)
    #expect(stage.page?.heading == "You’re signed in")
    #expect(outcome.errors.contains("the account's name is unknown"))
  }

  @Test("A grant that still works is warned about; without a terminal nothing is asked")
  func replacing() throws {
    let stage = try LoginStage()
    #expect(try stage.login().status == 0)
    let before = stage.value("X_OAUTH2_ACCESS_TOKEN")
    let again = try stage.login()
    #expect(again.status == 0)
    #expect(again.errors.contains("a login replaces it"))
    #expect(stage.value("X_OAUTH2_ACCESS_TOKEN") != before)
    #expect(!(try stage.login(["--force"]).errors.contains("a login replaces it")))
  }

  @Test("Comments, order and mode of the file stay")
  func fileIsKept() throws {
    let stage = try LoginStage(settings: ["# mine", "OTHER='a b' # kept", "X_OAUTH2_EXPIRES_AT="])
    let before = stage.folder.text(".env") ?? ""
    chmod(stage.folder.file(".env"), 0o640)
    #expect(try stage.login().status == 0)
    let after = stage.folder.text(".env") ?? ""
    #expect(after.hasPrefix(before.replacingOccurrences(of: "X_OAUTH2_EXPIRES_AT=\n", with: "")))
    #expect(after.contains("OTHER='a b' # kept\nX_OAUTH2_EXPIRES_AT=1"))
    var status = stat()
    #expect(stat(stage.folder.file(".env"), &status) == 0 && status.st_mode & 0o777 == 0o640)
  }

  @Test("The --on-rotate command gets the new tokens; its failure is exit 1 and one object")
  func hook() throws {
    let stage = try LoginStage()
    #expect(try stage.login(["--on-rotate", "cat > hooked"]).status == 0)
    let token = try #require(stage.value("X_OAUTH2_ACCESS_TOKEN"))
    #expect(stage.folder.text("hooked")?.contains("X_OAUTH2_ACCESS_TOKEN=\(token)\n") == true)
    let failed = try stage.login(["--on-rotate", "exit 7", "--force", "--json"])
    #expect(failed.status == 1)
    #expect(failed.error["code"] as? String == "hook_failed")
    #expect(stage.page?.heading == "You’re signed in")
    let unreadable = try stage.login(["--on-rotate", "echo 'open", "--force", "--json"])
    #expect(unreadable.status == 4)
    #expect(unreadable.error["code"] as? String == "hook_unreadable")
    #expect(!unreadable.errors.contains("Open this address"))
  }
}
