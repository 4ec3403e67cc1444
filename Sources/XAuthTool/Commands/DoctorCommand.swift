import CommandTable

/// `doctor`: find problems before they make a login or a refresh fail
enum DoctorCommand: Subcommand {
  static let name = "doctor"

  static let options: [Option] = [
    .flag(
      "online", \.online, help: "Also see whether X, or a host that is followed, can be reached"),
    .store,
  ]

  static func row(for tool: String) -> Command {
    Command(
      name, section: "Scripts", summary: "look for what would make a login or a refresh fail",
      discussion: """
        Looks at the file and whether it can be saved, whether git or a container image would take \
        the tokens along, the token, the client, the callback and its certificate, the \
        environment, the clock, the libraries, and which program of our name a shell and cron \
        would find. Each finding has a line, and one that says what to do about it.

        Nothing is sent anywhere without `--online`, which asks X for its time, without \
        credentials, and runs the command of a host that follows another one. To know that a token can be saved, its save is tried up to the last step: the \
        folder for lock and journal is made beside the file, if it isn't there, and stays.
        """,
      options: options.map(\.option),
      environment: SettingName.allCases.map(\.rawValue) + [
        "XAUTH_ON_ROTATE", "BROWSER", "SSL_CERT_FILE", "CI",
      ],
      exitCodes: ExitCode.list(.settings),
      examples: [
        Example("\(tool) doctor", "Before the first login, and when something is odd"),
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
