import CSystem
import DurableFile
import Glibc
import Paths
import Synchronization

/// Other programs, as commands start them: always by an argument vector, never through a shell.
///
/// A set of closures, so that a test can give another world; `live()` is the real one. A name
/// without a slash is looked up on the `PATH` of the environment that is passed. Of this process's
/// descriptors a program gets 0 to 2 and no others: all are opened with O_CLOEXEC.
struct Programs: Sendable {
  /// The path of the program `name` on a `PATH` value (nil: the system's default), or of `name` itself
  /// if it has a slash. Throws why there is none: EACCES if one was there and may not be executed, else
  /// ENOENT.
  var locate: @Sendable (_ name: String, _ path: String?) throws(ProgramNotStarted) -> String

  /// Starts a program and leaves it alone: in a session of its own, its streams on /dev/null,
  /// every signal at its default.
  var start:
    @Sendable (_ arguments: [String], _ environment: Environment) throws(ProgramNotStarted)
      -> StartedProgram

  /// Runs a program to its end with `input` on its standard input. After `timeout` seconds (nil:
  /// never) it is told to terminate, and a second later killed.
  var run:
    @Sendable (
      _ arguments: [String], _ environment: Environment, _ input: [UInt8],
      _ output: ProgramOutput, _ timeout: Double?
    ) throws(ProgramNotStarted) -> ProgramOutcome

  /// Starts a program with this process's own streams and the signals that it was given itself; without
  /// `hasInput` it reads from /dev/null.
  var accompany:
    @Sendable (_ arguments: [String], _ environment: Environment, _ hasInput: Bool)
      throws(ProgramNotStarted) -> RunningProgram

  /// The same for this program itself, where it is the first process of a container and has others to
  /// collect; nil where it isn't.
  var delegate: @Sendable (_ arguments: [String], _ environment: Environment) -> RunningProgram?

  /// Ends all that this process has started and that still runs.
  var endAll: @Sendable () -> Void = {}

  /// Becomes another program (execve(2)), with the signals as this process was given them; returns
  /// only on failure, with the errno. A file without an executable format is given to /bin/sh, as
  /// POSIX asks of a shell (XCU 2.9.1.4).
  ///
  /// `arguments` that are the end of this process's own command line are passed on in the bytes they
  /// came in, which needn't be UTF-8.
  var replace: @Sendable (_ arguments: [String], _ environment: Environment) -> Int32

  /// As `locate`, for a program that we look for by ourselves, in the absolute folders of PATH alone;
  /// nil if there is no such program that may be executed.
  func find(_ name: String, _ path: String?) -> String? {
    try? locate(name, path.map(ProgramSearch.absolute))
  }
}

/// A program that could not be started.
struct ProgramNotStarted: Error, Equatable, Sendable {
  /// Its name, as it was asked for.
  let name: String
  /// Why: ENOENT, EACCES and so on.
  let errno: Int32
}

/// A program that was started and left alone.
struct StartedProgram: Sendable {
  /// Whether it has ended already with another status than 0, or by a signal: a launcher that
  /// found nothing to launch. Doesn't wait; false while it runs.
  var hasFailed: @Sendable () -> Bool
}

extension Programs {
  /// The system's programs, which get the signals as they were given to this process. From here on
  /// this process leaves no core file.
  static func live(_ inherited: ProgramSignals = .current()) -> Programs {
    let coreLimit = forbidCoreFiles()
    // If it was ignored when this process started, no child's status would ever be known.
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
      accompany: { (arguments, environment, hasInput) throws(ProgramNotStarted) in
        try RunningProgram.start(arguments, environment, hasInput: hasInput, inherited)
      },
      delegate: { RunningProgram.instead(of: $0, $1, inherited) },
      endAll: { ProgramDescendants.endAll() },
      replace: { arguments, environment in
        become(arguments, environment) {
          setCoreLimit(coreLimit)
          inherited.restore()
        }
      })
  }

  /// `prepare` is called when the program has been found.
  private static func become(
    _ arguments: [String], _ environment: Environment, after prepare: () -> Void
  ) -> Int32 {
    let path: String
    do throws(ProgramNotStarted) {
      path = try ProgramSearch.locate(arguments.first ?? "", path: environment.all["PATH"])
    } catch {
      return error.errno
    }
    prepare()
    return withVector(arguments.map(\.pathBytes)) { arguments in
      withVector(environment.assignments) { environment in
        csystem_execute(path.pathBytes, arguments, environment)
        return errno
      }
    }
  }

  /// Sets the limit on core files to none, because one would hold tokens; returns what it was.
  private static func forbidCoreFiles() -> rlimit {
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit)
    setCoreLimit(rlimit(rlim_cur: 0, rlim_max: limit.rlim_max))
    return limit
  }

  private static func setCoreLimit(_ limit: rlimit) {
    var limit = limit
    setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit)
  }
}

/// A child that isn't waited for. It is collected when `hasFailed` is read, and otherwise by init
/// when this process, a short one, has ended.
private final class LaunchedChild: Sendable {
  private let id: pid_t
  private let end = Mutex<ProgramOutcome.End?>(nil)

  init(_ id: pid_t) { self.id = id }

  var hasFailed: Bool {
    end.withLock { end in
      // Once it was collected, its number may be another process's.
      if end == nil {
        var status: Int32 = 0
        if waitpid(id, &status, WNOHANG) == id { end = ProgramOutcome.End(waitStatus: status) }
      }
      return end.map { $0 != .exited(0) } ?? false
    }
  }
}
