import Glibc
import Serving
import Synchronization

/// A program that was started with this process's own streams, to be waited for.
struct RunningProgram: Sendable {
  /// A descriptor that is readable once it has ended.
  let ended: Int32
  /// How it ended; nil while it runs.
  var end: @Sendable () -> ProgramOutcome.End?
  /// Sends it a signal, if it hasn't ended.
  var signal: @Sendable (_ number: Int32) -> Void
  /// Sends a signal to it and to everything that it has started, as far as that can be told; whether
  /// anything of it was running.
  var signalAll: @Sendable (_ number: Int32) -> Bool
}

extension RunningProgram {
  /// This program once more, where it is the first process of a container: to that fall the children of
  /// all that end, and somebody must collect them. nil where it isn't.
  static func instead(
    of arguments: [String], _ environment: Environment, _ signals: ProgramSignals
  ) -> RunningProgram? {
    guard getpid() == 1 else { return nil }
    return try? start(arguments, environment, hasInput: true, signals, path: "/proc/self/exe")
  }

  /// Starts it; without `hasInput` it reads from /dev/null.
  static func start(
    _ arguments: [String], _ environment: Environment, hasInput: Bool, _ signals: ProgramSignals,
    path: String? = nil
  ) throws(ProgramNotStarted) -> RunningProgram {
    var pipeEnds: [Int32] = [-1, -1]
    guard pipe(&pipeEnds) == 0 else {
      throw ProgramNotStarted(name: arguments.first ?? "", errno: errno)
    }
    let ends = pipeEnds
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    let child: WaitedChild
    do throws(ProgramNotStarted) {
      let spawn = ProgramSpawn(
        arguments: arguments, environment: environment,
        streams: [
          hasInput ? .descriptor(STDIN_FILENO) : .null, .descriptor(STDOUT_FILENO),
          .descriptor(STDERR_FILENO),
        ], signals: signals, path: path)
      child = WaitedChild(try spawn.start(), ended: ends[0])
    } catch {
      for end in ends { close(end) }
      throw error
    }
    // Its end closes the pipe, which a poll loop sees.
    let isWaited = WorkerThread.start {
      if getpid() == 1 { child.collectOthers() }
      child.wait()
      close(ends[1])
    }
    guard isWaited else {
      child.signal(SIGKILL)
      child.wait()
      close(ends[1])
      throw ProgramNotStarted(name: arguments.first ?? "", errno: EAGAIN)
    }
    return RunningProgram(
      ended: ends[0], end: { child.end }, signal: child.signal, signalAll: child.signalAll)
  }
}

extension RunningProgram {
  /// Passes on the signals that come on `watched` until it has ended; its exit code, as a shell tells it.
  func accompany(_ context: Context, _ watched: Int32?) -> ExitCode {
    while true {
      if let code = exitCode(context) { return code }
      let descriptors = [ended, watched].compactMap { $0 }
      if context.awaitReadable(descriptors, context.clock.uptime() + 60) == watched {
        _ = passSignal(context, watched)
      }
    }
  }

  /// Its exit code, as a shell tells it; nil while it runs. The signals that came were its own.
  func exitCode(_ context: Context) -> ExitCode? {
    guard let end = end() else { return nil }
    context.signals.forget()
    return end.exitCode
  }

  /// Passes on a signal that has come on `watched`; which it was.
  func passSignal(_ context: Context, _ watched: Int32?) -> Int32? {
    guard let number = watched.flatMap({ context.signals.next($0) }) else { return nil }
    // What is typed at a terminal goes to all of its foreground: it has that already.
    let isTyped = [SIGINT, SIGQUIT].contains(number) && context.standardError.isForeground()
    if !isTyped { signal(number) }
    return number
  }
}

extension ProgramOutcome.End {
  /// The exit code that a shell gives for it.
  var exitCode: ExitCode {
    switch self {
    case .exited(let status): .child(status)
    case .signalled(let number): .child(128 + number)
    case .timedOut, .unknown: .unexpected
    }
  }
}

extension ProgramDescendants {
  /// Ends all that this process has started: by SIGTERM, and what is left after a second by SIGKILL.
  static func endAll() {
    var descendants = ProgramDescendants()
    var asked: Set<pid_t> = []
    let start = Clock.live.uptime()
    while case let running = descendants.look(below: getpid()), !running.isEmpty {
      let seconds = Clock.live.uptime() - start
      if seconds > 2 { return }
      for id in running where seconds > 1 || asked.insert(id).inserted {
        _ = kill(id, seconds > 1 ? SIGKILL : SIGTERM)
      }
      Clock.live.sleep(0.02)
    }
  }
}

private final class WaitedChild: Sendable {
  private let id: pid_t
  private let ended: Int32
  private let result = Mutex<ProgramOutcome.End?>(nil)
  private let descendants = Mutex(ProgramDescendants())

  /// - Parameter ended: the descriptor that can be read once it has ended, closed with the last reference.
  init(_ id: pid_t, ended: Int32) { (self.id, self.ended) = (id, ended) }

  deinit { close(ended) }

  var end: ProgramOutcome.End? { result.withLock { $0 } }

  /// Returns when it has ended. It is collected under the lock: once it is, its number may be another
  /// process's.
  func wait() {
    var facts = siginfo_t()
    while waitid(P_PID, id_t(id), &facts, WEXITED | WNOWAIT) != 0, errno == EINTR {}
    result.withLock { result in
      var status: Int32 = 0
      result = waitpid(id, &status, 0) == id ? ProgramOutcome.End(waitStatus: status) : .unknown
    }
  }

  /// Collects whatever ends before it.
  func collectOthers() {
    var facts = siginfo_t()
    while true {
      guard waitid(P_ALL, 0, &facts, WEXITED | WNOWAIT) == 0 else {
        if errno == EINTR { continue }
        return
      }
      let ended = facts._sifields._sigchld.si_pid
      if ended == id { return }
      waitpid(ended, nil, 0)
    }
  }

  /// The parent first, or a shell would go on with its next command.
  func signalAll(_ number: Int32) -> Bool {
    let isRunning = end == nil
    let others = descendants.withLock { $0.look(below: isRunning ? id : nil) }
    signal(number)
    // What another user runs, as by sudo, can't be ended from here, and isn't waited for.
    let isAnyLeft = others.reduce(false) { kill($1, number) == 0 || $0 }
    return isRunning || isAnyLeft
  }

  func signal(_ number: Int32) {
    result.withLock { if $0 == nil { _ = kill(id, number) } }
  }
}
