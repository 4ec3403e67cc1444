import CommandTable
import OAuth
import Rotation

/// `export`: the tokens for another program to read
enum ExportCommand: Subcommand {
  static let name = "export"

  static let options: [Option] =
    [
      .choice(
        "format", \.format, "FORMAT", default: .dotenv, isGiven: \.isFormatGiven,
        help: "How to write them"),
      .list(
        "only", \.only, OptionValue("KEY", .choice(ExportedValue.names.map(\.rawValue))),
        help: "Export only this value; without it, all that are set"),
      .duration(
        "min-validity", \.minValidity, default: nil, isGiven: \.isMinValidityGiven,
        help: "Renew first when less than this is left"),
      .flag("force", \.force, help: "Print to a terminal without asking"),
    ] + Option.renewing

  static func row(for tool: String) -> Command {
    Command(
      name, section: "Scripts", summary: "print the tokens for another program to read",
      discussion: """
        Prints the four values of the grant, and `CLIENT_ID` and `CLIENT_SECRET`: everything that \
        another place needs to renew the token by itself. `--only` chooses among them. Nothing is \
        renewed without `--min-validity`. Tokens that wait in the journal count as saved.

        A refresh token works once. If two places renew, one ends the other's grant. So move all \
        of it, or export only the access token: `\(tool) help fleet` has a command by which one \
        host gets it from another.

        `github-env` is for a step of a GitHub Actions job. It appends to the file that \
        `GITHUB_ENV` names, and prints only the commands that hide the secrets in the log.

        On a terminal, it asks before it prints secrets.
        """,
      options: options.map(\.option),
      environment: [
        "CLIENT_ID", "CLIENT_SECRET", "GITHUB_ENV", "XAUTH_ON_ROTATE", "CI",
      ] + SettingName.grant.map(\.rawValue),
      exitCodes: ExitCode.ofRenewing,
      examples: [
        Example("\(tool) export | gh secret set -f -", "Move the tokens to CI"),
        Example(
          "eval \"$(\(tool) export --format shell --only X_OAUTH2_ACCESS_TOKEN)\"",
          "The access token for this shell"),
        Example(
          "\(tool) export --format github-env --only X_OAUTH2_ACCESS_TOKEN",
          "The access token for the following steps of a job"),
      ])
  }

  static func run(_ call: Call) throws(Failure) -> ExitCode {
    guard !(call.console.isJSON && call.options.isFormatGiven) else {
      throw .settings(.contradiction("--json", "--format"))
    }
    let format = call.options.format
    let following = format == .githubEnv ? try GitHubEnvironment(call.context) : nil
    let renewed = try renew(call)
    let settings = try call.settings()
    let grant = try ExportedGrant(settings, now: call.context.clock.now())
    let values = try grant.values(only: call.options.only, settings)
    let report = try ExportReport(values, format)

    try askBeforeShowing(call)
    grant.warn(call.console, exporting: values)
    if let renewed {
      try call.console.result(report, done: renewed.done, before: renewed.runHook)
    } else {
      try call.console.result(report)
    }
    // Not before the result is printed: that is what makes the log hide the secrets.
    try following?.append(values)
    return .done
  }

  /// Renews, where somebody asks for a time, or where another machine may have a newer one; nil elsewhere.
  private static func renew(_ call: Call) throws(Failure) -> ValidToken? {
    let isShared = try call.settings().store() != nil
    guard isShared || call.options.isMinValidityGiven else { return nil }
    return try ValidToken.obtain(
      Rotation.Need(validity: call.options.minValidity, force: false), call)
  }

  /// The tokens would stay in the terminal's history.
  private static func askBeforeShowing(_ call: Call) throws(Failure) {
    guard call.context.standardOutput.isTerminal, !call.options.force else { return }
    guard call.context.terminal.isInteractive(), call.confirms("Show secrets on this terminal?")
    else { throw .export(.terminal) }
  }
}

/// What `export` prints.
private struct ExportReport: Report {
  let isData = true
  let description: String
  let values: [String: String]

  init(_ values: [ExportedValue], _ format: ExportFormat) throws(Failure) {
    description =
      switch format {
      case .dotenv: try ExportText.dotEnv(values)
      case .shell: ExportText.shell(values)
      case .json: ExportText.json(values)
      case .githubEnv: GitHubEnvironment.masks(values)
      }
    self.values = ExportText.dictionary(values)
  }

  private enum CodingKeys: CodingKey { case values }
}
