import TestSupport

/// Whether strace(1) is here and may trace: in many a container it may not.
let canTrace: Bool = {
  let run = try? Child.run("/usr/bin/strace", ["-qq", "-o", "/dev/null", "/bin/true"])
  return run?.status == 0
}()

extension RotationStage {
  /// Runs the tool under strace(1) with these options; what they trace is in the file `trace`.
  func runTraced(_ options: [String], _ arguments: String...) throws -> Child.Outcome {
    try Child.run(
      "/usr/bin/strace",
      ["-qq", "-o", folder.file("trace")] + options + [Child.built("xauth")] + arguments,
      environment: environment, folder: folder.path)
  }

  /// The options by which a system call fails with this error, each time.
  static func failing(_ call: String, _ error: String) -> [String] {
    ["-e", "inject=\(call):error=\(error)"]
  }
}
