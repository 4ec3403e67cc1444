import Glibc

/// Becoming another program, as the `exec` of a shell does.
enum ProgramReplacement {
  /// The shell that a file without an executable format is given to.
  private static let shell = "/bin/sh"

  /// Comes back only on failure, with the errno: EACCES if a program was found that may not be
  /// executed, else ENOENT if none was found (exec(3)).
  static func become(
    _ arguments: [String], _ environment: [String: String], _ signals: ProgramSignals
  ) -> Int32 {
    guard let name = arguments.first else { return ENOENT }
    signals.restore()
    var failure = ENOENT
    for path in ProgramSearch.candidates(name, path: environment["PATH"]) {
      switch execute(path, arguments, environment) {
      case ENOENT, ENOTDIR: continue
      case EACCES: failure = EACCES
      case ENOEXEC: return execute(shell, [shell, path] + arguments.dropFirst(), environment)
      case let other: return other
      }
    }
    return failure
  }

  private static func execute(
    _ path: String, _ arguments: [String], _ environment: [String: String]
  ) -> Int32 {
    ProgramVector.with(arguments, environment) {
      execve(path, $0, $1)
      return errno
    }
  }
}
