import Callback

extension Login {
  private var console: Console { call.console }

  /// Says what is to be done, before waiting: the address is always there, whatever the browser does.
  func announce() {
    console.say(
      "Callback URL, to be registered in X's portal exactly so:\n  \(callback.redirect.uri)")
    console.say("Open this address to sign in:\n\(address)")
    if !console.isOnTerminal {
      console.say("waiting \(Spans.words(callback.timeout)) for the browser to come back…")
    }
  }

  /// Opens the browser, and doesn't wait for it.
  func openBrowser() {
    guard !call.invocation.flag("no-browser") else { return }
    let environment = call.context.environment
    let commands = BrowserChoice.candidates(
      for: address, option: call.invocation.value("browser"), environment: environment.all,
      desktop: call.context.desktop
    ) { call.context.programs.find($0, environment["PATH"]) }
    for command in commands {
      console.detail("opening the browser: \(command.first ?? "")")
      let inherited = BrowserChoice.environment(from: environment.all)
      if (try? call.context.programs.start(command, inherited)) != nil { return }
    }
    console.detail("no browser could be started here")
  }
}
