import OAuth
import Rotation

/// A grant whose access token is good, renewed if need be: what `token` prints, and what
/// `header` and `exec` pass on.
struct ValidToken {
  let accessToken: Secret
  /// What it belongs to.
  let known: KnownGrant
  /// What was done for it, in words; nil when nothing had to be.
  let done: String?
  private let rotation: RotationRun?

  private init(
    _ known: KnownGrant, done: String? = nil, by rotation: RotationRun? = nil
  ) throws(Failure) {
    guard let token = known.grant.accessToken else {
      throw .unexpected("a valid grant without a token")
    }
    accessToken = token
    self.known = known
    self.done = done
    self.rotation = rotation
  }

  /// Looks first, without lock, library or network: most calls end there.
  static func obtain(_ need: Rotation.Need, _ call: Call) throws(Failure) -> ValidToken {
    let settings = try call.settings()
    let now = call.context.clock.now()
    let standing = try settings.standing(at: now)
    let (held, known) = (standing.held, standing.known)
    // Another machine may have it.
    let isShared = try settings.store() != nil
    if known.isValid(for: need.validity, at: now) || known.isOnlyToken(at: now) && !isShared,
      known.grant == held.grant, try !settings.owesHook(for: held)
    {
      if let warning = try settings.staleCopyInEnvironment() { call.console.warn(warning) }
      if let warning = standing.warning(at: now) { call.console.warn(warning) }
      if known.isOnlyToken(at: now) { warnOfUnknownEnd(call) }
      return try ValidToken(known)
    }
    if held.grant.isBlank, !isShared { throw settings.noGrant(held.source) }
    var rotation = try RotationRun.prepare(for: need, call)
    rotation.waitsForHook = false
    do {
      let result = try rotation.renew(need)
      try rotation.requireEnough(result, for: need)
      if !result.known.serves(at: call.context.clock.now()) {
        try rotation.requireAccessToken(result)
      }
      if case .renewed(_, let issued) = result { issued.warn(call.console, need: need) }
      return try ValidToken(result.known, done: result.done, by: rotation)
    } catch {
      // Who asked for ten minutes is better served by nine than by nothing.
      let now = call.context.clock.now()
      guard error.report.isRetryable, let newest = try? call.settings().standing(at: now).known,
        newest.isValid(for: 0, at: now)
      else { throw error }
      call.console.warn(error.report.message)
      return try ValidToken(newest)
    }
  }

  /// Whoever asks for a time is told that nobody can promise one.
  private static func warnOfUnknownEnd(_ call: Call) {
    guard call.options.isMinValidityGiven else { return }
    call.console.warn(
      "nobody knows how long the access token lives: there is only X_OAUTH2_ACCESS_TOKEN",
      hint: "set X_OAUTH2_EXPIRES_AT beside it")
  }

  /// Runs the `--on-rotate` command, if one is owed.
  func runHook() throws(Failure) {
    try rotation?.runHook()
  }
}
