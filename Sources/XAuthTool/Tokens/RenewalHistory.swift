import Rotation

/// The last renewal, the last failure since, and what is still to be done, as the journal has them.
struct RenewalHistory: Sendable {
  /// When the newest tokens came, in seconds since 1970, and by which command; nil when unknown.
  let renewedAt: Int?
  let renewedBy: String?
  /// The last attempt since, if it failed.
  let failure: FailedRenewal?
  /// Since when an `--on-rotate` command has still to be told of the newest tokens, in seconds since 1970;
  /// nil when none has.
  let hookPendingSince: Int?
  private let isHookPending: Bool

  init(_ standing: GrantStanding, _ settings: Settings) {
    renewedAt = standing.known.issuedAt
    renewedBy = standing.known.issuedBy
    failure = standing.record?.lastFailure
    let isWanted = standing.record?.isHookWanted == true || settings.onRotate != nil
    isHookPending = isWanted && standing.record?.owesHook(for: standing.newest) == true
    hookPendingSince = isHookPending ? renewedAt : nil
  }

  /// As one line.
  func words(at now: Int) -> String {
    var parts = [renewal(at: now)]
    if let failure { parts.append(failure.words(at: now)) }
    if isHookPending { parts.append("the --on-rotate command has not succeeded since") }
    return parts.joined(separator: "; ")
  }

  private func renewal(at now: Int) -> String {
    guard let renewedAt else { return "unknown" }
    let time = Times.local(renewedAt, now: now)
    if renewedBy == "login" { return "not since the login of \(time)" }
    return time + (renewedBy.map { " by \($0)" } ?? "")
  }
}

extension FailedRenewal {
  /// What came of it, as a sentence.
  func words(at now: Int) -> String {
    let when = "the renewal of \(Times.local(time, now: now))"
    return switch outcome {
    case .answered(let status, let reason):
      "\(when) was answered with \(status)\(reason.map { ": \"\($0)\"" } ?? "")"
    case .noAnswer: "no answer came to \(when)"
    case .notSent: "\(when) could not be sent"
    }
  }
}
