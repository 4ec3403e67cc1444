import Foundation
import TestSupport
import Testing

/// What is said of a `.env` that git would publish, with the real git.
@Suite("A .env in a repository")
struct GitWarningTests {
  private let folder = TemporaryFolder()

  init() throws {
    folder.write("CLIENT_ID=app\nX_OAUTH2_REFRESH_TOKEN=r\n", to: ".env")
    try git("init", "--quiet")
  }

  private func git(_ arguments: String...) throws {
    let run = try Child.run(
      "/usr/bin/git", arguments, environment: ["PATH": "/usr/bin:/bin", "HOME": folder.path],
      folder: folder.path)
    try #require(run.status == 0, "\(run.errors)")
  }

  /// Whether `show` warns of it.
  private func isWarned(path: String = "/usr/bin:/bin") throws -> Bool {
    let run = try Child.run(
      Child.built("xauth"), ["show", "--env-file", folder.file(".env")],
      environment: ["PATH": path, "HOME": folder.path], folder: "/")
    #expect(run.status == 0, "\(run.errors)")
    return run.output.contains("git would commit \(folder.file(".env"))")
  }

  @Test("is warned of until git ignores it, and again once git has it all the same")
  func ignored() throws {
    #expect(try isWarned())
    folder.write(".env\n", to: ".gitignore")
    #expect(try !isWarned())
    try git("add", "--force", ".env")
    #expect(try isWarned())
  }

  @Test("needs no git where there is no repository, and is left alone where there is no git")
  func noGit() throws {
    #expect(try !isWarned(path: "/nonexistent"))
    try FileManager.default.removeItem(atPath: folder.file(".git"))
    #expect(try !isWarned())
  }

  @Test("looking at it runs nothing that the repository names")
  func namedPrograms() throws {
    let ran = folder.file("ran")
    let program = folder.write("#!/bin/sh\ntouch '\(ran)'\n", to: "program", mode: 0o700)
    try git("config", "core.fsmonitor", program)
    #expect(try isWarned())
    #expect(folder.bytes("ran") == nil)
  }
}
