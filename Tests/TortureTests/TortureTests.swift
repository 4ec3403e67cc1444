import Foundation
import TestSupport
import Testing

/// The torture's short form on the programs of this build; `scripts/torture` is the long one.
@Suite("torture, in short", .serialized)
struct TortureTests {
  @Test(
    "every promise of a section is kept",
    arguments: ["syscalls", "power", "faults", "races", "editors"])
  func section(_ name: String) throws {
    let scripts = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../scripts/torture.d").standardizedFileURL.path
    let binaries = URL(fileURLWithPath: Child.built("xauth")).deletingLastPathComponent().path
    // Behind the other tests, some of which play a person at a terminal.
    let outcome = try Child.run(
      "/usr/bin/nice",
      [
        "-n", "10", Self.python, "-B", scripts, "--binaries", binaries, "--quick", "--jobs", "1",
        name,
      ],
      environment: ["PATH": Self.path], seconds: 240)
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    #expect(outcome.output.contains(" 0 broken"))
  }

  private static let environment = ProcessInfo.processInfo.environment
  /// mount(8) and mkfs(8) are where only root looks.
  private static let path = (environment["PATH"] ?? "/usr/bin:/bin") + ":/usr/sbin:/sbin"
  private static let python = environment["XAUTH_TEST_PYTHON"] ?? "python3"
}
