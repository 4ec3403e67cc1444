import TestSupport
import Testing

/// Runs with a system call that fails, by strace(1).
@Suite("a system call that fails", .enabled(if: canTrace))
struct FailingCallTests {
  /// The syncs of the journal in a renewal, in their order. That it is done needs none.
  enum Sync: Int, CaseIterable {
    case whatItHolds = 1
    case proof, intent, answer
  }

  @Test(
    "what can't be announced isn't done, nor taken for done, be it a moment's error or a lasting one",
    arguments: [Sync.whatItHolds, .proof, .intent], ["", "+"])
  func announcement(sync: Sync, lasting: String) throws {
    let stage = try RotationStage()
    let run = try stage.runTraced(failing(sync, lasting), "refresh")
    #expect(run.status == 4)
    #expect(stage.outcomes.isEmpty)
    #expect(try stage.run("refresh").status == 0)
    #expect(stage.outcomes == ["refreshed"])
    #expect(try stage.isAlive())
  }

  @Test("what a login can't be announced in is known before the person is asked for anything")
  func login() throws {
    let stage = try RotationStage()
    #expect(try stage.run("refresh", "--force").status == 0)
    let run = try stage.runTraced(failing(.whatItHolds, "+"), "login", "--no-browser", "--force")
    #expect(run.status == 4)
    #expect(run.errors.contains("journal"))
    #expect(!run.errors.contains("Open this address"))
  }

  @Test(
    "a run that fails while libcurl is being loaded ends by its own exit code", arguments: 1...5)
  func loading(time: Int) throws {
    let stage = try RotationStage()
    let run = try stage.runTraced(RotationStage.failing("fallocate", "ENOSPC"), "refresh")
    #expect(run.status == 4, "\(run.errors)")
    #expect(stage.outcomes.isEmpty)
  }

  @Test("tokens that came are saved, whether the journal can note it or not")
  func answer() throws {
    let stage = try RotationStage()
    let before = stage.refresh
    let run = try stage.runTraced(failing(.answer), "refresh")
    #expect(run.status == 0)
    #expect(stage.outcomes == ["refreshed"])
    #expect(stage.refresh != before)
    #expect(try stage.run("refresh").status == 0)
    #expect(stage.outcomes == ["refreshed"])
    #expect(try stage.isAlive())
  }

  @Test("a renewal syncs the journal so often, and no more")
  func count() throws {
    let stage = try RotationStage()
    let run = try stage.runTraced(["-e", "trace=fdatasync"], "refresh")
    #expect(run.status == 0)
    let calls = (stage.folder.text("trace") ?? "").split(separator: "\n")
      .filter { $0.hasPrefix("fdatasync(") }
    #expect(calls.count == Sync.allCases.count)
  }

  private func failing(_ sync: Sync, _ lasting: String = "") -> [String] {
    ["-e", "inject=fdatasync:error=EIO:when=\(sync.rawValue)\(lasting)"]
  }

  @Test("a revocation that can't be announced doesn't keep the grant from being renewed")
  func revocation() throws {
    let stage = try RotationStage()
    let run = try stage.runTraced(["-e", "inject=fdatasync:error=EIO:when=3"], "revoke")
    #expect(run.status == 4)
    #expect(stage.outcomes.isEmpty)
    #expect(try stage.run("refresh").status == 0)
    #expect(try stage.isAlive())
  }

  @Test("tokens that can't be erased are no success, and the next revoke erases them")
  func erasing() throws {
    let stage = try RotationStage()
    let refresh = try #require(stage.refresh)
    // The announcement is the third.
    let run = try stage.runTraced(["-e", "inject=fdatasync:error=EIO:when=4+"], "revoke")
    #expect(run.status == 4)
    #expect(run.errors.contains("journal"))
    #expect(stage.refresh == "")
    #expect(try stage.run("revoke").status == 0)
    #expect(stage.folder.text(".env.xauth/journal")?.contains(refresh) == false)
  }
}
