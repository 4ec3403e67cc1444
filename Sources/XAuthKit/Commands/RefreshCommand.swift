import CommandTable
import Rotation

/// `refresh`: renew the token when it is due
enum RefreshCommand: Subcommand {
  static let row = Command(
    "refresh", section: "Tokens", summary: "renew the access token when it is due",
    discussion: """
      Renews when less than `--min-validity` is left, or when the expiry is unknown. Many at once \
      make one request: the others use its result. Made for cron: every 20 minutes, so that one \
      run that fails costs nothing.

      The refresh token works once. Before it is sent, everything that could keep its successor \
      from being saved is checked; afterwards the answer goes to a journal before anything else, \
      and a run that is cut off is finished by the next.
      """,
    options: [
      CommandOption(
        "min-validity", value: OptionValue("DURATION", .seconds, default: "75m"),
        help: "Renew when less than this is left"),
      CommandOption(
        "force",
        help: "Renew even if not due"),
    ] + CommandOption.renewing,
    environment: ["CLIENT_ID", "CLIENT_SECRET", "X_API_BASE_URL", "XAUTH_ON_ROTATE", "CI"],
    exitCodes: [0, 1, 2, 3, 4, 5, 75, 128],
    examples: [
      Example("{tool} refresh", "Renew if less than 75 minutes are left"),
      Example(
        "{tool} refresh --quiet --env-file /srv/xmcp/.env", "From cron: silent unless it fails"),
      Example(
        "{tool} refresh --on-rotate 'systemctl --user restart xmcp'",
        "Restart the server that reads the token"),
    ])

  /// 75 minutes: runs every 20 minutes have three tries at least before the token ends.
  static let defaultValidity = 75 * 60

  static func run(_ call: Call) throws(Failure) -> ExitCode {
    let need = Rotation.Need(
      validity: call.invocation.seconds("min-validity") ?? defaultValidity,
      force: call.invocation.flag("force"))
    let rotation = try RotationRun.prepare(for: need, call)
    let result = try rotation.renew(need)
    try rotation.requireAccessToken(result)
    let report = RefreshReport(result, rotation, call)

    let tell = {
      // From cron, only what happened.
      guard report.outcome != .notDue || call.console.isOnTerminal else { return }
      call.console.say(report.description)
    }
    if case .renewed(_, let issued) = result { issued.warn(call.console, need: need) }
    try call.console.result(report, inWords: tell, done: result.done, before: rotation.runHook)
    return .done
  }
}

/// What `refresh` tells.
struct RefreshReport: Report {
  enum Outcome: String, Encodable, Sendable, CaseIterable {
    case renewed, renewedByAnother = "renewed_by_another"
    case notDue = "not_due"
  }

  let outcome: Outcome
  let expiresAt: Int?
  let secondsLeft: Int?
  /// nil when the grant stays in the environment.
  let file: String?

  init(_ result: Rotation.Renewal, _ rotation: RotationRun, _ call: Call) {
    outcome =
      switch result {
      case .renewed: .renewed
      case .byAnother: .renewedByAnother
      case .notDue: .notDue
      }
    expiresAt = result.grant.expiresAt
    secondsLeft = result.grant.secondsLeft(at: call.context.clock.now())
    file = rotation.path
  }

  var description: String {
    var until = "its expiry is unknown"
    if let expiresAt, let secondsLeft {
      let end = Times.local(expiresAt, left: secondsLeft)
      until = "good until \(end) (\(Spans.words(secondsLeft)))"
    }
    return switch outcome {
    case .renewed: "renewed: \(until)" + (file.map { ", saved in \($0)" } ?? "")
    case .renewedByAnother: "renewed by another run meanwhile: \(until)"
    case .notDue: "nothing due: \(until)"
    }
  }

  private enum CodingKeys: String, CodingKey {
    case outcome
    case expiresAt = "expires_at"
    case secondsLeft = "seconds_left"
    case file
  }
}
