import Glibc
import Rotation
import Serving

/// `exec --restart`: a command that is started again with each new token.
struct Supervision {
  /// Seconds that are left when the token is renewed, where nobody asks for more or less.
  private static let standardValidity = 30 * 60

  private let call: Call
  private let live: LiveToken
  private let watched: Int32?

  init(_ call: Call) throws(Failure) {
    let options = call.options
    guard options.noStdin || !call.context.hasPipedInput() else {
      throw .serving(.restartWithPipedInput)
    }
    try call.requireCommand()
    self.call = call
    let settings = try call.settings()
    let standing = try settings.standing(at: call.context.clock.now())
    if standing.renewal == .refused, !standing.isShared {
      throw .rotation(.refusedBefore(standing.record?.lastFailure, path: settings.file.target.path))
    }
    live = try LiveToken(
      call, settings,
      validity: options.isMinValidityGiven ? options.minValidity : Self.standardValidity,
      needsGrant: true)
    watched = call.context.signals.watch()
  }

  /// Runs the command, again and again, until it ends by itself.
  func run() throws(Failure) -> ExitCode {
    live.turn()
    return try live.serving(as: "exec --restart", untilEnd)
  }

  private func untilEnd() throws(Failure) -> ExitCode {
    guard var grant = try firstGrant() else { return .done }
    while true {
      let program = try call.startCommand(
        ExecCommand.environment(for: grant, from: call.context.environment),
        readsInput: !call.options.noStdin)
      switch watch(program, with: grant) {
      case .ended(let code): return code
      case .outdated(let next): grant = next
      }
      call.console.detail("a new token is saved; the command is started again")
      if let code = stop(program) { return code }
      // Another one may have come while it ended.
      grant = live.current?.grant ?? grant
    }
  }

  /// What became of the program.
  private enum Turn {
    /// It ended by itself, or because it was told to.
    case ended(ExitCode)
    /// This grant has come since.
    case outdated(Grant)
  }

  /// The first grant that serves; nil when a signal came first. What is temporary is waited out.
  private func firstGrant() throws(Failure) -> Grant? {
    while true {
      if let obstacle = live.obstacle { throw obstacle }
      if let known = live.current { return known.grant }
      if wait(for: []) != nil { return nil }
    }
  }

  private func watch(_ program: RunningProgram, with grant: Grant) -> Turn {
    var isEnding = false
    while true {
      if let code = program.exitCode(call.context) { return .ended(code) }
      if wait(for: [program.ended]) == watched, isEnd(program.passSignal(call.context, watched)) {
        isEnding = true
      }
      if !isEnding, let next = live.current?.grant, next.accessToken != grant.accessToken {
        return .outdated(next)
      }
    }
  }

  /// Ends the program with all that it has started, to start it again. Its exit code if it had ended
  /// before, or if somebody wants it to end meanwhile.
  private func stop(_ program: RunningProgram) -> ExitCode? {
    let clock = call.context.clock
    if let code = program.exitCode(call.context) { return code }
    let deadline = clock.uptime() + Double(call.options.grace)
    var isEnding = false
    var isRunning = program.signalAll(SIGTERM)
    while isRunning {
      if wait(for: program.end() == nil ? [program.ended] : []) == watched,
        isEnd(program.passSignal(call.context, watched))
      {
        isEnding = true
      }
      // Signal 0 only looks.
      isRunning = program.signalAll(clock.uptime() >= deadline ? SIGKILL : 0)
    }
    return isEnding ? program.exitCode(call.context) : nil
  }

  /// Whether a signal asks a program to end; with others it may read its settings again, for one.
  private func isEnd(_ signal: Int32?) -> Bool { signal == SIGTERM }

  /// Waits a moment for one of these descriptors, or a signal; which it was.
  private func wait(for descriptors: [Int32]) -> Int32? {
    call.context.awaitReadable(
      descriptors + [watched].compactMap { $0 }, call.context.clock.uptime() + 0.5)
  }
}
