import Rotation
import Callback
import OAuth

/// One login: what is decided, and said, before the browser is opened.
struct Login: Sendable {
  let call: Call
  let rotation: RotationRun
  let callback: CallbackSettings
  let scopes: Scopes
  /// What was typed for it, and isn't saved yet.
  private let typed: FirstRun?
  /// Ties the callback to this login (RFC 6749 §10.12).
  let state: String
  let pkce: PKCE

  /// Checks all settings and makes state and PKCE.
  ///
  /// - Parameter typed: what the settings don't have.
  init(_ call: Call, _ typed: FirstRun?) throws(Failure) {
    let settings = try call.settings()
    (self.call, self.typed) = (call, typed)
    callback = try settings.callback()
    let requested = try settings.requestedScopes()
    scopes = typed?.scopes ?? requested
    let client =
      if let typed { typed.client } else { try settings.requiredClient(savingInFile: true) }
    rotation = try RotationRun(
      inFile: settings, call, client.credentials,
      try settings.endpoints(sending: [client.source]),
      store: try settings.sharedPlace().map(call.context.openStore))
    // 256 bits each: RFC 7636 §4.1 for the verifier, far beyond RFC 6749 §10.10 for the state.
    state = Base64URL.encode(try call.context.randomBytes(32))
    do { pkce = try PKCE(randomBytes: try call.context.randomBytes(32)) } catch {
      throw Failure(error)
    }
  }

  /// A script must not leave a `.env` in whatever folder it happens to run in: without a terminal the
  /// file must exist or be named.
  static func refuseToCreateUnasked(_ settings: Settings, _ call: Call) throws(Failure) {
    guard !settings.file.exists, settings.file.namedBy == nil,
      !call.context.terminal.isInteractive()
    else { return }
    throw .settings(.fileNotNamed(path: settings.file.target.path))
  }

  /// Saves what was typed: it has worked.
  func saveTyped() throws(Failure) { try typed?.save(call, in: rotation.settings.file.target) }

  /// Where the browser is sent (RFC 6749 §4.1.1, RFC 7636 §4.3).
  var address: String {
    AuthorizationRequest.url(
      endpoint: rotation.endpoints.authorize.text, clientID: rotation.client.id,
      redirectURI: callback.redirect.uri, scopes: scopes, state: state, pkce: pkce)
  }

  /// The short address to start a browser on this machine with; nil where none can be.
  ///
  /// It has the redirect URI's host, which the browser has to reach anyway, and which a certificate is
  /// for. Behind a proxy that one isn't the listener's own, so the browser is started with loopback.
  func startAddress(listening plan: ListenPlan) throws(Failure) -> StartAddress? {
    guard let origin = callback.isBehindProxy ? plan.loopback : callback.redirect else {
      return nil
    }
    return StartAddress(
      at: origin, path: Base64URL.encode(try call.context.randomBytes(12)),
      cookie: Base64URL.encode(try call.context.randomBytes(16)), leadingTo: address)
  }

  /// What the token endpoint needs to turn a code into tokens.
  func exchange(of returned: ReturnedCode) -> CodeExchange {
    CodeExchange(
      code: returned.code, redirectURI: callback.redirect.uri, verifier: pkce.verifier)
  }

  /// Whose grant it is. Best effort: nothing depends on it, and X refuses it to apps that aren't
  /// enrolled, although their tokens are valid.
  func account(of grant: Grant, on network: Network) -> AccountAnswer {
    guard let token = grant.accessToken else { return .unknown(nil) }
    return AccountAnswer.ask(rotation.endpoints, token, on: network, deadline: 5)
  }
}

// What is said before and while the browser is waited for.

extension Login {
  private var console: Console { call.console }

  /// Warns of what will fail later, before anything is done.
  func warn() {
    let settings = rotation.settings
    for warning in scopes.warnings + settings.slips() { console.warn(warning) }
    let answer = call.context.git.ask(about: settings)
    for warning in answer.warnings(about: settings) { console.warn(warning) }
  }

  /// X keeps one grant per app and account, so a login ends the current one: asks first, unless
  /// there is `--force`.
  func askBeforeReplacing() throws(Failure) {
    let settings = rotation.settings
    let known = try settings.view(of: settings.file.grant()).known
    guard !call.options.force, !known.grant.isBlank,
      known.serves(at: call.context.clock.now()) || known.grant.refreshToken != nil
    else { return }
    console.warn(
      "\(settings.file.target.path) holds a grant that may still work; a login replaces it",
      hint: "X also ends it wherever else the same app and account are in use")
    guard call.context.terminal.isInteractive(), !console.isJSON else { return }
    guard call.confirms("Log in anyway?") else { throw .login(.declined) }
  }

  /// Asks X whose tokens the file holds, where nobody knows and the account that signs in is compared with
  /// it: once a login has ended them, X can't be asked any more.
  func askWhoseFile(by rule: AccountRule, on network: Network) throws(Failure) {
    let settings = rotation.settings
    let known = try settings.view(of: settings.file.grant()).known
    guard known.account == nil, known.mayBeSent(to: rotation.endpoints.api.text), rule.compares,
      known.serves(at: call.context.clock.now()),
      case .account(let account) = account(of: known.grant, on: network)
    else { return }
    try rotation.note(account, of: known.grant)
  }

  /// Warns if others would be able to read the tokens, and offers to keep them out. By now a file that
  /// this login made is there, too: it is private, except on drives where modes mean nothing.
  func askBeforeSharing() throws(Failure) {
    let target = rotation.settings.file.target
    do {
      guard let file = try target.read()?.identity, let warning = target.openness(file) else {
        return
      }
      console.warn(warning)
      guard call.context.terminal.isInteractive(), !console.isJSON, !call.options.force,
        call.confirms("Make \(target.path) readable by its owner only?", byDefault: true)
      else { return }
      let now = try target.makePrivate()
      if now.isOpenToOthers { console.warn(.staysOpenToOthers(target.path, mode: now.mode)) }
    } catch {
      throw .file(error)
    }
  }

  /// Says where credentials and browser are about to be sent, if that isn't X.
  func sayForeignHosts() {
    let endpoints = rotation.endpoints
    for notice in [endpoints.foreignHostNotice, endpoints.foreignPageNotice] {
      notice.map(console.say)
    }
  }

  /// Prints the address of the authorization request, on one line: it can be opened anywhere.
  func printAddress() { console.write("Open this address to sign in:\n\(address)\n") }

  /// Explains how the answer gets back here of a browser that wasn't opened by this login.
  func explainWays(listens: Bool, pastes: Bool) {
    if listens, let way = wayFromElsewhere {
      console.say(way.words)
      way.command.map(console.sayWhole)
    }
    if pastes {
      // X's documentation: a code lives 30 seconds. Elsewhere the countdown shows that a paste came.
      let end =
        console.showsStatus ? "within 30 seconds." : "within 30 seconds (a paste isn't shown)."
      console.say(
        listens
          ? "Browser says it can't connect? Paste the address it shows here, \(end)"
          : "The browser will say that it can't connect: paste the address it shows here, \(end)"
      )
    }
  }

  /// The same of one that was opened by this login, where that runs on the other side: Windows', or the
  /// one beside the editor. Whether it gets back here is up to what forwards the port.
  func explainOpened(pastes: Bool) {
    guard call.context.remote().isForwarded || call.context.desktop() == .wsl else { return }
    explainWays(listens: true, pastes: pastes)
  }

  /// What to look at when nothing happens for a while: X's page doesn't send the browser back.
  func explainSilence() {
    console.say(
      "X's page says \"Something went wrong\"? Then CLIENT_ID is wrong, or this callback URL isn't in the"
        + " console:\n  \(callback.redirect.uri)")
  }

  /// What forwards the port, run on the machine with the browser; nil outside an SSH session, or where
  /// that isn't needed.
  var forwardingCommand: String? {
    let redirect = callback.redirect
    guard RedirectURI.isLoopback(redirect.host), callback.listen == nil else { return nil }
    return call.context.remote().forwarding(
      port: redirect.port, host: redirect.host, hostName: call.context.hostName())
  }

  /// How a browser on another machine reaches a callback on this machine's loopback, and the command that
  /// helps; nil when nothing suggests that it is on another.
  private var wayFromElsewhere: (words: String, command: String?)? {
    let redirect = callback.redirect
    guard RedirectURI.isLoopback(redirect.host), callback.listen == nil else { return nil }
    let context = call.context
    let remote = context.remote()
    if remote.isForwarded {
      return (
        "VS Code forwards port \(redirect.port) by itself when it runs on the machine with the"
          + " browser. If it runs in the browser, paste the address.", nil
      )
    }
    if let forwardingCommand {
      return (
        "This is an SSH session. On the machine with the browser, forward the port:",
        "  \(forwardingCommand)"
      )
    }
    if remote.isContainer {
      return (
        "This is a container: the browser gets in if port \(redirect.port) is published and"
          + " X_OAUTH_CALLBACK_LISTEN is 0.0.0.0.", nil
      )
    }
    if context.desktop() == .wsl {
      return ("This is WSL: Windows' browser gets in while localhost forwarding is on.", nil)
    }
    return nil
  }
}

extension ListenPlan {
  /// Where a browser on this machine reaches the listener by plain http; nil if that isn't loopback.
  fileprivate var loopback: RedirectURI? {
    guard let endpoint = endpoints.first else { return nil }
    let host = ["0.0.0.0": "127.0.0.1", "::": "::1"][endpoint.address] ?? endpoint.address
    return try? RedirectURI(scheme: .http, host: host, port: endpoint.port, path: "/")
  }
}
