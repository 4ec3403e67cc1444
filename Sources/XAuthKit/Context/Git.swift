import Glibc

/// What git says about a file.
struct Git: Sendable {
  /// Whether `git add` would take the file at this absolute path, or has taken it already.
  var wouldCommit: @Sendable (_ path: String) -> Bool

  /// Answers by this closure.
  init(wouldCommit: @escaping @Sendable (_ path: String) -> Bool) {
    self.wouldCommit = wouldCommit
  }

  /// Asks the git on PATH; outside a repository it isn't even started.
  static func live(_ environment: Environment, _ programs: Programs) -> Git {
    Git { path in
      let folder = path.split(separator: "/").dropLast()
      let isInRepository = (0...folder.count).contains { depth in
        access("/" + (folder.prefix(depth) + [".git"]).joined(separator: "/"), F_OK) == 0
      }
      guard isInRepository else { return false }
      // A repository's configuration can name programs that git runs: nobody who only looks at a
      // token should run those.
      let arguments = [
        "git", "-C", "/" + folder.joined(separator: "/"), "-c", "core.fsmonitor=false", "-c",
        "core.hooksPath=/dev/null", "check-ignore", "--quiet", "--", path,
      ]
      let outcome = try? programs.run(
        arguments, environment.without(SettingName.secrets), [], .capture(limit: 1), 2)
      // 0: ignored. 1: not ignored, or tracked. Anything else: git can't tell.
      return outcome?.end == .exited(1)
    }
  }
}
