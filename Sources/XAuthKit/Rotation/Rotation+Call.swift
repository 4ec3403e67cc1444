import OAuth

extension Rotation {
  /// The rotation that a command carries out, its settings checked.
  ///
  /// - Parameter need: what it will be asked to renew for; nil when it renews nothing.
  static func open(_ call: Call, for need: Need?) throws(Failure) -> Rotation {
    let settings = try call.settings()
    let grant = try settings.grant()
    if grant.grant.isBlank, !settings.file.exists {
      throw .file(.notFound(path: settings.file.target.path))
    }
    let client = try settings.requiredClient()
    let isInEnvironment = grant.source == .environment && !grant.grant.isBlank
    let sources: [SettingSource] = [client.source] + (isInEnvironment ? [.environment] : [])
    let rotation = Rotation(
      context: call.context, settings: settings, console: call.console,
      client: client.credentials, endpoints: try settings.endpoints(sending: sources),
      store: isInEnvironment ? .hook : .file)
    try rotation.announce(grant)
    return isInEnvironment ? try rotation.withGrantInFile(grant.grant, for: need) : rotation
  }

  /// The rotation of the environment's grant, which has to be in a file of ours to be locked and
  /// journaled.
  private func withGrantInFile(_ grant: Grant, for need: Need?) throws(Failure) -> Rotation {
    // The file has lost its tokens, and the environment has an old copy of them.
    guard try settings.journalRecord()?.isSpent(grant) != true else {
      throw .login(.spentInEnvironment(journal: settings.journalPath))
    }
    // Neither a rotation that isn't allowed nor one that isn't due leaves a token on the disk.
    if let need {
      if need.isDue(grant, at: context.clock.now()) {
        try checkRotationIsAllowed()
      } else if try settings.environmentGrantFile() == nil {
        var undue = self
        undue.resting = grant
        return undue
      }
    }
    let seen = try UnlockedView(settings)
    return Rotation(
      context: context,
      settings: try settings.withEnvironmentGrantInFile(context, telling: console),
      console: console, client: client, endpoints: endpoints, store: .hook, seen: seen)
  }

  /// Says what isn't as it should be before anything is done.
  private func announce(_ grant: SourcedGrant) throws(Failure) {
    if let text = grant.unreadableExpiry { console.warn(.unreadableExpiry(text)) }
    if store == .file, let warning = try settings.staleCopyInEnvironment() { console.warn(warning) }
  }
}
