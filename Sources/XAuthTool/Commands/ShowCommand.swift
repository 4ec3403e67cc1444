import CommandTable

/// `show`: the token's state, and where settings come from
enum ShowCommand: Subcommand {
  static let name = "show"

  static let options: [Option] = [
    .flag("check", \.check, help: "Ask X whether the token works, and whose it is")
  ]

  static func row(for tool: String) -> Command {
    Command(
      name, section: "Tokens", summary: "say how the token stands and where settings come from",
      discussion: """
        Tells the state of the token, the scopes granted against those asked for, the exact \
        callback URL to register, the file and its permissions, a pending recovery, and the source \
        of each setting. Tokens are shown as the beginning of their SHA-256 only. Needs no \
        network, except with `--check`.
        """,
      options: options.map(\.option),
      environment: SettingName.allCases.map(\.rawValue),
      exitCodes: ExitCode.list(.loginNeeded, .settings, .temporary),
      examples: [
        Example("\(tool) show", "Everything at a glance"),
        Example("\(tool) show --json | jq -r .callback.url", "The URL to register"),
      ])
  }

  static func run(_ call: Call) throws(Failure) -> ExitCode {
    let settings = try call.settings()
    var report = try ShowReport(settings, call)
    if call.options.check {
      report.check = try TokenCheck.ask(settings, call)
    }
    try call.console.result(report)
    if let check = report.check, check.exit != .done { return check.exit }
    if report.state.needsNoPerson { return .done }
    // Without a file or tokens from elsewhere, the path or the working folder is wrong.
    let isElsewhere = try settings.grant().source == .environment
    return settings.file.exists || isElsewhere ? .loginNeeded : .settings
  }
}
