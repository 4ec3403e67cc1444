import DurableFile
import HTTP
import OAuth
import Rotation

/// Runs the steps of the `Rotation` module with one command's settings, network, hook and console.
struct RotationRun: Sendable {
  let context: Context
  let settings: Settings
  let console: Console
  let client: ClientCredentials
  let endpoints: Endpoints
  let place: Place
  let notes: PendingNotes
  /// Whether this run waits while another one's `--on-rotate` command is running, to run its own if
  /// that fails. A program that waits for a token isn't kept waiting for that.
  var waitsForHook = true
  /// Where the access token comes from on a host that renews nothing.
  private(set) var followed: FollowedCommand? = nil
  /// Where other machines have the same grant; nil where this one has it alone.
  private(set) var store: (any SharedStore)? = nil

  /// Where the grant is while this command runs.
  enum Place {
    /// Where it is locked and journaled.
    case home(Rotation)
    /// In the environment: it isn't due, no file of ours follows it, and none is made.
    case untouched(KnownGrant)
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
    if let command = try settings.followed() {
      return try RotationRun(
        inFile: settings, call,
        // It presents nothing.
        try settings.client()?.credentials ?? ClientCredentials(id: "", secret: nil),
        try settings.endpoints(sending: []),
        following: FollowedCommand(command: command, context: call.context))
    }
    let held = try settings.grant()
    let place = try settings.sharedPlace()
    if held.grant.isBlank, !settings.file.exists, place == nil {
      throw settings.noFile
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
    return try RotationRun(
      inFile: settings, call, client.credentials, endpoints,
      store: try place.map(call.context.openStore))
  }

  /// The rotation of the grant that is, or will be, in the file of `settings`.
  init(
    inFile settings: Settings, _ call: Call, _ client: ClientCredentials, _ endpoints: Endpoints,
    following followed: FollowedCommand? = nil, store: (any SharedStore)? = nil
  ) throws(Failure) {
    let notes = PendingNotes(call.console, endpoints)
    var effects = RotationEffects(call, notes)
    // Another run holds it while its command runs.
    if followed != nil { effects.lockTimeout += FollowedCommand.limit }
    do {
      let home = try GrantHome.file(settings.file.target)
      place = .home(
        Rotation(
          home: home, client: client, api: endpoints.api.text, store: store,
          agrees: settings.agree, effects: effects))
    } catch {
      throw Failure(error)
    }
    self.store = store
    (context, console, self.notes) = (call.context, call.console, notes)
    (self.settings, self.client, self.endpoints) = (settings, client, endpoints)
    self.followed = followed
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
      // Neither a rotation that isn't allowed nor one that isn't due puts a token on the disk. Of an
      // older copy in the environment nothing is put there.
      let known = try GrantHome.fileFollowing(grant, home: home)
      let view = try known.map { try GrantView(of: $0) }
      let held = GrantView(grant: grant, record: view?.record).known
      if let need, view?.isNewer(than: grant) != true {
        if need.isDue(held, at: call.context.clock.now()) {
          try settings.checkRotationIsAllowed(isInEnvironment: true)
        } else if known.map(GrantHome.hasHandedOn) ?? true {
          place = .untouched(held)
          return
        }
      }
      let effects = RotationEffects(call, notes)
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
    case .untouched(let known): return .notDue(known)
    case .home(let rotation):
      if let followed { return try follow(need, rotation, by: followed) }
      defer { notes.tell() }
      let isAllowed =
        (try? settings.checkRotationIsAllowed(isInEnvironment: rotation.home.isEnvironment)) != nil
      // What it saves is no other run's.
      let rotation = isAllowed && settleLeftLogins() ? rotation.lookingAgain() : rotation
      do {
        return try rotation.renew(
          need,
          permit: {
            try requireConfirmedStore(beforeRenewalOf: rotation)
            try settings.checkRotationIsAllowed(isInEnvironment: rotation.home.isEnvironment)
          },
          ready: {
            try checkHookCanRun()
            return try endpoints.openNetwork(context).tokenEndpoint
          })
      } catch {
        throw failure(error, of: rotation)
      }
    }
  }

  /// Settles logins that were cut off, whether or not a renewal is due: each may have ended the grant in the
  /// file. What fails now is left to a later run, since that grant may be alive.
  ///
  /// - Parameter network: nil when none is open, and nobody has been told yet where it leads.
  /// - Returns: whether any was settled.
  @discardableResult
  func settleLeftLogins(on network: Network? = nil) -> Bool {
    guard case .home(let rotation) = place else { return false }
    let left = rotation.leftLogins()
    guard !left.isEmpty, let open = network ?? (try? endpoints.openNetwork(context)) else {
      return false
    }
    var isAnySettled = false
    if network == nil { notes.add(.sending) }
    // The newest first: it may have ended the others, and what was said of it was said last.
    for login in left.reversed() {
      guard let word = word(of: login, on: open),
        (try? rotation.settle(login, after: word, by: open.tokenEndpoint)) == true
      else { continue }
      isAnySettled = true
    }
    notes.tell()
    // The hold of a save or a revocation ends with it.
    context.signals.release()
    return isAnySettled
  }

  /// What X says of a login that waits; nil where no answer tells anything, and a later run asks again.
  private func word(of login: KnownGrant, on network: Network) -> LoginWord? {
    guard login.serves(at: context.clock.now()), let token = login.grant.accessToken else {
      return .nothing
    }
    switch AccountAnswer.ask(endpoints, token, on: network, deadline: 5) {
    case .account(let account): return .account(account)
    case .refused(let refusal):
      return switch refusal.cause {
      // X names no account to this app, or to these scopes: it won't later either. And an access token
      // that is refused may have expired by another clock than this one.
      case .tokenRefused, .paymentRequired, .notEnrolled, .forbidden: .nothing
      case .rateLimited, .other: nil
      }
    case .unknown: return nil
    }
  }

  /// Whether a person has still to be told that the grant is dead.
  var isDeadGrantNews: Bool {
    if case .home(let rotation) = place { rotation.isDeadGrantNews() } else { true }
  }

  /// Ends a run that got a token of another host for less than is needed, once the `--on-rotate` command
  /// has been told of it.
  func requireEnough(_ result: Rotation.Renewal, for need: Rotation.Need) throws(Failure) {
    let now = context.clock.now()
    guard followed != nil, !result.known.isValid(for: need.validity, at: now) else { return }
    try runHook()
    let left = result.known.secondsLeft(at: now) ?? 0
    throw .follow(.tooShort(left: max(0, left), needed: need.validity))
  }

  /// Ends a run whose renewal brought a refresh token alone, once the `--on-rotate` command has been
  /// told of it: what was asked for is an access token.
  func requireAccessToken(_ result: Rotation.Renewal) throws(Failure) {
    guard case .renewed(_, let issued) = result, issued.lacksAccessToken else { return }
    try runHook()
    throw .noAccessToken(path: path ?? "")
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

  /// Exchanges a code, and saves the grant that comes of it if `vet` says so; see `Rotation.exchange`.
  // Swift 6.0's optimizer crashes at the lock that isn't used where this throws.
  @_optimize(none)
  func exchange(
    _ exchange: CodeExchange, on network: Network, under lock: consuming LockedGrant,
    needsVerdict: (_ accountInFile: Account?) -> Bool,
    wish: (_ accountInFile: Account?) -> LoginWish? = { _ in nil },
    vet: (_ granted: Grant, _ accountInFile: Account?) -> LoginVerdict
  ) throws(Failure) -> LoginOutcome {
    guard case .home(let rotation) = place else { throw .unexpected("a login without a file") }
    let result = rotation.exchange(
      exchange, by: network.tokenEndpoint,
      needsVerdict: needsVerdict, wish: wish, vet: vet, under: lock)
    notes.tell()
    switch result {
    case .success(let outcome): return outcome
    case .failure(let error): throw failure(error)
    }
  }

  /// Keeps whose grant the file holds.
  func note(_ account: Account, of grant: Grant) throws(Failure) {
    try told { rotation throws(RotationFailure) in try rotation.note(account, of: grant) }
  }

  /// Makes sure that the journal holds `login`, which waits.
  func keep(_ login: KnownGrant) throws(Failure) {
    try told { rotation throws(RotationFailure) in try rotation.keep(login) }
  }

  /// Saves `login`, which waited, over what the file held when somebody was asked.
  func saveWaiting(_ login: KnownGrant) throws(Failure) -> WantedLogin {
    try told { rotation throws(RotationFailure) in try rotation.saveWaiting(login) }
  }

  /// Revokes and forgets it.
  func reject(_ login: KnownGrant, on network: Network) throws(Failure) {
    try told { rotation throws(RotationFailure) in
      try rotation.reject(login, by: network.tokenEndpoint)
    }
  }

  /// Revokes the grant at X, then clears what was confirmed.
  func revoke() throws(Failure) -> Rotation.Revocation {
    if hasHandedOn { throw .login(.handedOn) }
    return try told { rotation throws(RotationFailure) in
      try rotation.revoke { try endpoints.openNetwork(context).tokenEndpoint }
    }
  }

  /// Clears the grant in the file, and every copy of it in the journal, without asking X.
  static func forget(_ settings: Settings, _ call: Call) throws(Failure) -> Rotation.Revocation {
    let notes = PendingNotes(call.console)
    defer { notes.tell() }
    let effects = RotationEffects(call, notes)
    do { return try Rotation.forget(settings.file.target, effects) } catch {
      throw Failure(error)
    }
  }

  /// Does a step, and tells what came of it once the lock is released, whatever the step ends with.
  private func told<Value>(
    _ step: (Rotation) throws(RotationFailure) -> Value
  ) throws(Failure) -> Value {
    guard case .home(let rotation) = place else { throw .unexpected("a step without a file") }
    defer { notes.tell() }
    do { return try step(rotation) } catch { throw failure(error) }
  }

  /// Whether the environment has an older copy of a grant whose refresh token an earlier job has
  /// handed on.
  private var hasHandedOn: Bool {
    guard case .home(let rotation) = place, rotation.home.isEnvironment else { return false }
    return GrantHome.hasHandedOn(rotation.home.target)
  }

  func failure(_ failure: RotationFailure, of rotation: Rotation? = nil) -> Failure {
    if case .noRefreshToken = failure, hasHandedOn { return .login(.handedOn) }
    var asked = RotationCircumstances(
      host: endpoints.host, api: endpoints.api, client: client, sends: followed == nil,
      now: context.clock.now())
    // Of tokens of another server nothing is said: the file doesn't hold them.
    if case .issuedElsewhere = failure { return .rotation(failure, asked) }
    if let rotation, let view = try? GrantView(of: rotation.home.target) {
      asked.tellLife(of: view.known(of: view.newest), in: rotation.home.target.path, after: failure)
    }
    return .rotation(failure, asked)
  }
}

extension Settings {
  /// A grant without a file is put back by the `--on-rotate` command, or not at all. In CI, whatever
  /// stays on the runner dies with it, and the grant too.
  func checkRotationIsAllowed(isInEnvironment: Bool) throws(Failure) {
    let isShared = try store() != nil
    guard onRotate == nil, !options.allowRotate, !isShared else { return }
    if environment.isCI { throw .settings(.rotationInCI) }
    if isInEnvironment { throw .settings(.noStore) }
  }
}

extension Network {
  /// The way to send a request to the token or revocation endpoint.
  var tokenEndpoint: RotationEffects.Send {
    { (request, deadline) throws(Unanswered) in
      do throws(HTTPFailure) { return try post(request, deadline: deadline) } catch {
        throw Unanswered(
          mayHaveReachedServer: error.mayHaveReachedServer, cause: error,
          partialAnswer: error.partialAnswer.map(ServerAnswer.init))
      }
    }
  }
}
