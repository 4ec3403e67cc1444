import Rotation
import CommandTable
import OAuth

/// `token`: print a valid access token
enum TokenCommand: Subcommand {
  static let name = "token"
  static let failsOnOutput = false

  /// A minute: enough for the one request that a token is usually printed for.
  static let defaultValidity = 60

  static let options: [Option] = [.minValidity(default: defaultValidity)] + Option.renewing

  static func row(for tool: String) -> Command {
    Command(
      name, section: "Tokens", summary: "print a valid access token",
      discussion: """
        Prints the access token on one line, renewing it first when less than `--min-validity` is \
        left. Never opens a browser. If a renewal fails for a temporary reason and the token is \
        still valid, it is printed anyway, with a warning.
        """,
      options: options.map(\.option),
      environment: [
        "CLIENT_ID", "CLIENT_SECRET", "X_OAUTH2_ACCESS_TOKEN", "XAUTH_ON_ROTATE", "CI",
      ],
      exitCodes: ExitCode.ofRenewing,
      examples: [
        Example(
          "curl -H \"Authorization: Bearer $(\(tool) token)\" \"$URL\"",
          "Call the API"),
        Example("\(tool) token --min-validity 10m", "A token that is valid for ten more minutes"),
      ])
  }

  static func run(_ call: Call) throws(Failure) -> ExitCode {
    let need = Rotation.Need(validity: call.options.minValidity, force: false)
    let token = try ValidToken.obtain(need, call)
    let report = TokenReport(
      accessToken: token.accessToken.reveal(), expiresAt: token.known.grant.expiresAt,
      secondsLeft: token.known.secondsLeft(at: call.context.clock.now()))
    try call.console.result(report, done: token.done, before: token.runHook)
    return .done
  }
}

/// What `token` prints.
private struct TokenReport: Report {
  let isData = true
  let accessToken: String
  let expiresAt: Int?
  let secondsLeft: Int?

  var description: String { accessToken + "\n" }

  private enum CodingKeys: String, CodingKey {
    case accessToken = "access_token"
    case expiresAt = "expires_at"
    case secondsLeft = "seconds_left"
  }
}
