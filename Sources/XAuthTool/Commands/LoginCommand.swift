import Callback
import CommandTable
import OAuth
import Rotation

/// `login`: get a token, with a person in a browser
enum LoginCommand: Subcommand {
  static let name = "login"

  static let options: [Option] =
    [
      .setting(
        "scopes", .scopes, OptionValue("LIST", .list(of: Scopes.knownToX.names)),
        help: "The scopes to request, with spaces or commas"),
      .setting(
        "timeout", .callbackTimeout,
        OptionValue(
          "DURATION", .seconds, default: DurationText.text(CallbackSettings.standardTimeout)),
        help: "How long to wait for you to approve"),
      .text(
        "browser", \.browser, OptionValue("COMMAND", .command, environment: "BROWSER"),
        help: "Open the address with this; %s is the address"),
      .flag("no-browser", \.noBrowser, help: "Only print the address"),
      .text(
        "account", \.account, OptionValue("NAME"),
        help: "Save nothing if another account signs in"),
      .flag("paste", \.paste, help: "Don't listen or open a browser; paste the address here"),
      .setting(
        "listen", .callbackListen, OptionValue("ADDRESS"),
        help: "Listen here; the redirect URI stays as it is"),
      .flag(
        "force", \.force, help: "Replace working tokens, or another account's, without asking"),
    ] + Option.renewing

  static func row(for tool: String) -> Command {
    Command(
      name, section: "Tokens", summary: "log in to X and save the tokens in .env",
      discussion: """
        Opens X's page in the browser and waits for the answer on the callback address \
        (authorization code with PKCE). If it can't open a browser, it prints the page's address; \
        on a terminal, Enter prints it at any time. You can open it on any machine and paste the \
        address that the browser then shows, or only the code in it.

        The browser is started with a short address on this machine that leads to X's page and \
        works in one browser only, because other users of the machine can see it.

        Register the redirect URI in the X developer console exactly as it is printed. X compares \
        every character, so keep the port.

        You authorize the account that your browser is signed in to at x.com. If the file holds \
        another account's tokens, you are asked before they are replaced; without a terminal the \
        new ones are revoked, unless you give `--force`. With `--account`, the new tokens of any \
        other account are revoked, and tokens whose account X doesn't name are saved only if you \
        say so. If you log in as the account whose tokens the file holds, X ends those, so the new \
        ones are always saved.

        X keeps one grant per app and account, so a login ends the one before it, on other machines \
        too.
        """,
      options: options.map(\.option),
      environment: [
        "CLIENT_ID", "CLIENT_SECRET", "X_OAUTH2_SCOPES", "X_OAUTH_CALLBACK_HOST",
        "X_OAUTH_CALLBACK_PORT", "X_OAUTH_CALLBACK_PATH", "X_OAUTH_CALLBACK_SCHEME",
        "TLS_CERT_FILE",
        "TLS_KEY_FILE", "BROWSER", "XAUTH_ON_ROTATE", "CI",
      ],
      exitCodes: ExitCode.ofRenewing,
      examples: [
        Example("\(tool) login", "Log in with the browser of this machine"),
        Example(
          "\(tool) login --no-browser", "Over SSH: open the address elsewhere, paste the result"),
        Example(
          "\(tool) login --scopes 'users.read tweet.read offline.access'",
          "Request fewer scopes"),
      ])
  }

  static func run(_ call: Call) throws(Failure) -> ExitCode {
    try refuseContradictions(call.options)
    guard try call.settings().followed() == nil else { throw .follow(.loginHere) }
    let rule = try AccountRule(call)
    let settings = try call.settings()
    try Login.refuseToCreateUnasked(settings, call)
    var typed = try FirstRun.ask(call, settings)
    while true {
      do { return try logIn(call, by: rule, typed) } catch {
        guard let again = try typed?.again(after: error, call) else { throw error }
        typed = again
      }
    }
  }

  private static func logIn(
    _ call: Call, by rule: AccountRule, _ typed: FirstRun?
  ) throws(Failure) -> ExitCode {
    let login = try Login(call, typed)
    // The tokens of a login on a CI runner are lost with it, like those of a renewal. At a terminal
    // there is a person, who knows whether the machine will last.
    if !call.context.terminal.isInteractive() {
      try login.rotation.settings.checkRotationIsAllowed(isInEnvironment: false)
    }
    login.warn()
    try login.askBeforeReplacing()
    try login.rotation.requireConfirmedStore(call)

    // Find out whether the login can be finished before asking a person for anything.
    let network = try login.rotation.endpoints.openNetwork(call.context)
    try login.rotation.proveSave()
    try login.askBeforeSharing()
    login.sayForeignHosts()
    login.rotation.settleLeftLogins(on: network)
    try login.askWhoseFile(by: rule, on: network)
    let waiting = try LoginWait(login)

    waiting.start()
    defer { waiting.stay() }
    let (result, account) = try grant(of: login, by: rule, on: network, waiting)

    try login.saveTyped()
    try login.rotation.requireAccessToken(result)
    let report = LoginReport(result, account: account, login: login)
    try call.console.result(
      report, inWords: { call.console.say(report.description) },
      done: "signed in, and the tokens are saved in \(report.file)", before: login.rotation.runHook)
    return .done
  }

  /// Waits for codes until one has been exchanged, or waiting for more is pointless. Comes back with
  /// the account too, if there was time to ask.
  private static func grant(
    of login: Login, by rule: AccountRule, on network: Network, _ waiting: LoginWait
  ) throws(Failure) -> (Rotation.Renewal, AccountAnswer?) {
    while true {
      let returned = try waiting.returnedCode()
      var vetting = AccountVetting(login, rule, network)
      let outcome = try exchange(returned, of: login, by: rule, on: network, waiting) {
        granted, known in
        vetting.verdict(on: granted, known: known, isHurried: waiting.isInterrupted)
      }
      switch outcome {
      case nil: continue
      case .saved(let known, let facts):
        try vetting.finishSaved(with: waiting)
        return (.renewed(known, facts), vetting.answer)
      case .parked(let waits, let facts):
        let known = try vetting.settle(waits, with: waiting)
        return (.renewed(known, facts), vetting.answer)
      }
    }
  }

  /// Exchanges the code and saves the tokens. The browser gets its answer afterwards, so that the page
  /// says what really happened. Nil if X refused the code and the login goes on waiting for another.
  private static func exchange(
    _ returned: ReturnedCode, of login: Login, by rule: AccountRule, on network: Network,
    _ waiting: LoginWait,
    vet: (_ granted: Grant, _ accountInFile: Account?) -> LoginVerdict
  ) throws(Failure) -> LoginOutcome? {
    let locked: LockedGrant
    do { locked = try login.rotation.lockForExchange() } catch {
      waiting.answer(.notExchanged, because: error)
      throw error
    }
    do {
      let outcome = try login.rotation.exchange(
        login.exchange(of: returned), on: network, under: locked,
        needsVerdict: rule.needsName, wish: rule.wish, vet: vet)
      // Signals have been held since the code was sent: Ctrl-C must not leave the browser without its
      // answer, or the person without the report.
      if case .saved = outcome {
        login.call.context.signals.hold(
          "\nthe tokens are saved; this ends by itself within seconds\n")
      }
      return outcome
    } catch {
      if waiting.asksAgain(after: error, with: returned) { return nil }
      waiting.answer(.forFailedExchange(error), because: error)
      throw error
    }
  }

  private static func refuseContradictions(_ options: Options) throws(Failure) {
    if options.noBrowser, options.browser != nil {
      throw .settings(.contradiction("--browser", "--no-browser"))
    }
    if options.paste, options.settings[.callbackListen] != nil {
      throw .settings(.contradiction("--listen", "--paste"))
    }
    if options.paste, options.browser != nil {
      throw .settings(.contradiction("--browser", "--paste"))
    }
  }
}
