import Foundation
import TestSupport
import Testing

/// What a Windows drive, a network mount or a FUSE doesn't offer, played by strace(1).
@Suite("File systems that lack something", .enabled(if: canTrace))
struct LesserFileSystemTests {
  private func inode(_ stage: RotationStage) throws -> Int {
    var status = stat()
    try #require(stat(stage.path, &status) == 0)
    #expect(status.st_mode & 0o7777 == 0o640)
    return Int(status.st_ino)
  }

  /// Renews under `options`, and again without; returns whether the first made a new file of it.
  private func renews(_ options: [String]) throws -> Bool {
    let stage = try RotationStage()
    chmod(stage.path, 0o640)
    let before = try inode(stage)
    let run = try stage.runTraced(options, "refresh", "--force")
    #expect(run.status == 0, "\(run.errors)")
    let isNew = try inode(stage) != before
    #expect(try stage.isAlive())
    let state = try FileManager.default.contentsOfDirectory(atPath: stage.folder.file(".env.xauth"))
    #expect(!state.contains { $0.hasPrefix("new") })
    #expect(try stage.run("refresh", "--force").status == 0)
    #expect(stage.outcomes == ["refreshed", "refreshed"])
    return isNew
  }

  @Test(
    "where two files can't change places, the new one takes the old one's",
    arguments: ["EINVAL", "ENOSYS", "EOPNOTSUPP"])
  func noExchange(error: String) throws {
    #expect(try renews(RotationStage.failing("renameat2", error)))
  }

  @Test("where that is forbidden too, the old one is written over")
  func noRename() throws {
    // The first rename is the new file's, from the name under which it is made.
    let second = ["-e", "inject=renameat:error=EBUSY:when=2+"]
    #expect(try !renews(RotationStage.failing("renameat2", "EINVAL") + second))
  }

  @Test(
    "no attributes, and no space to be had in advance",
    arguments: [
      ("flistxattr", "EOPNOTSUPP"), ("flistxattr", "ENOSYS"), ("fallocate", "EOPNOTSUPP"),
    ])
  func noAttributes(call: String, error: String) throws {
    #expect(try renews(RotationStage.failing(call, error)))
  }

  @Test("attributes that can't be read spend nothing")
  func unreadableAttributes() throws {
    let stage = try RotationStage()
    let run = try stage.runTraced(RotationStage.failing("flistxattr", "EIO"), "refresh")
    #expect(run.status == 4)
    #expect(run.errors.contains(stage.path))
    #expect(stage.outcomes.isEmpty)
  }
}
