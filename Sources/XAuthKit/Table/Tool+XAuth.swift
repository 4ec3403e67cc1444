import CommandTable

extension Tool {
  /// Every command, in the order in which the help lists them.
  static let subcommands: [any Subcommand.Type] = [
    LoginCommand.self, RefreshCommand.self, TokenCommand.self, ShowCommand.self,
    RevokeCommand.self, ExportCommand.self, ExecCommand.self, HeaderCommand.self,
    DoctorCommand.self,
    CompletionCommand.self,
    HelpCommand.self, VersionCommand.self,
  ]

  /// The table of the tool, under the name it was called by.
  static func xauth(named name: String) -> Tool {
    Tool(
      name: name, summary: "an OAuth 2.0 user token for X, kept alive in .env",
      description: """
        {tool} gets an OAuth 2.0 user token for X (Twitter) and keeps it alive in a project's \
        `.env`, for servers and scripts that read `X_OAUTH2_ACCESS_TOKEN`. Access tokens live two \
        hours and refresh tokens work once; {tool} never loses one and never spends one twice.
        """,
      commands: subcommands.map { subcommand in { subcommand.row } },
      commonOptions: CommandOption.common,
      environment: SettingDoc.all, exitCodes: ExitCodeDoc.all, topics: HelpTopic.all,
      foreignCalls: [.x11])
  }
}

extension CommandOption {
  /// What every command takes.
  static let common = [
    CommandOption(
      "env-file",
      value: OptionValue("PATH", .file, default: "./.env", environment: "XAUTH_ENV_FILE"),
      help: "The file that holds settings and tokens"),
    CommandOption("json", help: "Print one JSON object, failures too"),
    CommandOption("quiet", help: "Print data and failures only: no notes, no warnings"),
    CommandOption("verbose", help: "Say what is done, secrets left out"),
    CommandOption("no-color", help: "Plain text, as NO_COLOR does"),
  ]

  /// What every command takes that may renew a token.
  static let renewing = [
    CommandOption(
      "on-rotate", value: OptionValue("COMMAND", .command, environment: "XAUTH_ON_ROTATE"),
      help: "Run by sh -c once new tokens are saved, with the values as dotenv on standard input"),
    CommandOption(
      "allow-rotate", help: "In CI: rotate although nothing carries the new token off the runner"),
  ]
}

extension ForeignCall {
  /// The program of the same name that X11 has had since 1988: `startx` and `xvfb-run` call it.
  static let x11 = ForeignCall(
    program: "X11's xauth", path: "/usr/bin/xauth",
    words: [
      "list", "nlist", "add", "generate", "merge", "nmerge", "extract", "nextract", "remove",
      "info", "exit", "quit", "source", "?", "-f", "-q", "-v", "-b", "-i", "-n", "-V",
    ])
}

extension ExitCodeDoc {
  /// The contract with scripts.
  static let all = [
    ExitCodeDoc(0, "done, or nothing was due"),
    ExitCodeDoc(
      1,
      "something unexpected, such as a closed standard output; or the --on-rotate command failed (the tokens are saved)"
    ),
    ExitCodeDoc(2, "the command line is wrong"),
    ExitCodeDoc(3, "a person must log in, or the login was refused or timed out"),
    ExitCodeDoc(4, "settings or files are wrong; no token was spent"),
    ExitCodeDoc(5, "a new token could not be saved where it belongs; the recovery file holds it"),
    ExitCodeDoc(75, "temporary: run it again later"),
    ExitCodeDoc(126, "exec: the command is there and can't be executed"),
    ExitCodeDoc(127, "exec: there is no such command"),
    ExitCodeDoc(128, label: "128+n", "ended by signal n"),
  ]
}
