/// A grant whose access token is good, renewed if need be: what `token` prints, and what
/// `header` and `exec` pass on.
struct ValidToken {
  let grant: Grant
  private let rotation: Rotation?

  /// Looks first, without lock, library or network: most calls end there.
  static func obtain(_ need: Rotation.Need, _ call: Call) throws(Failure) -> ValidToken {
    let settings = try call.settings()
    let held = try settings.grant()
    let now = call.context.clock.now()
    if held.grant.isGood(for: need.validity, at: now), try settings.newerGrant(than: held) == nil,
      try !settings.owesHook()
    {
      try settings.warnOfStaleCopy(call.console)
      return ValidToken(grant: held.grant, rotation: nil)
    }
    if held.grant.isBlank { throw settings.noGrant(held.place) }
    let rotation = try Rotation(call, for: need)
    do {
      let result = try rotation.renew(need)
      if case .renewed(_, let notes) = result { notes.warn(call.console, need: need) }
      return ValidToken(grant: result.grant, rotation: rotation)
    } catch {
      // Whoever asked for ten minutes is better served by nine than by nothing.
      let now = call.context.clock.now()
      guard error.report.isRetryable, let newest = try? newest(call),
        newest.isGood(for: 0, at: now)
      else { throw error }
      let left = Spans.words(newest.secondsLeft(at: now) ?? 0)
      call.console.warn("\(error.report.message); the token at hand lives \(left) more")
      call.context.signals.release()
      return ValidToken(grant: newest, rotation: nil)
    }
  }

  /// What is newest after a renewal that failed: it may have recovered a newer grant before.
  private static func newest(_ call: Call) throws(Failure) -> Grant {
    let settings = try call.settings()
    let held = try settings.grant()
    return try settings.newerGrant(than: held) ?? held.grant
  }

  /// Runs the `--on-rotate` command, if one is owed.
  func runHook() throws(Failure) {
    try rotation?.runHook()
  }
}
