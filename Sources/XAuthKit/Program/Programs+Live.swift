import Glibc
import Synchronization

extension Programs {
  /// The system's programs. To be called before this process ignores or blocks any signal: what it
  /// was given is handed on. From here on this process leaves no core file.
  static func live() -> Programs {
    let inherited = ProgramSignals.current()
    let coreFiles = CoreFiles.forbid()
    // Whoever started us may have ignored it, and then no child's status would ever be known.
    if inherited.ignores(SIGCHLD) { signal(SIGCHLD, SIG_DFL) }
    return Programs(
      locate: { (name, path) throws(ProgramNotStarted) in
        try ProgramSearch.locate(name, path: path)
      },
      start: { (arguments, environment) throws(ProgramNotStarted) in
        let spawn = ProgramSpawn(
          arguments: arguments, environment: environment, streams: [.null, .null, .null],
          signals: .defaults(), isDetached: true)
        let child = LaunchedChild(try spawn.start())
        return StartedProgram { child.hasFailed }
      },
      run: { (arguments, environment, input, output, timeout) throws(ProgramNotStarted) in
        var run = try ProgramRun(
          arguments, environment, input: input, output: output, timeout: timeout,
          signals: inherited)
        return run.finish()
      },
      replace: {
        coreFiles.restore()
        return ProgramReplacement.become($0, $1, inherited)
      })
  }
}

/// A child that nobody waits for. It is collected when somebody asks, and otherwise by init when
/// this process, a short one, has ended.
private final class LaunchedChild: Sendable {
  private let id: pid_t
  private let end = Mutex<ProgramOutcome.End?>(nil)

  init(_ id: pid_t) { self.id = id }

  var hasFailed: Bool {
    end.withLock { end in
      // Asked once more after it was collected, the number may be another process's.
      if end == nil {
        var status: Int32 = 0
        if waitpid(id, &status, WNOHANG) == id { end = ProgramOutcome.End(waitStatus: status) }
      }
      return end.map { $0 != .exited(0) } ?? false
    }
  }
}
