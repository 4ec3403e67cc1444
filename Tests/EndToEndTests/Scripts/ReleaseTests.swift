import Foundation
import TestSupport
import Testing

/// What it refuses before it builds anything. What it makes is tried as the README says, and in a clean
/// Debian by `scripts/release --verify`.
@Suite("scripts/release")
struct ReleaseTests {
  private let folder = TemporaryFolder()

  private func release(_ arguments: [String], in repository: String) throws -> Child.Outcome {
    try Child.run(
      "\(repository)/scripts/release", arguments,
      environment: ["PATH": "/usr/bin:/bin", "HOME": folder.path], folder: folder.path)
  }

  @Test("what is no version, and options that make no sense, are a usage error")
  func usage() throws {
    for arguments in [
      [], ["1.2"], ["1.2.3-1"], ["01.2.3"], ["v1.2.3"], ["1.2.3/"], ["1.2.3", "one", "two"],
      ["--nope"], ["--homepage", "1.2.3"],
    ] {
      #expect(try release(arguments, in: Repository.path).status == 2, "\(arguments)")
    }
  }

  @Test("another version than the program's is refused, and the program's is named")
  func otherVersion() throws {
    let program = try Child.run(Child.built("xauth"), ["version"])
    let version = try #require(program.output.split(whereSeparator: \.isWhitespace).last)
    let outcome = try release(["\(version)-rc.1"], in: Repository.path)
    #expect(outcome.status == 1)
    #expect(outcome.errors.contains("says it is \(version), not \(version)-rc.1"))
  }

  @Test("a program that needs more than glibc, or a newer one, is refused by name")
  func needs() throws {
    func needs(_ program: String, _ glibc: String) throws -> Child.Outcome {
      try Child.run(
        "\(Repository.path)/scripts/release.d/needs", [program, glibc],
        environment: ["PATH": "/usr/bin:/bin"])
    }
    #expect(try needs("/usr/bin/true", "9.9").status == 0)
    let newer = try needs("/usr/bin/true", "2.2")
    #expect(newer.status == 1)
    #expect(newer.errors.contains(", not 2.2 at most"), "\(newer.errors)")
    let more = try needs("/usr/bin/curl", "9.9")
    #expect(more.status == 1)
    #expect(more.errors.contains("/usr/bin/curl needs "), "\(more.errors)")
    #expect(try needs("\(Repository.path)/scripts/release", "9.9").status == 1)
  }

  @Test("what isn't committed is not released")
  func uncommitted() throws {
    for part in ["scripts", "Sources/XAuthTool"] {
      try FileManager.default.createDirectory(
        atPath: folder.file("clone/\(part)"), withIntermediateDirectories: true)
    }
    folder.write(
      "static let version = \"1.2.3\"\n", to: "clone/Sources/XAuthTool/Release.swift")
    folder.write(
      try Repository.text("scripts/release"), to: "clone/scripts/release", mode: 0o755)
    let clone = folder.file("clone")
    let outside = try release(["1.2.3"], in: clone)
    #expect(outside.status == 1)
    #expect(outside.errors.contains("not a git repository"))

    _ = try Child.run("/usr/bin/git", ["init", "--quiet", clone])
    let outcome = try release(["1.2.3"], in: clone)
    #expect(outcome.status == 1)
    #expect(outcome.errors.contains("commit or stash these first"))
    #expect(outcome.errors.contains("?? scripts/\n"))
  }
}
