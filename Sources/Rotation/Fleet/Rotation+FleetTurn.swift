import DurableFile
import OAuth

// Whose turn it is. A crash, a partition and a pause look the same from outside, so nothing but the clock of
// this machine decides: times in the record, and times to live, let two send.

extension Rotation {
  /// Seconds for which this machine must have seen an intent stand before its owner can't send any more:
  /// 20 s until the request, 12 s for it, and room for late packets and for a clock that runs 2.5 times too
  /// fast.
  static let watchTime = 90.0
  /// Seconds between two looks at an intent that is watched.
  private static let watchPeriod = 5.0
  /// Seconds for which a renewal waits for another machine's while nothing may be taken over.
  private static let shortWait = 10.0
  /// Seconds after the expiry before a renewal is taken over: for the rest of the access token's life its
  /// owner may come back with the answer in its journal.
  private static let ownersTime = 300

  /// How this machine may begin.
  enum Turn: Sendable, Equatable {
    /// Nobody has begun anything whose outcome is unknown.
    case free
    /// This machine presents a token again whose answer it didn't get.
    case secondTry
    /// Another machine's use is over for all that can be seen, and its outcome is unknown.
    case takeOver
    /// Not before the intent that stands has been watched for so long.
    case watch(seconds: Double)
  }

  /// Step 5: how a renewal over `shared` may begin.
  ///
  /// - Parameter overdue: the intent that this run has watched long enough.
  func turn(
    in shared: SharedGrant, _ memory: FleetMemory, _ presentation: LockedGrant.Presentation,
    _ need: Need, overdue: String?, _ locked: borrowing LockedGrant
  ) throws(RotationFailure) -> Turn {
    let mayTakeOver = need.force || isOver(presentation.known)
    let mine = memory.attempt?.id == shared.intent?.id ? memory.attempt : nil
    if shared.intent == nil || mine?.stage == .neverSent {
      guard shared.isUnsure else { return .free }
      // Nobody is at it; but whoever was taken over may have the answer.
      guard mayTakeOver else {
        throw .answerElsewhere(place: memory.place)
      }
      return .takeOver
    }
    if mine?.stage == .gaveUp, shared.intent?.token == shared.token, !shared.isUnsure,
      !presentation.known.unansweredBy.isEmpty
    {
      // This machine itself knows that its sender has given up, and that nobody has taken over.
      let wait = try secondsToWait(for: presentation, need, locked)
      if wait == 0 { return .secondTry }
      if !mayTakeOver { try requireNoLateRequest(of: presentation, need, locked) }
    }
    guard mayTakeOver else { return .watch(seconds: Self.shortWait) }
    return overdue == shared.intent?.id ? .takeOver : .watch(seconds: Self.watchTime)
  }

  /// Whether the access token has been expired for so long, by this machine's clock, that the owner of a
  /// renewal has had its time. One that can't be told is over.
  private func isOver(_ known: KnownGrant) -> Bool {
    guard known.grant.accessToken != nil, let expiry = known.grant.expiresAt else { return true }
    return effects.now() >= expiry + Self.ownersTime
  }

  /// Watches an intent; false as soon as it no longer stands.
  func watch(
    _ intent: SharedGrant.Intent, in place: SharedPlace, for seconds: Double
  ) throws(RotationFailure) -> Bool {
    effects.note(.watching(intent.use, place: place.name))
    let start = effects.timeSinceBoot()
    while effects.timeSinceBoot() - start < seconds {
      effects.sleep(Self.watchPeriod)
      // What can't be read now is read in the next round, before anything is decided.
      if let now = try? place.read(), now.shared?.intent?.id != intent.id { return false }
    }
    return true
  }
}

/// Another machine's use of the shared grant, as people are told of it.
public struct SharedUse: Sendable, Equatable {
  /// What it is.
  public enum Kind: Sendable, Equatable { case renewal, login, revocation, restoration }

  /// What it is.
  public let kind: Kind
  /// The machine's name, as that gave it.
  public let host: String
  /// When it was begun, in seconds since 1970, by that machine's clock.
  public let begun: Int

  /// A use.
  public init(kind: Kind, host: String, begun: Int) {
    (self.kind, self.host, self.begun) = (kind, host, begun)
  }
}

extension SharedGrant.Intent {
  /// The same as people are told of it.
  var use: SharedUse {
    let kind: SharedUse.Kind =
      switch self.kind {
      case .refresh: .renewal
      case .login: .login
      case .revoke: .revocation
      case .restored: .restoration
      }
    return SharedUse(kind: kind, host: sanitized(host, limit: 64), begun: at)
  }
}
