import DurableFile
import OAuth
import Rotation
import Serving
import Synchronization

/// The access token of a program that runs for longer than a token lives: renewed ahead, taken from the
/// file when another run has renewed it, and healed by a login elsewhere.
///
/// Every renewal is a `Rotation` like that of `refresh`, so any number of these, cron jobs and shells can
/// share a grant. A failed one stops nothing while the token lives.
final class LiveToken: TokenSource {
  private struct State {
    /// Which version of the file was read last, and when, in seconds since the boot.
    var version: FileIdentity?
    var lookedAt = -Double.infinity
    /// The newest grant.
    var known: KnownGrant?
    /// Why it can't be renewed, or not yet.
    var trouble: Trouble?
    /// Steps that are under way: a renewal, and the command that is told of the one before.
    var steps = 0
    var isEnding = false
    /// The token that X has refused, and that can't be renewed; and until when it isn't tried again, in
    /// seconds since the boot.
    var refused: (token: Secret, until: Double)?
    /// When X's refusal of a token led to a renewal, in seconds since the boot.
    var renewedForRefusalAt = -Double.infinity
  }

  private struct Trouble {
    let failure: Failure
    /// Whether the file can't be read: that is tried again at each look.
    var isOfFile = false
    /// Seconds until the next try, and its time in seconds since the boot.
    let pause: Double
    let nextTry: Double
  }

  /// Seconds that requests under way get to end, and then a renewal.
  static let requestGrace = 5.0
  private static let renewalGrace = 15.0
  /// Seconds between two looks at the file.
  private static let period = 1.0
  /// Seconds after which the file is read even if it seems unchanged: the grant may be in another one.
  private static let longestTrust = 30.0
  /// Seconds between two tries of a renewal that failed: doubled from the first to the last.
  private static let pauses = 5.0...300.0
  /// Seconds for which no other refusal leads to a renewal: X may refuse a token at one endpoint that it
  /// takes at all others.
  private static let patienceWithRefusals = 900.0
  /// Seconds for which a refused token isn't tried again: the refusal may have been one endpoint's alone.
  private static let longestRefusal = 60.0
  /// More than any token lives.
  private static let needAfterRefusal = Rotation.Need(validity: 1 << 40, force: false)

  private let call: Call
  private let target: FileTarget
  private let validity: Int
  /// Whether the program ends where a person has to act before there is a token.
  private let needsGrant: Bool
  /// The base URL that the settings named at first; nil for X's. Whoever uses the token sends it to that
  /// server, so no other one's is handed out.
  private let server: String?
  /// The part of the validity by which this process renews later than others may.
  private let jitter: Double
  private let state = Mutex(State())
  /// Held by the one thread that renews.
  private let renewal = Mutex(())

  /// The token of the file that `settings` are from, renewed when less than `validity` seconds are left.
  /// A program that ends with the `obstacle` to its first token tells that itself: it `needsGrant`.
  init(
    _ call: Call, _ settings: Settings, validity: Int, needsGrant: Bool = false
  ) throws(Failure) {
    var call = call
    call.context.signals = .watchedElsewhere
    self.call = call
    (self.validity, self.needsGrant) = (validity, needsGrant)
    target = settings.file.target
    server = try settings.setting(.apiBaseURL)?.text
    if let warning = try? settings.standing(at: call.context.clock.now())
      .warning(at: call.context.clock.now())
    {
      call.console.warn(warning)
    }
    jitter = Double(try call.context.randomBytes(1).first ?? 0) / 255 * 0.1
  }

  // MARK: For those who use it

  func token() throws(NoToken) -> Secret {
    look()
    if let token = usable { return token }
    if renew({ $0.serves(at: now) ? nil : need(for: $0) }) != nil { heal() }
    if let token = usable { return token }
    throw lack
  }

  func successor(of failed: Secret) -> Secret? {
    look()
    if let token = usable, token != failed { return token }
    // Another run may have renewed it, and be about to save that: its lock is waited for even where
    // nothing may be renewed.
    renew {
      guard $0.grant.accessToken == failed else { return nil }
      return mayRenewForRefusal ? Self.needAfterRefusal : Rotation.Need(validity: 0, force: false)
    }
    // With the grant dead, this token has ended too: what follows is told why.
    if obstacle?.report.exit == .loginNeeded {
      state.withLock { $0.refused = (failed, until: uptime + Self.longestRefusal) }
    }
    return usable.flatMap { $0 == failed ? nil : $0 }
  }

  /// The newest grant that is known to serve; nil when there is none.
  var current: KnownGrant? {
    state.withLock { state in
      guard let known = state.known, known.serves(at: now),
        state.refused.map({ known.grant.accessToken != $0.token || uptime >= $0.until }) ?? true
      else { return nil }
      return known
    }
  }

  /// Why there will be no new token before a person has acted; nil when there will.
  var obstacle: Failure? {
    state.withLock { $0.trouble?.failure }.flatMap {
      [.loginNeeded, .settings, .notSaved].contains($0.report.exit) ? $0 : nil
    }
  }

  /// Keeps it alive while `body` runs: the program that `show` then tells of by these words.
  func serving(
    as words: String, _ body: () throws(Failure) -> ExitCode
  ) throws(Failure) -> ExitCode {
    guard WorkerThread.start(keepAlive) else { throw .serving(.noThread) }
    // Only `show` would tell.
    try? target.noteRunning(words)
    defer {
      end(within: Self.renewalGrace)
      try? target.forgetRunning()
    }
    return try body()
  }

  /// Keeps it alive until `end`; for a thread of its own.
  private func keepAlive() {
    while !state.withLock({ $0.isEnding }) {
      turn()
      call.context.clock.sleep(Self.period)
    }
  }

  /// What is to be done at this moment to keep it alive.
  func turn() {
    look()
    let isHookOwed = isHookOwed
    let run = renew { isHookOwed || isDue($0) ? need(for: $0) : nil }
    // Outside the lock: requests wait for a token, and not for a command that may take a minute.
    if let run, stepping({ () throws(Failure) in try run.runHook() }) != nil { heal() }
  }

  /// No renewal begins from here on; waits at most `seconds` for one that is under way. An `--on-rotate`
  /// command that takes longer is ended: it is owed, and the next run starts it again.
  func end(within seconds: Double) {
    state.withLock { $0.isEnding = true }
    let deadline = call.context.clock.uptime() + seconds
    while state.withLock({ $0.steps > 0 }), call.context.clock.uptime() < deadline {
      call.context.clock.sleep(0.02)
    }
    if state.withLock({ $0.steps > 0 }) { call.context.programs.endAll() }
  }

  // MARK: The file

  /// Reads the file again, if it has changed.
  private func look() {
    let (version, uptime) = (target.version, uptime)
    let isFresh = state.withLock {
      $0.known != nil && $0.version == version && uptime - $0.lookedAt < Self.longestTrust
    }
    if !isFresh { read(as: version) }
  }

  private func read(as version: FileIdentity?) {
    do throws(Failure) {
      let settings = try call.settings()
      try requireSameServer(settings)
      let standing = try settings.standing(at: now)
      let known = standing.known
      state.withLock { state in
        // What stood in the way of another grant stands in the way of this one no longer.
        if state.trouble?.isOfFile == true
          || state.known?.grant.hasSameTokens(as: known.grant) != true
        {
          state.trouble = nil
        }
        (state.version, state.lookedAt) = (version, uptime)
        // A file that is gone for a moment, or half written, doesn't end the token; a revocation does.
        let isEmpty =
          known.grant.accessToken == nil && standing.record?.newest.grant.isBlank != true
        if !isEmpty || state.known?.serves(at: now) != true { state.known = known }
      }
    } catch {
      trouble(error, isOfFile: true)
    }
  }

  private func requireSameServer(_ settings: Settings) throws(Failure) {
    guard try settings.setting(.apiBaseURL)?.text == server else {
      throw .rotation(.settingsChanged(path: target.path))
    }
  }

  // MARK: Renewing

  /// Renews alone, if a look shows that `need` still asks for it, and it isn't too early after a failure.
  /// The run whose `--on-rotate` command may be owed; nil where there was none, or it failed.
  @discardableResult
  private func renew(_ need: (KnownGrant) -> Rotation.Need?) -> RotationRun? {
    renewal.withLock { _ in
      look()
      let may = state.withLock { state in
        !state.isEnding && (state.trouble.map { uptime >= $0.nextTry } ?? true)
      }
      guard may, let known = state.withLock({ $0.known }), let need = need(known) else {
        return nil
      }
      return stepping { () throws(Failure) in
        var run = try RotationRun.prepare(for: need, call)
        run.waitsForHook = false
        try requireSameServer(run.settings)
        let result = try run.renew(need)
        // Where another run was about to renew it, nothing was done for the refusal.
        let isByAnother = if case .byAnother = result { true } else { false }
        let isAfterRefusal = need == Self.needAfterRefusal
        if isAfterRefusal, !isByAnother {
          state.withLock { $0.renewedForRefusalAt = uptime }
        }
        take(result)
        // After a refusal any other token will do.
        if !isAfterRefusal { try run.requireEnough(result, for: need) }
        try run.requireAccessToken(result)
        return run
      }
    }
  }

  /// Does a step that `end` waits for; nil where it failed.
  private func stepping<Value>(_ step: () throws(Failure) -> Value) -> Value? {
    state.withLock { $0.steps += 1 }
    defer { state.withLock { $0.steps -= 1 } }
    do throws(Failure) { return try step() } catch {
      trouble(error)
      return nil
    }
  }

  private func take(_ result: Rotation.Renewal) {
    let version = target.version
    state.withLock { ($0.known, $0.version) = (result.known, version) }
    guard let end = result.known.grant.expiresAt, result.known.serves(at: now) else { return }
    call.console.detail("the access token works until \(Times.local(end, now: now))")
  }

  /// All is well: what went wrong before is over.
  private func heal() {
    let before = state.withLock { state in
      defer { state.trouble = nil }
      return state.trouble
    }
    guard before != nil, let end = current?.grant.expiresAt else { return }
    call.console.say(
      "\(call.tool.name): the access token works until \(Times.local(end, now: now))")
  }

  /// Keeps what went wrong, and tells it once.
  private func trouble(_ failure: Failure, isOfFile: Bool = false) {
    let report = failure.report
    let before = state.withLock { state in
      // That is no reason to try more slowly, nor to forget what else is wrong.
      if isOfFile, state.trouble != nil { return state.trouble }
      defer {
        let pause =
          state.trouble.map { min($0.pause * 2, Self.pauses.upperBound) }
          ?? Self.pauses.lowerBound
        state.trouble = Trouble(
          failure: failure, isOfFile: isOfFile, pause: pause, nextTry: uptime + pause * (1 - jitter)
        )
      }
      return state.trouble
    }
    if before?.failure.report.exit != report.exit, !needsGrant || current != nil || obstacle == nil
    {
      call.console.warn(report.message, hint: hint(of: report))
    }
  }

  /// What to do about a failure; nobody has to run anything again that is tried again here.
  private func hint(of report: FailureReport) -> Hint? {
    report.isRetryable ? "`\(call.tool.name) \(call.command)` tries again by itself" : report.hint
  }

  /// Whether it is to be renewed ahead. An access token alone is used while it lasts.
  private func isDue(_ known: KnownGrant) -> Bool {
    !known.isOnlyToken(at: now) && need(for: known).isDue(known, at: now)
  }

  /// No more than half of its life: a token that lives for minutes isn't renewed each second.
  private func need(for known: KnownGrant) -> Rotation.Need {
    let ahead = min(Double(validity), Double(known.longestLife) / 2) * (1 - jitter)
    return Rotation.Need(validity: Int(ahead), force: false)
  }

  private var isHookOwed: Bool {
    guard call.options.onRotate(in: call.context.environment) != nil,
      let settings = try? call.settings(), (try? requireSameServer(settings)) != nil,
      let held = try? settings.grant()
    else { return false }
    return (try? settings.owesHook(for: held)) ?? false
  }

  private var mayRenewForRefusal: Bool {
    state.withLock { uptime - $0.renewedForRefusalAt >= Self.patienceWithRefusals }
  }

  // MARK: What is so now

  private var now: Int { call.context.clock.now() }
  private var uptime: Double { call.context.clock.timeSinceBoot() }
  private var usable: Secret? { current?.grant.accessToken }

  /// Why there is no token.
  private var lack: NoToken {
    guard let trouble = state.withLock({ $0.trouble }) else {
      return NoToken("there is no access token", retryAfter: Int(Self.period))
    }
    let report = trouble.failure.report
    let hint = hint(of: report).map { "; \(call.console.text($0))" } ?? ""
    return NoToken(
      report.message + hint,
      retryAfter: report.isRetryable ? max(1, Int(trouble.nextTry - uptime)) : nil)
  }
}
