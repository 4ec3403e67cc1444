import CommandTable

/// `show`: the token's state, and where settings come from
enum ShowCommand: Subcommand {
  static let name = "show"

  static let options: [Option] = [
    .flag("check", \.check, help: "Ask X whether the token works, and whose it is"),
    .duration(
      "min-validity", \.minValidity, default: nil, isGiven: \.isMinValidityGiven,
      help: "For monitors: exit 75 when less than this is left"),
    .store,
  ]

  static func row(for tool: String) -> Command {
    Command(
      name, section: "Tokens", summary: "show the token's state and where settings come from",
      discussion: """
        Prints five lines: how long the access token is valid and what happens then, whose it is, \
        the last renewal and what has failed since, the client and its scopes, the file. \
        `--verbose` adds the callback URL to register, the source of each setting, and the \
        beginning of each token's SHA-256. Only `--check` uses the network; it is an API request \
        and counts against the app's quota. Where several machines share the tokens, it also reads \
        the store.

        Exit code 0 means that there is a valid token, or that a renewal can get one; 3 that you \
        must log in, even if the access token still works. With `--min-validity`, which is for \
        monitors, 0 means that this much is left and a renewal is possible; 75 that less is left, \
        so nothing renews the token.
        """,
      options: options.map(\.option),
      environment: SettingName.allCases.map(\.rawValue),
      exitCodes: ExitCode.list(.loginNeeded, .settings, .temporary),
      examples: [
        Example("\(tool) show", "Everything at a glance"),
        Example("\(tool) show --min-validity 30m", "For a monitor"),
        Example("\(tool) show --json | jq -r .callback.url", "The URL to register"),
      ])
  }

  static func run(_ call: Call) throws(Failure) -> ExitCode {
    let settings = try call.settings()
    let now = call.context.clock.now()
    let standing = try settings.standing(at: now)
    var report = try ShowReport(standing, settings, call)
    var storeFailure: ExitCode?
    if call.options.check {
      report.check = try TokenCheck.ask(standing, settings, call)
      do throws(Failure) {
        report.storeCheck = try StoreCheck.ask(settings, call)?.words(at: now)
      } catch {
        (report.storeCheck, storeFailure) = (error.report.message, error.report.exit)
      }
    }
    if !call.console.isJSON { report.warnings.forEach { call.console.warn($0) } }
    try call.console.result(report)
    if let check = report.check, check.exit != .done { return check.exit }
    if let storeFailure { return storeFailure }
    // Without a file or tokens from elsewhere, the path or the working folder is wrong.
    let isElsewhere = standing.held.source == .environment
    guard settings.file.exists || isElsewhere || standing.isShared || standing.renewal == .followed
    else {
      return .settings
    }
    let validity = call.options.isMinValidityGiven ? call.options.minValidity : nil
    return standing.exit(needing: validity, at: now)
  }
}
