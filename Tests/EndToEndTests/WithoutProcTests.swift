import TestSupport
import Testing

@Suite("where there is no /proc, as in many a chroot", .enabled(if: canHideProc))
struct WithoutProcTests {
  @Test("the program knows what was typed, and doesn't take every command for a call for help")
  func arguments() throws {
    #expect(try runWithoutProc(["version"]).output.hasPrefix("xauth "))
    let unknown = try runWithoutProc(["no-such-command"])
    #expect(unknown.status == 2)
    #expect(unknown.errors.contains("no-such-command"))
  }

  @Test(
    "a renewal that nobody knows the outcome of is tried again after five minutes, as elsewhere",
    arguments: ["/proc", "/proc/sys"])
  func secondTry(hidden: String) throws {
    let stage = try RotationStage()
    func run(_ arguments: String..., killedAfter step: String? = nil) throws -> Int32 {
      try runWithoutProc(
        arguments + ["--env-file", stage.path], hiding: hidden,
        environment: step.map { ["XAUTH_DEBUG_KILL_AFTER": $0] } ?? [:]
      ).status
    }
    #expect(try run("refresh", killedAfter: "intentWritten") == 137)
    #expect(try run("refresh") == 75)
    try stage.ageJournal(301)
    #expect(try run("refresh", "--force") == 0)
    #expect(stage.outcomes == ["refreshed"])
  }
}

private func runWithoutProc(
  _ arguments: [String], hiding hidden: String = "/proc", environment: [String: String] = [:]
) throws -> Child.Outcome {
  try Child.run(
    "/usr/bin/unshare",
    [
      "-rm", "/bin/sh", "-c", "mount -t tmpfs none \(hidden) && exec \"$0\" \"$@\"",
      Child.built("xauth"),
    ] + arguments,
    environment: environment.merging(["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"]) { $1 })
}

/// Whether a namespace can be made in which something is mounted: not in every container.
private let canHideProc: Bool = {
  let run = try? Child.run(
    "/usr/bin/unshare", ["-rm", "/bin/sh", "-c", "mount -t tmpfs none /proc"],
    environment: ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"])
  return run?.status == 0
}()
