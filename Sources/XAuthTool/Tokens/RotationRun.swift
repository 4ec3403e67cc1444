import DurableFile
import HTTP
import OAuth
import Rotation
import Synchronization

/// One command's rotation: the steps of the `Rotation` module with this command's settings, its
/// network, its hook, and its voice.
struct RotationRun: Sendable {
  let context: Context
  let settings: Settings
  let console: Console
  let client: ClientCredentials
  let endpoints: Endpoints
  private let place: Place
  private let notes: PendingNotes

  /// Where the grant is while this command runs.
  private enum Place {
    /// Where it is locked and journaled.
    case home(Rotation)
    /// In the environment: it isn't due, no file of ours follows it, and none is made.
    case untouched(Grant)
  }

  /// The file that holds the grant; nil while it stays in the environment.
  var path: String? {
    if case .home(let rotation) = place { rotation.home.target.path } else { nil }
  }

  /// The rotation of a command that renews or revokes, its settings checked.
  ///
  /// - Parameter need: what it will be asked to renew for; nil when it renews nothing.
  static func prepare(for need: Rotation.Need?, _ call: Call) throws(Failure) -> RotationRun {
    let settings = try call.settings()
    let held = try settings.grant()
    if held.grant.isBlank, !settings.file.exists {
      throw .file(.notFound(path: settings.file.target.path))
    }
    let client = try settings.requiredClient()
    let isInEnvironment = held.source == .environment && !held.grant.isBlank
    let sources: [SettingSource] = [client.source] + (isInEnvironment ? [.environment] : [])
    let endpoints = try settings.endpoints(sending: sources)
    if let text = held.unreadableExpiry { call.console.warn(.unreadableExpiry(text)) }
    if isInEnvironment {
      return try RotationRun(
        ofEnvironment: held.grant, for: need, call, settings, client.credentials, endpoints)
    }
    if let warning = try settings.staleCopyInEnvironment() { call.console.warn(warning) }
    return try RotationRun(inFile: settings, call, client.credentials, endpoints)
  }

  /// The rotation of the grant that is, or will be, in the file of `settings`.
  init(
    inFile settings: Settings, _ call: Call, _ client: ClientCredentials, _ endpoints: Endpoints
  ) throws(Failure) {
    let notes = PendingNotes(call.console, endpoints)
    let effects = RotationEffects(call.context, call.console, notes)
    do {
      let home = try GrantHome.file(settings.file.target)
      place = .home(
        Rotation(home: home, client: client, api: endpoints.api.text, effects: effects))
    } catch {
      throw Failure(error)
    }
    (context, console, self.notes) = (call.context, call.console, notes)
    (self.settings, self.client, self.endpoints) = (settings, client, endpoints)
  }

  /// The rotation of the environment's grant, which has to be in a file of ours to be locked and
  /// journaled.
  private init(
    ofEnvironment grant: Grant, for need: Rotation.Need?, _ call: Call, _ settings: Settings,
    _ client: ClientCredentials, _ endpoints: Endpoints
  ) throws(Failure) {
    (context, console, notes) = (call.context, call.console, PendingNotes(call.console, endpoints))
    (self.settings, self.client, self.endpoints) = (settings, client, endpoints)
    // The file has lost its tokens, and the environment has an old copy of them.
    let target = settings.file.target
    guard try !settings.view(of: target, holding: .blank).isNewer(than: grant) else {
      throw .login(.spentInEnvironment(journal: target.journalPath))
    }
    let home = call.context.environment["HOME"]
    do {
      // Neither a rotation that isn't allowed nor one that isn't due leaves a token on the disk.
      if let need {
        if need.isDue(grant, at: call.context.clock.now()) {
          try settings.checkRotationIsAllowed(isInEnvironment: true)
        } else if try GrantHome.fileFollowing(grant, home: home) == nil {
          place = .untouched(grant)
          return
        }
      }
      let effects = RotationEffects(call.context, call.console, notes)
      place = .home(
        Rotation(
          home: try .environment(grant, home: home, effects), client: client,
          api: endpoints.api.text, effects: effects))
    } catch {
      notes.tell()
      throw Failure(error)
    }
  }

  // MARK: Steps

  /// Makes sure that the access token is valid for `need`.
  func renew(_ need: Rotation.Need) throws(Failure) -> Rotation.Renewal {
    switch place {
    case .untouched(let grant): return .notDue(grant)
    case .home(let rotation):
      return try told { () throws(RotationFailure) in
        try rotation.renew(need) {
          try settings.checkRotationIsAllowed(isInEnvironment: rotation.home.isEnvironment)
          try checkHookCanRun()
          return try context.openNetwork().tokenEndpoint
        }
      }
    }
  }

  /// Ends a run whose renewal brought a refresh token alone, once the `--on-rotate` command has been
  /// told of it: what was asked for is an access token.
  func requireAccessToken(_ result: Rotation.Renewal) throws(Failure) {
    guard case .renewed(_, let issued) = result, issued.lacksAccessToken else { return }
    try runHook()
    throw .temporary(.noAccessToken(path: path ?? ""))
  }

  /// Proves, before a person is asked for anything, that a grant could be saved and handed on.
  func proveSave() throws(Failure) {
    try checkHookCanRun()
    try told { rotation throws(RotationFailure) in try rotation.proveSave() }
  }

  /// Makes everything ready for the answer to a code, which isn't used before.
  func lockForExchange() throws(Failure) -> LockedGrant {
    guard case .home(let rotation) = place else { throw .unexpected("a login without a file") }
    do { return try rotation.lockForExchange() } catch {
      notes.tell()
      throw failure(error)
    }
  }

  /// Exchanges a code and saves the grant that comes of it.
  func exchange(
    _ exchange: CodeExchange, on network: Network, under lock: consuming LockedGrant
  ) throws(Failure) -> Rotation.Renewal {
    guard case .home(let rotation) = place else { throw .unexpected("a login without a file") }
    defer { notes.tell() }
    do {
      return try rotation.exchange(
        exchange, by: network.tokenEndpoint, owingHook: settings.onRotate != nil, under: lock)
    } catch {
      throw failure(error)
    }
  }

  /// Revokes the grant at X, then clears what was confirmed.
  func revoke() throws(Failure) -> Rotation.Revocation {
    try told { rotation throws(RotationFailure) in
      try rotation.revoke { try context.openNetwork().tokenEndpoint }
    }
  }

  /// Clears the grant in the file, and every copy of it in the journal, without asking X.
  static func forget(_ settings: Settings, _ call: Call) throws(Failure) -> Rotation.Revocation {
    let notes = PendingNotes(call.console)
    defer { notes.tell() }
    let effects = RotationEffects(call.context, call.console, notes)
    do { return try Rotation.forget(settings.file.target, effects) } catch {
      throw Failure(error)
    }
  }

  /// Opens libcurl, and says where the credentials are going if that isn't X.
  func openNetwork() throws(Failure) -> Network {
    try endpoints.openNetwork(context, telling: console)
  }

  /// Does a step, and tells what came of it once the lock is released, whatever the step ends with.
  private func told<Value>(
    _ step: (Rotation) throws(RotationFailure) -> Value
  ) throws(Failure) -> Value {
    guard case .home(let rotation) = place else { throw .unexpected("a step without a file") }
    defer { notes.tell() }
    do { return try step(rotation) } catch { throw failure(error) }
  }

  private func told<Value>(
    _ step: () throws(RotationFailure) -> Value
  ) throws(Failure) -> Value {
    defer { notes.tell() }
    do { return try step() } catch { throw failure(error) }
  }

  private func failure(_ failure: RotationFailure) -> Failure {
    Failure(failure, host: endpoints.host, client: client, now: context.clock.now())
  }
}

// MARK: The --on-rotate command

extension RotationRun {
  /// Seconds to wait for another run's hook: three tries, and the pauses between them.
  private static let hookLockTimeout = 3 * HookCommand.limit + 10

  /// Runs the `--on-rotate` command if one is owed: for this run's renewal, or for an earlier one
  /// whose command failed or never ran.
  ///
  /// The file's lock is free by now, so that a hook may call this program; a lock of the hook's own
  /// keeps two from running at once, and each reads the values that are current when it runs.
  func runHook() throws(Failure) {
    guard case .home(let rotation) = place else { return }
    // What is in its file is safe, and has been told of; what only the command can put away isn't.
    if isHookTheStore(rotation) {
      context.signals.letStopsThrough()
    } else {
      context.signals.release()
    }
    do { try runOwedHook(rotation) } catch { throw Failure(error) }
    context.signals.release()
  }

  private func runOwedHook(_ rotation: Rotation) throws {
    guard let command = settings.onRotate, try rotation.home.grantOwedToHook() != nil else {
      return
    }
    let lock = try SideLock.acquire(
      "hook", of: rotation.home.target, timeout: Self.hookLockTimeout)
    // Another run may have done it while this one waited.
    guard let grant = try rotation.home.grantOwedToHook() else { return }
    try run(HookCommand(command: command, context: context), with: grant, of: rotation)
    _ = consume lock
    try rotation.settleHook(for: grant)
    notes.tell()
  }

  /// Whether only the command can bring the new tokens to where they last: they came from the
  /// environment, or this machine ends with its CI job.
  private func isHookTheStore(_ rotation: Rotation) -> Bool {
    rotation.home.isEnvironment || context.environment.isCI
  }

  /// Where the hook is the store, a moment's trouble must not leave the new tokens here alone.
  private func run(
    _ hook: HookCommand, with grant: Grant, of rotation: Rotation
  ) throws(Failure) {
    guard isHookTheStore(rotation) else { return try hook.run(with: grant) }
    for pause in [1.0, 2.0] {
      do { return try hook.run(with: grant) } catch {
        // All else than the command's own failure will be the same in a second.
        guard case .hook(let failure) = error else { throw error }
        console.warn("\(failure.words); trying again in \(Spans.words(Int(pause)))")
        context.clock.sleep(pause)
      }
    }
    do { try hook.run(with: grant) } catch {
      throw .notSaved(
        context.environment.isCI ? .hookInCI(error) : .because(error),
        recovery: rotation.home.target.path)
    }
  }

  /// Finds out before a token is used whether the command can do its work at all.
  func checkHookCanRun() throws(Failure) {
    guard let command = settings.onRotate else { return }
    try HookCommand(command: command, context: context).check()
  }
}

extension Settings {
  /// A grant without a file is put back by the `--on-rotate` command, or not at all. In CI, whatever
  /// stays on the runner dies with it, and the grant too.
  func checkRotationIsAllowed(isInEnvironment: Bool) throws(Failure) {
    guard onRotate == nil, !options.allowRotate else { return }
    if environment.isCI { throw .settings(.rotationInCI) }
    if isInEnvironment { throw .settings(.noStore) }
  }
}

// MARK: What it says

/// What a rotation has to tell while its file is locked: at once where standard error takes it, and
/// otherwise when the lock is released. A reader that doesn't read must not keep the lock.
final class PendingNotes: Sendable {
  private let console: Console
  private let endpoints: Endpoints?
  private let pending = Mutex<[RotationNote]>([])

  init(_ console: Console, _ endpoints: Endpoints? = nil) {
    (self.console, self.endpoints) = (console, endpoints)
  }

  /// Takes a note.
  func add(_ note: RotationNote) {
    pending.withLock { $0.append(note) }
    if console.takesTextAtOnce { tell() }
  }

  /// Tells what was noted, once.
  func tell() {
    let notes = pending.withLock { notes in
      defer { notes = [] }
      return notes
    }
    for note in notes { note.tell(console, endpoints) }
  }
}

extension RotationNote {
  fileprivate func tell(_ console: Console, _ endpoints: Endpoints?) {
    switch self {
    case .step(let step):
      if let words = step.words { console.detail(words) }
    case .sending:
      if let notice = endpoints?.foreignHostNotice { console.say(notice) }
    case .finishingEarlierRun:
      console.say("finishing what a run that was cut off had begun")
    case .replacedOlderCopy(let path):
      console.warn(
        "older tokens were put back into \(path); the newest are saved again",
        hint: "an editor that had the file open does that: have it read the file again")
    case .parked(let path, let journal):
      console.warn(
        "a renewed token came for a grant that \(path) no longer holds; the file stays as it is",
        hint: "the token is kept in \(journal) until the next renewal")
    case .tryingOnceMore(let failure):
      console.detail("\(Failure(failure.cause).report.message); trying once more")
    case .successorMayLive:
      console.warn(
        "the answer to an earlier renewal never came: a token that nobody saw may live on",
        hint: "end the app's access at https://x.com/settings/connected_apps to be sure")
    }
  }
}

extension RotationStep {
  /// What has just been done; nil where it's of no interest.
  var words: String? {
    switch self {
    case .locked: "locked the file"
    case .recovered: "looked for what an earlier run left to be finished"
    case .proved: "proved that a save will work"
    case .intentWritten: "wrote down that a token is about to be spent"
    case .sent, .unlocked: nil
    case .answerWritten: "sent the request; the answer came, and is in the journal"
    case .saved: "saved the tokens in the file"
    case .markedDone: "marked it done in the journal"
    }
  }
}

extension RotationEffects {
  /// The effects of a command in `context`.
  init(_ context: Context, _ console: Console, _ notes: PendingNotes) {
    self.init(
      lockTimeout: context.lockTimeout, now: context.clock.now, uptime: context.clock.uptime,
      sleep: context.clock.sleep,
      waiting: {
        // Part of the lock may be held: a reader that doesn't read must not keep it.
        guard console.isOnTerminal, console.takesTextAtOnce else { return }
        console.say("waiting for another run that holds the lock…")
      },
      holdSignals: { context.signals.hold($0.message) }, note: notes.add, reached: context.reached)
  }
}

extension RotationEffects.Stake {
  /// What a signal prints while it is held.
  fileprivate var message: StaticString {
    switch self {
    case .renewal: "\na token is being renewed and saved; this ends by itself within seconds\n"
    case .login: "\na grant is being fetched and saved; this ends by itself within seconds\n"
    case .revocation:
      "\na grant is being revoked and blanked; this ends by itself within seconds\n"
    }
  }
}

extension Rotation.Renewal {
  /// What this run has done, in words; nil when that is nothing.
  var done: String? {
    if case .renewed = self { "the tokens were renewed and are saved" } else { nil }
  }
}
