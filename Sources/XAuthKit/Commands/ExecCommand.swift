import Rotation
import CommandTable

/// `exec`: become another program, with a valid access token in its environment
enum ExecCommand: Subcommand {
  static let row = Command(
    "exec", section: "Scripts", summary: "run a command with a valid token in its environment",
    discussion: """
      Renews the access token when less than `--min-validity` is left, and becomes the command: same \
      process, its signals and its exit code. The command finds `X_OAUTH2_ACCESS_TOKEN`, when it ends \
      (`X_OAUTH2_EXPIRES_AT`) and what it may do (`X_OAUTH2_GRANTED_SCOPES`) in its environment, and \
      neither the refresh token nor the client secret, whatever ours has.

      The command is looked for before a token is renewed for it. A failing `--on-rotate` command \
      keeps it from being run.
      """,
    operands: [
      Operand("COMMAND", .commandLine, help: "The command and its arguments", repeats: true)
    ],
    options: [
      CommandOption(
        "min-validity", value: OptionValue("DURATION", .seconds, default: "5m"),
        help: "Renew when less than this is left")
    ] + CommandOption.renewing,
    environment: ["CLIENT_ID", "CLIENT_SECRET", "X_OAUTH2_ACCESS_TOKEN", "XAUTH_ON_ROTATE", "CI"],
    exitCodes: [0, 1, 2, 3, 4, 5, 75, 126, 127, 128],
    examples: [
      Example("{tool} exec -- python3 bookmarks.py", "Run a script that reads the token"),
      Example(
        "{tool} exec --min-validity 30m -- ./nightly.sh", "A token that lasts for half an hour"),
    ])

  /// Longer than for `token`: a program makes more than one request.
  static let defaultValidity = 5 * 60

  static func run(_ call: Call) throws(Failure) -> ExitCode {
    let arguments = call.invocation.operands
    let programs = call.context.programs
    do {
      // Also when it is empty, which a shell takes for the working folder.
      _ = try programs.locate(arguments.first ?? "", call.context.environment.all["PATH"])
    } catch {
      throw .program(error)
    }
    let need = Rotation.Need(
      validity: call.invocation.seconds("min-validity") ?? defaultValidity, force: false)
    let token = try ValidToken.obtain(need, call)
    try token.runHook()
    let errno = programs.replace(
      arguments, environment(for: token, from: call.context.environment))
    throw .program(ProgramNotStarted(name: arguments.first ?? "", errno: errno))
  }

  /// Ours, with the access token that is good now, and nothing that could renew it: what the command
  /// leaks is worth two hours.
  static func environment(for token: ValidToken, from ours: Environment) -> [String: String] {
    let withheld = SettingName.grant + [.clientSecret]
    var theirs = ours.without(withheld.map(\.rawValue))
    theirs[SettingName.accessToken.rawValue] = token.accessToken.reveal()
    theirs[SettingName.expiresAt.rawValue] = token.grant.expiresAt.map { String($0) }
    theirs[SettingName.grantedScopes.rawValue] = token.grant.scopes?.commaSeparated
    return theirs
  }
}
