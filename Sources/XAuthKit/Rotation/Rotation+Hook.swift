import DotEnv
import DurableFile
import OAuth

extension Rotation {
  /// Seconds to wait for another run's hook: a restart of a server takes a while.
  private static let hookLockTimeout = 300.0

  /// Runs the `--on-rotate` command if the journal says that one is owed: for this run's renewal, or
  /// for an earlier one whose hook failed or never ran.
  ///
  /// The file's lock is free by now, so that a hook may call this program; a lock of the hook's own
  /// keeps two from running at once, and each reads the values that are current when it runs.
  func runHook() throws(Failure) {
    guard resting == nil else { return }
    // What is in its file is safe, and has been told of; what only the command can put away isn't.
    if !isHookTheStore { context.signals.release() }
    try runOwedHook()
    context.signals.release()
  }

  private func runOwedHook() throws(Failure) {
    guard let command = settings.onRotate, try isHookOwed() else { return }
    let grant: Grant
    do {
      let lock = try SideLock.acquire(
        "hook", of: settings.file.target, timeout: Self.hookLockTimeout)
      // Another run may have done it while this one waited.
      guard try isHookOwed() else { return }
      grant = try currentGrant()
      try run(HookCommand(command: command, context: context), with: grant)
      _ = consume lock
    } catch {
      throw Failure(error)
    }
    var locked = try lock()
    if locked.grant.hasSameTokens(as: grant) { locked.settleHook() }
    locked.unlock()
  }

  /// Whether only the command can bring the new tokens to where they last: they came from the
  /// environment, or this machine ends with its CI job.
  private var isHookTheStore: Bool { store == .hook || context.environment.isCI }

  /// Where the hook is the store, a moment's trouble must not leave the new tokens here alone.
  private func run(_ hook: HookCommand, with grant: Grant) throws(Failure) {
    guard isHookTheStore else { return try hook.run(with: grant) }
    for pause in [1.0, 2.0] {
      do { return try hook.run(with: grant) } catch .hook(let failure) {
        console.warn("\(failure.words); trying again in \(Spans.words(Int(pause)))")
        context.clock.sleep(pause)
      }
    }
    do { try hook.run(with: grant) } catch {
      throw .notSaved(
        context.environment.isCI ? .hookInCI(error) : .because(error),
        recovery: settings.file.target.path)
    }
  }

  private func isHookOwed() throws(Failure) -> Bool {
    try settings.journalRecord()?.isHookOwed ?? false
  }

  private func currentGrant() throws(Failure) -> Grant {
    let held: Grant
    do {
      held = Grant(document: DotEnvDocument(try settings.file.target.read()?.bytes ?? []))
    } catch {
      throw Failure(error)
    }
    let newer = try settings.newerGrant(
      than: SourcedGrant(source: .file, grant: held, unreadableExpiry: nil))
    return newer ?? held
  }
}
