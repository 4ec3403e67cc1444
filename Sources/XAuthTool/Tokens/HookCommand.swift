import CommandTable
import DotEnv
import DurableFile
import Rotation

/// The command that carries new tokens to where they are needed.
struct HookCommand: Sendable {
  static let shell = "/bin/sh"
  /// Seconds that it may run: it restarts a server or stores a secret. Then it is stopped, with
  /// everything that it has started.
  static let limit = 60.0

  let command: String
  let context: Context

  /// Runs it by `sh -c`, the grant's values as dotenv on its standard input. What it prints goes to
  /// our standard error. Comes back with whether it has read them all.
  func run(with grant: Grant) throws(Failure) -> Bool {
    let outcome: ProgramOutcome
    do {
      outcome = try context.programs.run(
        [Self.shell, "-c", command], environment, dotEnv(grant),
        .inheritErrorStream, Self.limit)
    } catch let failure as ProgramNotStarted {
      throw .hook(.cannotStart(errno: failure.errno))
    } catch {
      throw Failure(error)
    }
    guard outcome.isSuccess else { throw .hook(.failed(outcome.end)) }
    return outcome.hasReadInput
  }

  /// Our environment without tokens, client secret and the hook's own variable: with that, a hook
  /// that runs this program would wait for itself.
  var environment: Environment {
    context.environment.without(
      SettingName.grant.map(\.rawValue) + [SettingName.clientSecret.rawValue, "XAUTH_ON_ROTATE"])
  }

  private func dotEnv(_ grant: Grant) throws(Failure) -> [UInt8] {
    let empty = DotEnvDocument([])
    do { return try empty.setting(grant.changes(to: empty)).bytes } catch {
      throw .dotEnv(error, path: "the hook's input")
    }
  }
}

extension HookCommand {
  /// Seconds for a shell to look at a command without running it.
  private static let patience = 5.0

  /// Refuses, without running anything of it, a command that can be seen to fail: it would cost a
  /// token, which is renewed before it runs.
  func check() throws(Failure) {
    guard context.programs.find(Self.shell, nil) != nil else {
      throw .settings(.noShell(Self.shell))
    }
    // With -n a shell reads and runs nothing (sh(1)).
    if fails(["-n", "-c", command]) { throw .settings(.hookUnreadable) }
    if let name = programName, fails(["-c", "command -v \"$1\"", "sh", name]) {
      throw .settings(.hookNotFound(name))
    }
  }

  /// Whether the shell can be asked, and says no.
  private func fails(_ arguments: [String]) -> Bool {
    let asked = try? context.programs.run(
      [Self.shell] + arguments, environment, [], .discard, Self.patience)
    guard case .exited(let status)? = asked?.end else { return false }
    return status != 0
  }

  /// The program that the command is all about, where that can be told without being a shell: of
  /// `a || b` and `a; b` the first may be missing.
  private var programName: String? {
    guard !command.contains(where: { ";|&\n(){}`".contains($0) }) else { return nil }
    guard let word = command.split(whereSeparator: { $0 == " " || $0 == "\t" }).first,
      word.first != "-", ShellWord.isPlain(String(word))
    else { return nil }
    return String(word)
  }
}

extension RotationRun {
  /// Seconds before a person is told that this run waits for another one's command.
  private static let patienceInSilence = 1.0
  /// Seconds to wait for that command: its three tries, each with what ending it takes, and the pauses
  /// between them.
  private static let longestHook = 3 * (HookCommand.limit + 2) + 3

  /// Runs the `--on-rotate` command if one is owed: for this run's renewal, or for an earlier one
  /// whose command failed or never ran.
  ///
  /// The file's lock is free by now, so that a hook may call this program; a lock of the hook's own
  /// keeps two from running at once, and each reads the values that are current when it runs.
  func runHook() throws(Failure) {
    guard case .home(let rotation) = place else { return }
    // Once the tokens are saved in the user's file, signals may end the process. If only the
    // command can store them, signals stay held until it has.
    if isHookTheStore(rotation) {
      context.signals.hold("\nthe new tokens are being handed on; this ends within minutes\n")
      context.signals.letStopsThrough()
    } else {
      context.signals.release()
    }
    do { try runOwedHook(rotation) } catch { throw Failure(error) }
    notes.tell()
    context.signals.release()
  }

  /// Looks again when the lock is free: a run that doesn't wait leaves its new tokens to the one that
  /// holds it. Only once, because a command that renews them itself would never end.
  private func runOwedHook(_ rotation: Rotation) throws {
    guard let command = settings.onRotate else { return }
    let hook = HookCommand(command: command, context: context)
    for _ in 0..<2 {
      guard try rotation.home.grantOwedToHook() != nil, try runAlone(hook, of: rotation) else {
        return
      }
    }
  }

  /// Runs it under its lock, if it is owed still; false when another run's command is running, for
  /// which this one doesn't wait.
  private func runAlone(_ hook: HookCommand, of rotation: Rotation) throws -> Bool {
    guard let lock = try lockHook(of: rotation.home.target) else { return false }
    // Another run may have done it while this one waited.
    if let grant = try rotation.home.grantOwedToHook() {
      let isTaken = try run(hook, with: grant, of: rotation)
      // Before the next run gets the lock, or that would find the command still owed. A runner may
      // outlive its jobs, whose tokens it has no business to keep. Elsewhere the environment may never
      // change, and what followed on it is here alone.
      try rotation.settleHook(for: grant, forgetting: isTaken && context.environment.isCI)
    }
    lock.release()
    return true
  }

  private func lockHook(of target: FileTarget) throws(Failure) -> SideLock? {
    if let lock = try lockHook(of: target, within: waitsForHook ? Self.patienceInSilence : 0) {
      return lock
    }
    guard waitsForHook else {
      console.detail("another run's --on-rotate command is running; not waiting for it")
      return nil
    }
    console.say("waiting for the --on-rotate command of another run")
    if let lock = try lockHook(of: target, within: Self.longestHook) { return lock }
    throw .hook(.anotherIsRunning(seconds: Int(Self.longestHook)))
  }

  private func lockHook(
    of target: FileTarget, within seconds: Double
  ) throws(Failure) -> SideLock? {
    do throws(FileFailure) {
      return try SideLock.acquire("hook", of: target, timeout: seconds)
    } catch {
      guard case .lockTimedOut = error else { throw .file(error) }
      return nil
    }
  }

  /// Whether only the command can bring the new tokens to where they last: they came from the
  /// environment, or this machine ends with its CI job.
  private func isHookTheStore(_ rotation: Rotation) -> Bool {
    followed == nil && store == nil && (rotation.home.isEnvironment || context.environment.isCI)
  }

  /// Where the hook is the store, a moment's trouble must not leave the new tokens here alone.
  private func run(
    _ hook: HookCommand, with grant: Grant, of rotation: Rotation
  ) throws(Failure) -> Bool {
    guard isHookTheStore(rotation) else { return try hook.run(with: grant) }
    var pauses: ArraySlice = [1.0, 2.0]
    while true {
      do { return try hook.run(with: grant) } catch {
        guard case .hook(let failure) = error, let pause = pauses.popFirst() else {
          throw .notStored(
            error, recovery: rotation.home.target.path, inCI: context.environment.isCI)
        }
        console.warn("\(failure.phrase); trying again in \(Spans.words(Int(pause)))")
        context.clock.sleep(pause)
      }
    }
  }

  /// Finds out before a token is used whether the command can do its work at all.
  func checkHookCanRun() throws(Failure) {
    guard let command = settings.onRotate else { return }
    try HookCommand(command: command, context: context).check()
  }
}
