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
        Renews when less than `--min-validity` is left, or when the expiry is unknown. Concurrent \
        runs share a single request. Made for cron: every 20 minutes, so one failed run does no \
        harm. A temporary failure while at least 25 minutes are left prints a note and ends with exit \
        code 0; with `--quiet` it prints nothing. With less left, with `--force` or with \
        `--min-validity`, it ends with exit code 75. With `--quiet` a dead grant is reported once, \
        again when the access token has expired, then once a day; the exit code is 3 each time.

        If `--on-rotate` restarts a server, renew later: `--min-validity 45m` means fewer restarts, \
        and still leaves two runs of a 20-minute cron job for a failure.

        A refresh token works once. Before it is sent, everything that could prevent its \
        replacement from being saved is checked. The answer goes to a journal before anything else. \
        If a run is cut off, the next one finishes its work.
        """,
      options: options.map(\.option),
      environment: ["CLIENT_ID", "CLIENT_SECRET", "X_API_BASE_URL", "XAUTH_ON_ROTATE", "CI"],
      exitCodes: ExitCode.ofRenewing,
      examples: [
        Example("\(tool) refresh", "Renew if less than 75 minutes are left"),
        Example(
          "\(tool) refresh --quiet --env-file /srv/xmcp/.env", "From cron: silent unless it fails"),
        Example(
          "\(tool) refresh --min-validity 45m --on-rotate 'docker restart xmcp'",
          "Restart the server that reads the token, as seldom as is safe"),
      ])
  }

  /// Seconds that must be left for a failure to be no more than a note: a cron period and slack, in which
  /// another run tries again.
  private static let enoughForNextRun = 25 * 60

  static func run(_ call: Call) throws(Failure) -> ExitCode {
    let need = Rotation.Need(validity: call.options.minValidity, force: call.options.force)
    let rotation = try RotationRun.prepare(for: need, call)
    let result: Rotation.Renewal
    do {
      result = try rotation.renew(need)
      try rotation.requireEnough(result, for: need)
    } catch {
      return try exit(after: error, rotation, call)
    }
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

extension RefreshCommand {
  /// What a failure means to a run that another one follows: nothing yet, while there is time for that;
  /// and of a dead grant cron's mail needs to tell but once.
  private static func exit(
    after failure: Failure, _ rotation: RotationRun, _ call: Call
  ) throws(Failure) -> ExitCode {
    let (report, options) = (failure.report, call.options)
    if report.exit == .loginNeeded, options.quiet, !options.json, !rotation.isDeadGrantNews {
      return .loginNeeded
    }
    let now = call.context.clock.now()
    guard report.isRetryable, !failure.isRefusalOfApp, !options.force, !options.isMinValidityGiven,
      let known = try? call.settings().standing(at: now).known,
      known.isValid(for: enoughForNextRun, at: now)
    else { throw failure }
    let postponed = RefreshReport(postponedBy: report, known, rotation, call)
    try call.console.result(
      postponed, inWords: { call.console.say(postponed.description) }, done: nil, before: {})
    return .done
  }
}

extension Failure {
  /// Whether X refused the request with a reason that no later run can expect to be gone, such as a
  /// suspended app.
  fileprivate var isRefusalOfApp: Bool {
    guard case .rotation(.unusableAnswer(.notOAuth(let status), _, _, _), _) = self else {
      return false
    }
    return 400..<500 ~= status
  }
}

/// What `refresh` tells.
struct RefreshReport: Report {
  enum Outcome: String, Encodable, Sendable, CaseIterable {
    case renewed, renewedByAnother = "renewed_by_another"
    /// Copied from where another machine has put what it renewed.
    case copied
    case notDue = "not_due"
    /// The renewal failed, and there is time for a later run.
    case postponed
  }

  /// Why a renewal was postponed.
  struct Problem: Encodable, Sendable {
    let code: String
    let message: String
  }

  let outcome: Outcome
  let expiresAt: Int?
  let secondsLeft: Int?
  /// nil if the grant stays in the environment.
  let file: String?
  var problem: Problem?

  init(
    postponedBy report: FailureReport, _ known: KnownGrant, _ rotation: RotationRun, _ call: Call
  ) {
    outcome = .postponed
    expiresAt = known.grant.expiresAt
    secondsLeft = known.secondsLeft(at: call.context.clock.now())
    file = rotation.path
    problem = Problem(code: report.code, message: report.message)
  }

  init(_ result: Rotation.Renewal, _ rotation: RotationRun, _ call: Call) {
    outcome =
      switch result {
      case .renewed: .renewed
      case .byAnother: .renewedByAnother
      case .copied: .copied
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
      until = "valid until \(end) (\(Spans.words(secondsLeft)))"
    }
    return switch outcome {
    case .renewed: "renewed: \(until)" + (file.map { ", saved in \($0.onOneLine)" } ?? "")
    case .copied:
      "copied what another machine has renewed: \(until)"
        + (file.map { ", saved in \($0.onOneLine)" } ?? "")
    case .renewedByAnother: "renewed by another run meanwhile: \(until)"
    case .notDue: "nothing due: \(until)"
    case .postponed: "not renewed yet: \(problem?.message ?? until)"
    }
  }

  private enum CodingKeys: String, CodingKey {
    case outcome
    case expiresAt = "expires_at"
    case secondsLeft = "seconds_left"
    case file, problem
  }
}
