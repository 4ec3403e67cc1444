import Rotation
import CommandTable

/// `exec`: become another program, with a valid access token in its environment
enum ExecCommand: Subcommand {
  static let name = "exec"
  static let failsOnOutput = false

  // Longer than for `token`: a program makes more than one request.
  static let options: [Option] =
    [
      .minValidity(default: 5 * 60),
      .flag(
        "restart", \.restart,
        help: "Stay, and restart the command whenever a new token is saved"),
      .duration(
        "grace", \.grace, default: 10, isGiven: \.isGraceGiven,
        help: "With --restart: how long the command has to stop"),
      .flag("no-stdin", \.noStdin, help: "With --restart: the command reads from /dev/null"),
    ] + Option.renewing

  static func row(for tool: String) -> Command {
    Command(
      name, section: "Scripts", summary: "run a command with a valid token in its environment",
      discussion: """
        Renews the access token when less than `--min-validity` is left, and becomes the command: \
        same process, its signals and its exit code. The command finds `X_OAUTH2_ACCESS_TOKEN`, \
        when it ends (`X_OAUTH2_EXPIRES_AT`) and what it may do (`X_OAUTH2_GRANTED_SCOPES`) in its \
        environment, but neither the refresh token nor the client secret.

        If there is no such command, nothing is renewed. If the `--on-rotate` command fails, the \
        command isn't run.

        With `--restart` it stays, keeps the token alive, and restarts the command whenever a new \
        token is saved, by itself or by another run. It renews half an hour before the token \
        expires, unless `--min-validity` says otherwise. A command that doesn't stop for its restart \
        within `--grace` is killed. When the command ends by itself, so does this, with the same exit code. An MCP \
        session doesn't survive a restart; use `\(tool) proxy` for such servers.
        """,
      operands: [
        Operand("COMMAND", .commandLine, help: "The command and its arguments", repeats: true)
      ],
      options: options.map(\.option),
      environment: [
        "CLIENT_ID", "CLIENT_SECRET", "X_OAUTH2_ACCESS_TOKEN", "XAUTH_ON_ROTATE", "CI",
      ],
      exitCodes: ExitCode.ofRenewing
        + [ExitCode.cannotExecute, .commandNotFound].map { Int($0.rawValue) },
      examples: [
        Example("\(tool) exec -- python3 bookmarks.py", "Run a script that reads the token"),
        Example(
          "\(tool) exec --min-validity 30m -- ./nightly.sh", "A token that lasts for half an hour"),
      ])
  }

  static func run(_ call: Call) throws(Failure) -> ExitCode {
    if call.options.restart {
      if let code = call.delegated() { return code }
      return try Supervision(call).run()
    }
    guard !call.options.noStdin, !call.options.isGraceGiven else {
      throw .settings(.onlyWith("--restart", call.options.noStdin ? "--no-stdin" : "--grace"))
    }
    try call.requireCommand()
    let need = Rotation.Need(validity: call.options.minValidity, force: false)
    let token = try ValidToken.obtain(need, call)
    try token.runHook()
    call.context.signals.release()
    let errno = call.context.programs.replace(
      call.operands, environment(for: token.known.grant, from: call.context.environment))
    throw .program(ProgramNotStarted(name: call.operands.first ?? "", errno: errno))
  }

  /// xauth's own environment with the valid access token, and without anything that could renew it:
  /// what the command leaks is worth two hours.
  static func environment(for grant: Grant, from ours: Environment) -> Environment {
    let withheld = SettingName.grant + [.clientSecret]
    var theirs = ours.without(withheld.map(\.rawValue))
    theirs[SettingName.accessToken.rawValue] = grant.accessToken?.reveal()
    theirs[SettingName.expiresAt.rawValue] = grant.expiresAt.map { String($0) }
    theirs[SettingName.grantedScopes.rawValue] = grant.scopes?.commaSeparated
    return theirs
  }
}
