import OAuth

// What is found out before anything is spent.

extension Rotation {
  /// Proves, before the person is asked for anything, that a grant could be saved and handed on.
  func proveSave() throws(Failure) {
    try checkHookCanRun()
    var locked = try lock(creating: true)
    try locked.syncJournal()
    try locked.prove()
    locked.unlock()
  }

  /// Opens libcurl, and says where the credentials are going if that isn't X.
  func openNetwork() throws(Failure) -> Network {
    try endpoints.openNetwork(context, telling: console)
  }

  /// A grant without a file is put back by the `--on-rotate` command, or by nobody. In CI, whatever
  /// stays on the runner dies with it, and the grant too.
  func checkRotationIsAllowed() throws(Failure) {
    guard settings.onRotate == nil, !settings.options.allowRotate else { return }
    if context.environment.isCI { throw .settings(.rotationInCI) }
    if store == .hook { throw .settings(.noStore) }
  }

  /// Finds out before anything is spent whether the command can do its work at all.
  func checkHookCanRun() throws(Failure) {
    guard let command = settings.onRotate else { return }
    try HookCommand(command: command, context: context).check()
  }
}
