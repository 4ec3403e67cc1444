import Foundation
import TestSupport
import Testing

@Suite("A run that is killed after each step of the protocol")
struct KilledAtStepTests {
  private static let killed: Int32 = 137

  private func shown(_ stage: RotationStage) throws -> String {
    try stage.run("show", "--json").output
  }

  @Test(
    "refresh, before anything is begun: the next one renews",
    arguments: ["locked", "recovered", "proved"])
  func beforeClaim(step: String) throws {
    let stage = try RotationStage()
    #expect(try stage.runKilled(after: step, ["refresh"]).status == Self.killed)
    #expect(stage.outcomes.isEmpty)
    #expect(try stage.run("refresh").status == 0)
    #expect(stage.outcomes == ["refreshed"])
    #expect(try stage.isAlive())
  }

  @Test(
    "refresh, between claim and request: nobody knows, and --force settles it once that is safe",
    arguments: ["claimed", "intentWritten"])
  func beforeRequest(step: String) throws {
    let stage = try RotationStage()
    #expect(try stage.runKilled(after: step, ["refresh"]).status == Self.killed)
    #expect(try stage.run("refresh").status == 75)
    #expect(stage.outcomes.isEmpty)
    #expect(try stage.run("token").output == "\(stage.access ?? "")\n")
    #expect(try stage.run("refresh", "--force").status == 75)
    #expect(stage.outcomes.isEmpty)
    try stage.ageJournal(301)
    #expect(try stage.run("refresh", "--force").status == 0)
    #expect(stage.outcomes == ["refreshed"])
    #expect(try stage.isAlive())
  }

  @Test("refresh, between request and journal: it isn't replayed, and a person must log in")
  func afterRequest() throws {
    let stage = try RotationStage()
    #expect(try stage.runKilled(after: "sent", ["refresh"]).status == Self.killed)
    #expect(stage.outcomes == ["refreshed"])
    for _ in 0..<2 { #expect(try stage.run("refresh").status == 75) }
    #expect(stage.outcomes == ["refreshed"])
    #expect(try shown(stage).contains("no answer came to the renewal of "))
    try stage.ageJournal(301)
    #expect(try stage.run("refresh", "--force").status == 3)
    #expect(try stage.run("refresh").status == 3)
    #expect(try stage.run("refresh", "--force").status == 3)
    #expect(stage.outcomes == ["refreshed", "replayed"])
  }

  @Test(
    "refresh, once the answer is in the journal: the next one has it in the file, unasked",
    arguments: ["answerWritten", "saved", "markedDone"])
  func afterAnswer(step: String) throws {
    let stage = try RotationStage()
    let before = stage.refresh
    #expect(try stage.runKilled(after: step, ["refresh"]).status == Self.killed)
    if step == "answerWritten" {
      #expect(stage.refresh == before)
      #expect(try shown(stage).contains("a newer grant waits in"))
    }
    #expect(try stage.run("refresh").status == 0)
    #expect(stage.refresh != before)
    #expect(stage.outcomes == ["refreshed"])
    #expect(try stage.isAlive())
    #expect(try stage.run("refresh", "--force").status == 0)
    #expect(stage.outcomes == ["refreshed", "refreshed"])
  }

  @Test("refresh, before its hook: the next one runs the hook with the current values")
  func beforeHook() throws {
    let stage = try RotationStage()
    let hook = "cat >> told"
    for step in ["answerWritten", "saved", "markedDone"] {
      stage.makeDue()
      let killed = try stage.runKilled(after: step, ["refresh", "--on-rotate", hook])
      #expect(killed.status == Self.killed)
      #expect(stage.folder.text("told") == nil)
      #expect(try stage.run("refresh", "--on-rotate", hook).status == 0)
      let told = try #require(stage.folder.text("told"))
      #expect(told.contains("X_OAUTH2_REFRESH_TOKEN=\(stage.refresh ?? "-")\n"))
      #expect(told.components(separatedBy: "X_OAUTH2_ACCESS_TOKEN=").count == 2)
      #expect(try stage.run("refresh", "--on-rotate", hook).status == 0)
      #expect(stage.folder.text("told") == told)
      unlink(stage.folder.file("told"))
    }
  }

  @Test(
    "revoke, before anything is begun: as if it had not been called",
    arguments: ["locked", "recovered", "proved"])
  func revokeBefore(step: String) throws {
    let stage = try RotationStage()
    #expect(try stage.runKilled(after: step, ["revoke"]).status == Self.killed)
    #expect(stage.outcomes.isEmpty)
    #expect(try stage.run("refresh").status == 0)
    #expect(try stage.isAlive())
  }

  @Test(
    "revoke, once begun: no refresh renews what was to end, and revoke finishes it",
    arguments: ["intentWritten", "sent"])
  func revokeBegun(step: String) throws {
    let stage = try RotationStage()
    #expect(try stage.runKilled(after: step, ["revoke"]).status == Self.killed)
    #expect(try stage.run("refresh").status == 3)
    #expect(try shown(stage).contains("revocation_begun"))
    #expect(try stage.run("revoke").status == 0)
    #expect(stage.refresh == "" && stage.access == "")
    #expect(!stage.outcomes.contains("refreshed"))
    #expect(stage.outcomes.contains("access_revoked"))
    #expect(stage.outcomes.contains("refresh_revoked"))
  }

  @Test(
    "revoke, once confirmed: whatever runs next blanks the file, and the journal forgets the tokens",
    arguments: ["answerWritten", "saved", "markedDone"], ["refresh", "revoke"])
  func revokeConfirmed(step: String, next: String) throws {
    let stage = try RotationStage()
    let tokens = try [#require(stage.access), #require(stage.refresh)]
    let old = stage.text
    #expect(try stage.runKilled(after: step, ["revoke"]).status == Self.killed)
    #expect(try stage.run(next).status == (next == "revoke" ? 0 : 3))
    #expect(stage.refresh == "" && stage.access == "")
    let journal = try #require(stage.folder.text(".env.xauth/journal"))
    #expect(!tokens.contains(where: journal.contains))
    stage.folder.write(old, to: ".env")
    #expect(try stage.run("refresh").status == 3)
    #expect(stage.refresh == "")
    #expect(stage.outcomes == ["refresh_revoked", "access_revoked"])
  }

  @Test(
    "login, before the exchange: the old grant is as good as before",
    arguments: ["locked", "proved", "unlocked", "recovered"])
  func loginBefore(step: String) throws {
    let stage = try RotationStage()
    #expect(try stage.runKilled(after: step, stage.loginArguments()).status == Self.killed)
    #expect(stage.outcomes.isEmpty)
    #expect(try stage.run("refresh").status == 0)
    #expect(try stage.isAlive())
  }

  @Test("login, between exchange and journal: the old grant has ended at X, and is found out")
  func loginLost() throws {
    let stage = try RotationStage()
    #expect(try stage.runKilled(after: "sent", stage.loginArguments()).status == Self.killed)
    #expect(stage.outcomes == ["exchanged"])
    // The file's token was claimed, and nobody knows what for.
    #expect(try stage.run("refresh").status == 75)
    try stage.ageJournal(301)
    #expect(try stage.run("refresh").status == 3)
    #expect(stage.outcomes == ["exchanged", "token_ended"])
  }

  @Test(
    "login, once the answer is in the journal: the next run has it in the file",
    arguments: ["answerWritten", "saved", "markedDone"])
  func loginAfterAnswer(step: String) throws {
    let stage = try RotationStage()
    let before = stage.refresh
    #expect(try stage.runKilled(after: step, stage.loginArguments()).status == Self.killed)
    #expect(try stage.run("refresh").status == 0)
    #expect(stage.refresh != before)
    #expect(stage.outcomes == ["exchanged"])
    #expect(try stage.isAlive())
  }
}
