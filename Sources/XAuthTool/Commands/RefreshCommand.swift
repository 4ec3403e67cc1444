import CommandTable
import Rotation

/// `refresh`: renew the token when it is due
enum RefreshCommand: Subcommand {
  static let name = "refresh"

  // 75 minutes: runs every 20 minutes have at least three tries before the token expires.
  static let options: [Option] =
    [
      .minValidity(default: 75 * 60),
      .flag("force", \.force, help: "Renew even if not due"),
    ] + Option.renewing

  static func row(for tool: String) -> Command {
    Command(
      name, section: "Tokens", summary: "renew the access token when it is due",
      discussion: """
        Renews when less than `--min-validity` is left, or when the expiry is unknown. Many at \
        once make one request: the others use its result. Made for cron: every 20 minutes, so that \
        one run that fails costs nothing.

        The refresh token works once. Before it is sent, everything that could keep its successor \
        from being saved is checked; afterwards the answer goes to a journal before anything else, \
        and a run that is cut off is finished by the next.
        """,
      options: options.map(\.option),
      environment: ["CLIENT_ID", "CLIENT_SECRET", "X_API_BASE_URL", "XAUTH_ON_ROTATE", "CI"],
      exitCodes: ExitCode.ofRenewing,
      examples: [
        Example("\(tool) refresh", "Renew if less than 75 minutes are left"),
        Example(
          "\(tool) refresh --quiet --env-file /srv/xmcp/.env", "From cron: silent unless it fails"),
        Example(
          "\(tool) refresh --on-rotate 'systemctl --user restart xmcp'",
          "Restart the server that reads the token"),
      ])
  }

  static func run(_ call: Call) throws(Failure) -> ExitCode {
    let need = Rotation.Need(validity: call.options.minValidity, force: call.options.force)
    let rotation = try RotationRun.prepare(for: need, call)
    let result = try rotation.renew(need)
    try rotation.requireAccessToken(result)
    let report = RefreshReport(result, rotation, call)

    let tell = {
      // Cron would mail that nothing was due.
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
  /// nil if the grant stays in the environment.
  let file: String?

  init(_ result: Rotation.Renewal, _ rotation: RotationRun, _ call: Call) {
    outcome =
      switch result {
      case .renewed: .renewed
      case .byAnother: .renewedByAnother
      case .notDue: .notDue
      }
    expiresAt = result.known.grant.expiresAt
    secondsLeft = result.known.secondsLeft(at: call.context.clock.now())
    file = rotation.path
  }

  var description: String {
    var until = "its expiry is unknown"
    if let expiresAt, let secondsLeft {
      let end = Times.local(expiresAt, left: secondsLeft)
      until = "good until \(end) (\(Spans.words(secondsLeft)))"
    }
    return switch outcome {
    case .renewed: "renewed: \(until)" + (file.map { ", saved in \($0.onOneLine)" } ?? "")
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
