import Callback

extension Login {
  private var console: Console { call.console }

  /// Says what is to be done, before the browser is opened: the address is always there, whatever
  /// the browser does.
  func announce() {
    console.say(
      "Callback URL, to be registered in X's portal exactly so:\n  \(callback.redirect.uri)")
    console.write("Open this address to sign in:\n\(address)\n")
  }

  /// Says how the browser's answer gets here.
  func announceWays(listens: Bool, pastes: Bool) {
    if listens { wayHere.map(console.say) }
    if pastes {
      // X's documentation: a code lives 30 seconds.
      console.say(
        (listens
          ? "If the browser can't get back here, paste the address it ends on"
          : "Paste here the address that the browser ends on")
          + ", within 30 seconds: the code in it lives no longer.")
    }
    if !console.showsStatus {
      console.say("waiting \(Spans.words(callback.timeout)) for the browser to come back…")
    }
  }

  /// How a browser on another machine gets to a callback on this one's loopback; nil when nothing
  /// shows that it is on another.
  private var wayHere: String? {
    let redirect = callback.redirect
    guard RedirectURI.isLoopback(redirect.host), callback.listen == nil else { return nil }
    let context = call.context
    let remote = context.remote()
    if let command = remote.forwarding(
      port: redirect.port, host: redirect.host, hostName: context.hostName())
    {
      return "This is an SSH session. On the machine with the browser, lead the callback here:\n"
        + "  \(command)"
    }
    if remote.isContainer {
      return "This is a container: the browser gets in if port \(redirect.port) is published and"
        + " X_OAUTH_CALLBACK_LISTEN is 0.0.0.0."
    }
    if context.desktop() == .wsl {
      return "This is WSL: Windows' browser gets in while localhost forwarding is on."
    }
    return nil
  }
}
