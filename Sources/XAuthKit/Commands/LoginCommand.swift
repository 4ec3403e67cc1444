import Callback
import CommandTable
import OAuth
import Rotation

/// `login`: get a token, with a person in a browser
enum LoginCommand: Subcommand {
  static let row = Command(
    "login", section: "Tokens", summary: "sign in to X and save the tokens in .env",
    discussion: """
      Opens X's consent page in the browser and waits for the answer on the callback address \
      (authorization code with PKCE). The address is always printed too: on a terminal you can open \
      it anywhere and paste what the browser ends on, or the bare code.

      The redirect URI must be registered in X's portal exactly as it is printed. X compares every \
      character, so the port is fixed.

      Whichever account the browser is signed in to is the one that is authorized; X keeps one grant \
      per app and account, so a login ends the one before it, also on other machines.
      """,
    options: [
      CommandOption(
        "scopes", value: OptionValue("LIST", environment: "X_OAUTH2_SCOPES"),
        help: "The scopes to ask for, separated by spaces or commas"),
      CommandOption(
        "timeout",
        value: OptionValue(
          "DURATION", .seconds, default: "5m", environment: "X_OAUTH_CALLBACK_TIMEOUT"),
        help: "How long to wait for the person"),
      CommandOption(
        "browser", value: OptionValue("COMMAND", .command, environment: "BROWSER"),
        help: "Open the address with this; %s stands for it"),
      CommandOption("no-browser", help: "Only print the address"),
      CommandOption("paste", help: "Don't listen: the redirect URL is pasted here"),
      CommandOption(
        "listen", value: OptionValue("ADDRESS", environment: "X_OAUTH_CALLBACK_LISTEN"),
        help: "Listen here instead; the redirect URI stays as it is"),
      CommandOption("force", help: "Replace a working grant without asking"),
    ] + CommandOption.renewing,
    environment: [
      "CLIENT_ID", "CLIENT_SECRET", "X_OAUTH2_SCOPES", "X_OAUTH_CALLBACK_HOST",
      "X_OAUTH_CALLBACK_PORT", "X_OAUTH_CALLBACK_PATH", "X_OAUTH_CALLBACK_SCHEME", "TLS_CERT_FILE",
      "TLS_KEY_FILE", "BROWSER", "XAUTH_ON_ROTATE", "CI",
    ],
    exitCodes: [0, 1, 2, 3, 4, 5, 75, 128],
    examples: [
      Example("{tool} login", "Sign in with the browser of this machine"),
      Example(
        "{tool} login --no-browser", "Over SSH: open the address elsewhere, paste the result"),
      Example(
        "{tool} login --scopes 'users.read tweet.read offline.access'", "Ask for less"),
    ])

  static func run(_ call: Call) throws(Failure) -> ExitCode {
    try refuseContradictions(call.invocation)
    let login = try Login(call)
    // On a CI runner a login's tokens die as a renewal's do; at a terminal sits somebody who knows
    // whether the machine stays.
    if !call.context.terminal.isInteractive {
      try login.rotation.settings.checkRotationIsAllowed(isInEnvironment: false)
    }
    login.warn()
    try login.askBeforeReplacing()

    // Before a person is asked for anything: can it be finished?
    let network = try login.rotation.openNetwork()
    try login.rotation.proveSave()
    let waiting = try LoginWait(login)

    login.announce()
    waiting.start()
    let result = try grant(of: login, on: network, waiting)

    try login.rotation.requireAccessToken(result)
    let account = waiting.isInterrupted ? nil : login.account(of: result.grant, on: network)
    let report = LoginReport(result, account: account, login: login)
    try call.console.result(
      report, inWords: { call.console.say(report.description) },
      done: "signed in, and the tokens are saved in \(report.file)", before: login.rotation.runHook)
    return .done
  }

  /// Waits for codes until one is exchanged, or nothing more is to be waited for.
  private static func grant(
    of login: Login, on network: Network, _ waiting: LoginWait
  ) throws(Failure) -> Rotation.Renewal {
    while true {
      let arrival = try waiting.arrival()
      if let result = try exchange(arrival, of: login, on: network, waiting) { return result }
    }
  }

  /// Exchanges the code and saves what came of it; the browser is answered once it is known what
  /// happened, with what happened. Nil when it was no code, and is still waited for one.
  private static func exchange(
    _ arrival: Arrival, of login: Login, on network: Network, _ waiting: LoginWait
  ) throws(Failure) -> Rotation.Renewal? {
    let locked: LockedGrant
    do { locked = try login.rotation.lockForExchange() } catch {
      waiting.answer(.notExchanged)
      throw error
    }
    let result: Rotation.Renewal
    do {
      result = try login.rotation.exchange(login.exchange(of: arrival), on: network, under: locked)
    } catch {
      if waiting.goesOn(after: error, with: arrival) { return nil }
      waiting.answer(.forFailedExchange(error))
      throw error
    }
    // Held back since the code was sent: Ctrl-C must leave neither the browser without its answer nor
    // the person without the report.
    login.call.context.signals.hold(
      "\nthe tokens are saved; this ends by itself within seconds\n")
    waiting.answer(.signedIn)
    return result
  }

  private static func refuseContradictions(_ invocation: Invocation) throws(Failure) {
    if invocation.flag("no-browser"), invocation.value("browser") != nil {
      throw .settings(.contradiction("--browser", "--no-browser"))
    }
    if invocation.flag("paste"), invocation.value("listen") != nil {
      throw .settings(.contradiction("--listen", "--paste"))
    }
  }
}
