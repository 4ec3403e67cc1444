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
}

private func runWithoutProc(_ arguments: [String]) throws -> Child.Outcome {
  try Child.run(
    "/usr/bin/unshare",
    [
      "-rm", "/bin/sh", "-c", "mount -t tmpfs none /proc && exec \"$0\" \"$@\"",
      Child.built("xauth"),
    ]
      + arguments, environment: ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"])
}

/// Whether a namespace can be made in which something is mounted: not in every container.
private let canHideProc: Bool = {
  let run = try? Child.run(
    "/usr/bin/unshare", ["-rm", "/bin/sh", "-c", "mount -t tmpfs none /proc"],
    environment: ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"])
  return run?.status == 0
}()
