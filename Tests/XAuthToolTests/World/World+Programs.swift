import Glibc

@testable import XAuthTool

extension World {
  /// The programs of this world: those that are installed can be found, and only a shell can be run.
  var programs: Programs {
    Programs(
      locate: { [self] name, path throws(ProgramNotStarted) in
        guard let found = find(name, path) else {
          throw ProgramNotStarted(name: name, errno: ENOENT)
        }
        return found
      },
      start: { arguments, _ throws(ProgramNotStarted) in
        throw ProgramNotStarted(name: arguments[0], errno: ENOENT)
      },
      run: { [self] arguments, environment, input, _, timeout in
        hook.run(arguments, environment.all, input, timeout)
      },
      accompany: { arguments, _, _ throws(ProgramNotStarted) in
        throw ProgramNotStarted(name: arguments[0], errno: ENOENT)
      },
      delegate: { _, _ in nil },
      replace: { [self] arguments, environment in
        replacement = (arguments, environment.all)
        return ENOEXEC
      })
  }

  private func find(_ name: String, _ path: String?) -> String? {
    if name == HookCommand.shell { return hook.shellExists ? name : nil }
    return (path ?? "").split(separator: ":").map { "\($0)/\(name)" }
      .first(where: installed.contains)
  }
}
