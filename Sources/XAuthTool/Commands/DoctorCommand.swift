import CommandTable

/// `doctor`: find problems before they make a login or a refresh fail
enum DoctorCommand: Subcommand {
  static let name = "doctor"

  static let options: [Option] = [
    .flag(
      "online", \.online,
      help: "Also check whether X, and what X_OAUTH2_STORE names, can be reached"),
    .store,
  ]

  static func row(for tool: String) -> Command {
    Command(
      name, section: "Scripts", summary: "find problems before they make a login or a refresh fail",
      discussion: """
        Checks the file and whether it can be saved, whether git or a container image would take \
        the tokens along, the token, the client, the callback and its certificate, the \
        environment, the clock, the libraries, and which `\(tool)` a shell and cron would find. \
        Each finding has a line, and one that says what to do.

        Nothing is sent anywhere without `--online`, which asks X for its time, without \
        credentials, runs the command of a host that is followed, and reads what `X_OAUTH2_STORE` \
        names and writes it back unchanged. To find out whether a token can be saved, the save is \
        tried up to its last step. That makes the folder for lock and journal beside the file, \
        which stays.
        """,
      options: options.map(\.option),
      environment: SettingName.allCases.map(\.rawValue) + [
        "XAUTH_ON_ROTATE", "BROWSER", "SSL_CERT_FILE", "CI",
      ],
      exitCodes: ExitCode.list(.settings),
      examples: [
        Example("\(tool) doctor", "Before the first login, and when something is wrong"),
        Example(
          "\(tool) doctor --json | jq '.checks[] | select(.status == \"failed\")'",
          "What fails, for a program"),
      ])
  }

  static func run(_ call: Call) throws(Failure) -> ExitCode {
    let findings = Doctor(call: call).findings(online: call.options.online)
    let report = DoctorReport(findings, call.console)
    try call.console.result(report)
    return report.exit
  }
}
