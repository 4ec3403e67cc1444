import Foundation
import TestSupport
import Testing

@Suite("A login as another account")
struct LoginAccountTests {
  private func stageWithLogin() throws -> LoginStage {
    let stage = try LoginStage()
    #expect(try stage.login().status == 0)
    return stage
  }

  @Test("than --account names saves nothing, and revokes what came: exit 3")
  func unwanted() throws {
    let stage = try LoginStage()
    let outcome = try stage.login(["--account", "@alice", "--json"])
    #expect(outcome.status == 3)
    #expect(outcome.error["code"] as? String == "other_account")
    #expect(stage.page?.heading == "Signed in as @sandbox, the wrong account")
    #expect(stage.value("X_OAUTH2_ACCESS_TOKEN") == nil)
    #expect(stage.log.contains("refresh_revoked") && stage.log.contains("access_revoked"))
    #expect(try stage.login(["--account", "SandBox"]).status == 0)
  }

  @Test("than --account names, but the file's, keeps the only tokens that are alive: exit 3")
  func unwantedButHeld() throws {
    let stage = try stageWithLogin()
    let outcome = try stage.login(["--account", "bob", "--json"])
    #expect(outcome.status == 3)
    #expect(outcome.error["code"] as? String == "other_account_renewed")
    #expect(
      (outcome.error["message"] as? String)?.hasPrefix("signed in as @sandbox, not @bob; ") == true)
    #expect(stage.page?.heading == "Signed in as @sandbox, not the account you wanted")
    #expect(!stage.log.contains("revoked"))
    #expect(try stage.run("show", "--check").status == 0)
    #expect(try stage.run("refresh", "--force").status == 0)
  }

  @Test("than the file's, without a terminal, leaves the file's tokens alive: exit 4")
  func unconfirmed() throws {
    let stage = try stageWithLogin()
    let before = stage.folder.text(".env")
    let outcome = try stage.start(["--browser", stage.browser(of: "bob"), "--json"]).wait()
    #expect(outcome.status == 4)
    #expect(outcome.error["code"] as? String == "account_not_confirmed")
    #expect(stage.folder.text(".env") == before)
    #expect(try stage.run("show", "--check").status == 0)
    #expect(try stage.run("refresh", "--force").status == 0)
    #expect(stage.log.contains("access_revoked"))
  }

  @Test("than that of tokens of which nobody knew whose they are leaves those alive: exit 4")
  func unknownInFile() throws {
    let stage = try stageWithLogin()
    try FileManager.default.removeItem(atPath: stage.folder.file(".env.xauth/journal"))
    let before = stage.folder.text(".env")
    let outcome = try stage.start(["--browser", stage.browser(of: "bob"), "--json"]).wait()
    #expect(outcome.error["code"] as? String == "account_not_confirmed")
    #expect(stage.folder.text(".env") == before)
    #expect(try stage.run("refresh", "--force").status == 0)
    #expect(try stage.run("show").output.contains("@sandbox"))
  }

  @Test("that is killed before it is known whose it is leaves the file's tokens alive")
  func killed() throws {
    let stage = try stageWithLogin()
    let before = stage.value("X_OAUTH2_REFRESH_TOKEN")
    let killed = try stage.start(
      ["--browser", stage.browser(of: "bob")],
      environment: ["XAUTH_DEBUG_KILL_AFTER": "answerWritten"]
    ).wait()
    #expect(killed.status == 137)
    #expect(try stage.run("show", "--check").status == 0)
    #expect(!stage.log.contains("revoked"))
    // The next refresh, though nothing is due, asks X whose it was, and revokes it.
    #expect(try stage.run("refresh").status == 0)
    #expect(stage.value("X_OAUTH2_REFRESH_TOKEN") == before)
    #expect(stage.log.contains("refresh_revoked") && stage.log.contains("access_revoked"))
    #expect(try stage.run("refresh", "--force").status == 0)
    #expect(try stage.run("show", "--check").output.contains("@sandbox"))
  }

  @Test("that is killed so, and asked for by its name, is saved by the next refresh")
  func killedAsWanted() throws {
    let stage = try stageWithLogin()
    let killed = try stage.start(
      ["--browser", stage.browser(of: "bob"), "--account", "bob", "--force"],
      environment: ["XAUTH_DEBUG_KILL_AFTER": "answerWritten"]
    ).wait()
    #expect(killed.status == 137)
    #expect(try stage.run("refresh").status == 0)
    #expect(!stage.log.contains("revoked"))
    #expect(try stage.run("show", "--check").output.contains("the token of @bob"))
  }

  /// A second login of the file's account, which is killed before it is known whose it is.
  private func stageWithKilledLogin(_ arguments: [String] = []) throws -> LoginStage {
    let stage = try stageWithLogin()
    let killed = try stage.start(
      ["--browser", stage.browser(of: "sandbox")] + arguments,
      environment: ["XAUTH_DEBUG_KILL_AFTER": "answerWritten"]
    ).wait()
    #expect(killed.status == 137)
    return stage
  }

  @Test("that isn't another one, and is killed before that is known, is saved by the next renewal")
  func killedAsTheSame() throws {
    let stage = try stageWithKilledLogin()
    let before = stage.value("X_OAUTH2_REFRESH_TOKEN")
    let outcome = try stage.run("refresh", "--force")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(stage.value("X_OAUTH2_REFRESH_TOKEN") != before)
    #expect(try stage.run("show", "--check").status == 0)
    #expect(try stage.run("refresh", "--force").status == 0)
    #expect(!stage.log.contains("revoked"))
  }

  @Test("or by the next login, before the browser opens, and then lives until that one ends it")
  func killedBeforeALogin() throws {
    let stage = try stageWithKilledLogin()
    let before = stage.value("X_OAUTH2_REFRESH_TOKEN")
    let outcome = try stage.start(["--browser", stage.browser(of: "bob")]).wait()
    #expect(outcome.status == 4)
    #expect(stage.value("X_OAUTH2_REFRESH_TOKEN") != before)
    #expect(try stage.run("refresh", "--force").status == 0)
  }

  @Test(
    "of which X doesn't say whose it is, and that was killed, is kept, and never called a renewal")
  func killedUnnamed() throws {
    let stage = try stageWithKilledLogin(["--scopes", "tweet.read offline.access"])
    let outcome = try stage.run("refresh", "--force", "--json")
    #expect(outcome.error["code"] as? String == "grant_refused")
    #expect(!stage.log.contains("access_revoked"))
    #expect(try stage.run("revoke").status == 0)
    #expect(stage.log.contains("access_revoked"))
  }

  @Test("is revoked when the question is answered by Ctrl-C, which then ends the process")
  func interrupted() throws {
    let stage = try stageWithLogin()
    let outcome = try TerminalSession.login(
      stage, ["--browser", stage.browser(of: "bob")],
      doing: [
        .expect("Log in anyway.*\\? "), .send("y\n"), .expect("Replace them\\? "), .send("\u{3}"),
      ])
    #expect(outcome.status == 130)
    #expect(stage.log.contains("refresh_revoked") && stage.log.contains("access_revoked"))
    #expect(try stage.run("refresh", "--force").status == 0)
    #expect(try !stage.run("show").output.contains("is kept in"))
  }

  @Test("with --force, or asked for by its name, replaces the file's tokens, which live on at X")
  func replaced() throws {
    for option in [["--force"], ["--account", "bob"]] {
      let stage = try stageWithLogin()
      let old = stage.value("X_OAUTH2_REFRESH_TOKEN")
      let outcome = try stage.start(["--browser", stage.browser(of: "bob")] + option).wait()
      #expect(outcome.status == 0)
      #expect(outcome.errors.contains("signed in as @bob"))
      #expect(stage.value("X_OAUTH2_REFRESH_TOKEN") != old)
      #expect(!stage.log.contains("revoked"))
    }
  }

  @Test("is asked about at the terminal", arguments: [true, false])
  func asked(yes: Bool) throws {
    let stage = try stageWithLogin()
    let before = stage.value("X_OAUTH2_REFRESH_TOKEN")
    let outcome = try TerminalSession.login(
      stage, ["--browser", stage.browser(of: "bob")],
      doing: [
        .expect("Log in anyway.*\\? "), .send("y\n"),
        .expect("signed in as @bob, but the tokens in .* are @sandbox's. Replace them\\? "),
        .send(yes ? "y\n" : "n\n"),
      ])
    #expect(stage.page?.heading == "Signed in as @bob: confirm in the terminal")
    #expect(outcome.status == (yes ? 0 : 4))
    #expect((stage.value("X_OAUTH2_REFRESH_TOKEN") != before) == yes)
    #expect(try stage.run("refresh", "--force").status == 0)
    #expect(stage.log.contains("access_revoked") != yes)
  }
}
