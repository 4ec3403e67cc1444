import Foundation
import TestSupport

/// The torture's sections, on the programs of this build.
enum Torture {
  /// Runs the short form of a section; `launcher` is put before the command.
  static func run(_ section: String, by launcher: [String] = []) throws -> Child.Outcome {
    let scripts = Repository.path + "/scripts/torture.d"
    let binaries = URL(fileURLWithPath: Child.built("xauth")).deletingLastPathComponent().path
    let words =
      launcher + [python, "-B", scripts, "--binaries", binaries, "--quick", "--jobs", "1", section]
    return try Child.run(
      "/usr/bin/env", words, environment: ["PATH": path], seconds: 240)
  }

  private static let environment = ProcessInfo.processInfo.environment
  /// mount(8) and mkfs(8) are where only root looks.
  private static let path = (environment["PATH"] ?? "/usr/bin:/bin") + ":/usr/sbin:/sbin"
  private static let python = environment["XAUTH_TEST_PYTHON"] ?? "python3"
}
