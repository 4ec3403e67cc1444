import CommandTable
import DurableFile
import HTTP
import OAuth

extension Rotation {
  /// The rotation that a command carries out, its settings checked.
  ///
  /// - Parameter need: what it will be asked to renew for; nil when it renews nothing.
  init(_ call: Call, for need: Need?) throws(Failure) {
    let settings = try call.settings()
    let grant = try settings.grant()
    if grant.grant.isBlank, !settings.file.exists {
      throw .settings(.noFile(path: settings.file.target.path))
    }
    let client = try settings.requiredClient()
    let isInEnvironment = grant.place == .environment && !grant.grant.isBlank
    let sources: [SettingSource] = [client.source] + (isInEnvironment ? [.environment] : [])
    let endpoints = try settings.endpoints(sending: sources)
    self.init(
      context: call.context, settings: settings, console: call.console,
      client: client.credentials, endpoints: endpoints, store: isInEnvironment ? .hook : .file)
    try announce(grant)
    guard isInEnvironment else { return }
    // The file has lost its tokens, and the environment has an old copy of them.
    guard try settings.journalRecord()?.isSpent(grant.grant) != true else {
      throw .login(.spentInEnvironment(journal: settings.journalPath))
    }
    // Neither a rotation that isn't allowed nor one that isn't due leaves a token on the disk.
    if let need {
      let isGood = grant.grant.isGood(for: need.validity, at: call.context.clock.now())
      if need.force || !isGood {
        try checkRotationIsAllowed()
      } else if try settings.environmentGrantFile() == nil {
        resting = grant.grant
        return
      }
    }
    let seen = try Sight(settings)
    let adopted = try settings.adoptingEnvironmentGrant(call.context, telling: call.console)
    self = Rotation(
      context: call.context, settings: adopted, console: call.console, client: client.credentials,
      endpoints: endpoints, store: .hook, seen: seen)
  }

  /// Says what isn't as it should be before anything is done.
  private func announce(_ grant: SourcedGrant) throws(Failure) {
    if let text = grant.unreadableExpiry {
      console.warn("X_OAUTH2_EXPIRES_AT=\(sanitized(text, limit: 40)) is no time; taken as unknown")
    }
    if store == .file { try settings.warnOfStaleCopy(console) }
  }

  /// What X knows of this client and `grant`, and might echo in an error's words.
  func secrets(of grant: Grant) -> [Secret] {
    [client.secret, grant.refreshToken, grant.accessToken].compactMap { $0 }
  }

  /// Locks the file, waiting as long as was asked for, and for `limit` seconds at most.
  func lock(limit: Double = .infinity, creating: Bool = false) throws(Failure) -> LockedGrant {
    try .open(settings, creating: creating, limit: limit, context: context, telling: console)
  }

  /// Opens libcurl, and says where the credentials are going if that isn't X.
  func openNetwork() throws(Failure) -> Network {
    try endpoints.openNetwork(context, telling: console)
  }

  /// A grant without a file is put back by the `--on-rotate` command, or by nobody. In CI, whatever
  /// stays on the runner dies with it, and the grant too.
  func checkRotationIsAllowed() throws(Failure) {
    guard settings.onRotate == nil, !settings.invocation.flag("allow-rotate") else { return }
    if context.environment.isCI { throw .settings(.rotationInCI) }
    if store == .hook { throw .settings(.noStore) }
  }
}
