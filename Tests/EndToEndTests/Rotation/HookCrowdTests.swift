import Foundation
import TestSupport
import Testing

@Suite("Several runs at once, and one --on-rotate command")
struct HookCrowdTests {
  @Test("it runs once, though the run that ran it needs the lock to write that down")
  func once() throws {
    let stage = try RotationStage()
    let folder = stage.folder
    stage.folder.write(
      """
      echo told >> told
      until [ -e go ]; do sleep 0.01; done
      (exec 9< .env.xauth/lock; flock 9; : > held; until [ -e free ]; do sleep 0.01; done) &
      until [ -e held ]; do sleep 0.01; done

      """, to: "hook")
    let refresh = ["refresh", "--on-rotate", "sh hook"]
    let first = try stage.start(refresh)
    #expect(eventually { folder.text("told") != nil })
    let second = try stage.start(refresh)
    #expect(
      eventually {
        second.errorsSoFar.contains("waiting for the --on-rotate command of another run\n")
      })
    folder.write("", to: "go")
    #expect(eventually { folder.text("held") != nil })
    // The command is through, and its run waits for the file's lock.
    #expect(!eventually(within: 0.5) { folder.text("told") != "told\n" })
    folder.write("", to: "free")
    #expect(first.wait().status == 0)
    #expect(second.wait().status == 0)
    #expect(folder.text("told") == "told\n")
  }

  @Test("a run that waited runs its own once the other's has failed")
  func afterFailure() throws {
    let stage = try RotationStage()
    let folder = stage.folder
    let first = try stage.start([
      "refresh", "--on-rotate", ": > begun; until [ -e go ]; do sleep 0.01; done; exit 3",
    ])
    #expect(eventually { folder.text("begun") != nil })
    let second = try stage.start(["refresh", "--on-rotate", "cat > taken"])
    #expect(eventually { second.errorsSoFar.contains("waiting for") })
    #expect(try stage.run("refresh").status == 0)
    folder.write("", to: "go")
    #expect(first.wait().status == 1)
    #expect(second.wait().status == 0)
    #expect(folder.text("taken")?.contains(stage.access ?? "none") == true)
  }
}
