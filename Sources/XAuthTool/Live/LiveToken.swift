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
    var isRenewing = false
    var isEnding = false
    /// When X's refusal of a token led to a renewal, in seconds since the boot.
    var renewedForRefusalAt = -Double.infinity
  }

  private struct Trouble {
    let failure: Failure
    /// Seconds until the next try, and its time in seconds since the boot.
    let pause: Double
    let nextTry: Double
  }

  /// Seconds that requests under way get to end, and then a renewal.
  static let requestGrace = 5.0
  static let renewalGrace = 15.0
  /// Seconds between two looks at the file.
  private static let period = 1.0
  /// Seconds after which the file is read even if it seems unchanged: the grant may be in another one.
  private static let longestTrust = 30.0
  /// Seconds between two tries of a renewal that failed: doubled from the first to the last.
  private static let pauses = 5.0...300.0
  /// Seconds for which no other refusal leads to a renewal: X may refuse a token at one endpoint that it
  /// takes at all others.
  private static let patienceWithRefusals = 900.0
  /// More than any token lives.
  private static let needAfterRefusal = Rotation.Need(validity: 1 << 40, force: false)

  private let call: Call
  private let target: FileTarget
  private let validity: Int
  /// The part of the validity by which this process renews later than others may.
  private let jitter: Double
  private let state = Mutex(State())
  /// Held by the one thread that renews.
  private let renewal = Mutex(())

  /// The token of the file that `settings` are from, renewed when less than `validity` seconds are left.
  init(_ call: Call, _ settings: Settings, validity: Int) throws(Failure) {
    var call = call
    call.context.signals = .watchedElsewhere
    self.call = call
    self.validity = validity
    target = settings.file.target
    jitter = Double(try call.context.randomBytes(1).first ?? 0) / 255 * 0.1
  }

  // MARK: For those who use it

  func token() throws(NoToken) -> Secret {
    look()
    if let token = usable { return token }
    renew { $0.serves(at: now) ? nil : need(for: $0) }
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
    return usable.flatMap { $0 == failed ? nil : $0 }
  }

  /// The newest grant that is known to serve; nil when there is none.
  var current: KnownGrant? { state.withLock { $0.known }.flatMap { $0.serves(at: now) ? $0 : nil } }

  /// Why there will be no new token before a person has acted; nil when there will.
  var obstacle: Failure? {
    state.withLock { $0.trouble?.failure }.flatMap { $0.report.isRetryable ? nil : $0 }
  }

  /// Keeps it alive until `end`; for a thread of its own.
  func keepAlive() {
    while !state.withLock({ $0.isEnding }) {
      turn()
      call.context.clock.sleep(Self.period)
    }
  }

  /// What is to be done at this moment to keep it alive.
  func turn() {
    look()
    let isHookOwed = isHookOwed
    renew(withHook: true) { isHookOwed || isDue($0) ? need(for: $0) : nil }
  }

  /// No renewal begins from here on; waits at most `seconds` for one that is under way.
  func end(within seconds: Double) {
    state.withLock { $0.isEnding = true }
    let deadline = call.context.clock.uptime() + seconds
    while state.withLock({ $0.isRenewing }), call.context.clock.uptime() < deadline {
      call.context.clock.sleep(0.02)
    }
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
      let known = try call.settings().standing(at: now).known
      state.withLock { state in
        // What stood in the way of another grant stands in the way of this one no longer.
        if state.known?.grant.hasSameTokens(as: known.grant) != true { state.trouble = nil }
        (state.known, state.version, state.lookedAt) = (known, version, uptime)
      }
    } catch {
      trouble(error)
    }
  }

  // MARK: Renewing

  /// Renews alone, if a look shows that `need` still asks for it, and it isn't too early after a failure.
  ///
  /// - Parameter withHook: whether this thread may wait for the `--on-rotate` command.
  private func renew(withHook: Bool = false, _ need: (KnownGrant) -> Rotation.Need?) {
    renewal.withLock { _ in
      look()
      let may = state.withLock { state in
        !state.isEnding && (state.trouble.map { uptime >= $0.nextTry } ?? true)
      }
      guard may, let known = state.withLock({ $0.known }), let need = need(known) else { return }
      state.withLock { $0.isRenewing = true }
      defer { state.withLock { $0.isRenewing = false } }
      do throws(Failure) {
        var run = try RotationRun.prepare(for: need, call)
        run.waitsForHook = false
        let result = try run.renew(need)
        // Where another run was about to renew it, nothing was done for the refusal.
        if case .renewed = result, need == Self.needAfterRefusal {
          state.withLock { $0.renewedForRefusalAt = uptime }
        }
        healed(result)
        try run.requireAccessToken(result)
        if withHook { try run.runHook() }
      } catch {
        trouble(error)
      }
    }
  }

  private func healed(_ result: Rotation.Renewal) {
    let version = target.version
    let before = state.withLock { state in
      defer { (state.known, state.version, state.trouble) = (result.known, version, nil) }
      return state.trouble
    }
    guard let end = result.known.grant.expiresAt, result.known.serves(at: now) else { return }
    let words = "the access token works until \(Times.local(end, now: now))"
    if before != nil {
      call.console.say("\(call.tool.name): \(words)")
    } else {
      call.console.detail(words)
    }
  }

  /// Keeps what went wrong, and tells it once.
  private func trouble(_ failure: Failure) {
    let report = failure.report
    let before = state.withLock { state in
      defer {
        let pause =
          state.trouble.map { min($0.pause * 2, Self.pauses.upperBound) }
          ?? Self.pauses.lowerBound
        state.trouble = Trouble(
          failure: failure, pause: pause, nextTry: uptime + pause * (1 - jitter))
      }
      return state.trouble
    }
    if before?.failure.report.exit != report.exit {
      call.console.warn(report.message, hint: report.hint)
    }
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
      let settings = try? call.settings(), let held = try? settings.grant()
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
    let hint = report.hint.map { "; \(call.console.text($0))" } ?? ""
    return NoToken(
      report.message + hint,
      retryAfter: report.isRetryable ? max(1, Int(trouble.nextTry - uptime)) : nil)
  }
}
