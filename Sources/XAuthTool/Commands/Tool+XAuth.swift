import CommandTable

/// One command: its row in the table, and what it does. A command is a file that reads top to
/// bottom.
protocol Subcommand: Sendable {
  /// The name as it is typed.
  static var name: String { get }
  /// The options that it takes besides `Option.common`.
  static var options: [Option] { get }
  /// Whether a failure under `--json` goes to standard output. Not where programs take what is there
  /// for something else: a token, a script, messages, or what the command prints that they asked for.
  static var failsOnOutput: Bool { get }
  /// The command's row: what can be typed, and every text that is made from it. `tool` is the name
  /// that the program was called by.
  static func row(for tool: String) -> Command
  /// Carries it out.
  static func run(_ call: Call) throws(Failure) -> ExitCode
}

extension Subcommand {
  static var options: [Option] { [] }
  static var failsOnOutput: Bool { true }
}

extension Tool {
  /// Every command, in the order in which the help lists them.
  static let subcommands: [any Subcommand.Type] = [
    LoginCommand.self, RefreshCommand.self, TokenCommand.self, ShowCommand.self,
    RevokeCommand.self, ExportCommand.self, ExecCommand.self, HeaderCommand.self, ProxyCommand.self,
    McpCommand.self,
    DoctorCommand.self, CompletionCommand.self, HelpCommand.self, VersionCommand.self,
  ]

  /// The command called `name`.
  static func subcommand(named name: String) -> (any Subcommand.Type)? {
    subcommands.first { $0.name == name }
  }

  /// The table of the tool, under the name it was called by.
  static func xauth(named name: String) -> Tool {
    Tool(
      name: name, summary: "an OAuth 2.0 user token for X, kept alive in .env",
      description: """
        \(name) gets an OAuth 2.0 user token for X (Twitter) and keeps it alive in a project's \
        `.env`, for servers and scripts that read `X_OAUTH2_ACCESS_TOKEN`. An access token expires \
        after two hours. Each refresh token works once and comes back with its replacement; \
        \(name) never loses a new token and never uses a refresh token twice.
        """,
      commands: subcommands.map { $0.row(for: name) },
      commonOptions: Option.common.map(\.option),
      environment: SettingDoc.all, exitCodes: ExitCode.documentation, topics: HelpTopic.all(name),
      foreignCalls: [.x11],
      // What gh, aws, gcloud and xurl call it.
      synonyms: [
        "status": "show", "whoami": "show", "logout": "revoke",
        "signout": "revoke", "renew": "refresh", "rotate": "refresh", "update": "refresh",
        "init": "login", "auth": "login", "signin": "login", "configure": "login",
        "setup": "login", "check": "doctor", "print": "token", "get": "token", "run": "exec",
        "serve": "proxy", "bridge": "mcp", "env": "export",
      ],
      firstTopic: "quickstart",
      seeAlso: ["curl(1)", "crontab(5)", "systemd.timer(5)", "Xsecurity(7)"])
  }
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
