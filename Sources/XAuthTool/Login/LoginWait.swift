import Callback
import OAuth
import Paths

/// The code that X sent back.
struct ReturnedCode: Sendable {
  let code: Secret
  /// Whether it was pasted by hand: it may be cut short, or be something else altogether.
  let isPasted: Bool

  init(_ code: String, isPasted: Bool = false) {
    self.code = Secret(code)
    self.isPasted = isPasted
  }
}

/// Waits for the code: on the callback address, and on a terminal for what is pasted there. The first
/// that comes in a valid answer is taken.
final class LoginWait {
  private let login: Login
  /// nil under `--paste`.
  private let listener: CallbackListener?
  private var signals: Int32?
  private var browser: BrowserLaunch
  /// When the time to log in is up, on the monotonic clock; nil until it runs.
  private var deadline: Double?
  /// Whether something can be pasted: a terminal is there, and input hasn't ended.
  private(set) var pastes: Bool
  private var said: Set<String> = []
  /// What kept the browser from coming back, as far as it was seen.
  private var obstacle: LoginFailure.Obstacle?
  /// When somebody whose browser hasn't come back is told what the cause may be; nil once that is said.
  private var silence: Double?
  /// Whether the time is up: a browser may come just then.
  private var isTooLate = false

  /// Seconds after which a browser that hasn't come back is a bad sign.
  private static let longSilence = 60.0
  /// Seconds for which the page that was shown can be loaded again.
  private static let stay = 1.5

  /// Whether the callback address is listened on.
  var listens: Bool { listener != nil }

  private var context: Context { login.call.context }
  private var console: Console { login.call.console }

  /// Opens the listener, before anybody is asked for anything.
  init(_ login: Login) throws(Failure) {
    self.login = login
    browser = BrowserLaunch(login.call)
    pastes = login.call.context.terminal.isInteractive()
    if login.call.options.paste {
      guard pastes else { throw .settings(.pasteWithoutTerminal) }
      listener = nil
    } else {
      listener = try CallbackListener(login, startsBrowser: browser.isPossible)
    }
    signals = login.call.context.signals.watch()
  }

  /// Opens the browser, and explains how its answer gets back here.
  func start() {
    let start = listener?.startURI
    if let command = login.forwardingCommand { obstacle = .elsewhere(command: command) }
    if browser.start(start), let start {
      console.say("Opening \(start)" + (pastes ? " (nothing opened? press Enter)" : ""))
      login.explainOpened(pastes: pastes)
    } else {
      if !login.call.options.noBrowser, !login.call.options.paste {
        obstacle = obstacle ?? .noBrowser
      }
      login.printAddress()
      login.explainWays(listens: listens, pastes: pastes)
    }
    if !console.showsStatus {
      console.say("waiting \(Spans.words(login.callback.timeout)) for the browser to come back…")
    }
    let now = context.clock.uptime()
    deadline = now + Double(login.callback.timeout)
    silence = now + Self.longSilence
  }

  /// Whether a signal has come that is being held.
  var isInterrupted: Bool {
    guard let signals = context.signals.watch() else { return false }
    return context.awaitReadable([signals], context.clock.uptime()) != nil
  }

  /// After a failed exchange, asks for another paste if X refused a code that was pasted, which may
  /// have been cut short: state and verifier are still valid. Returns whether it did.
  func asksAgain(after failure: Failure, with returned: ReturnedCode) -> Bool {
    guard returned.isPasted, case .rotation(.codeRefused(let response), _) = failure else {
      return false
    }
    context.signals.release()
    tell(
      "X refused that code: \(response.quoted)\n  its end may be missing, or it is older than 30"
        + " seconds; press Enter for X's page, and paste the whole address that it ends on")
    signals = context.signals.watch()
    return true
  }

  /// Waits until the code comes, the login is denied, or the time is up.
  func returnedCode() throws(Failure) -> ReturnedCode {
    let deadline = deadline ?? context.clock.uptime()
    if pastes { context.terminal.beginPaste() }
    defer {
      endWaiting()
      listener?.closeIdle()
      context.signals.release()
    }
    while true {
      let now = context.clock.uptime()
      guard now < deadline else { throw timedOut() }
      console.status(status(secondsLeft: Int((deadline - now).rounded(.up))))
      let event = next(until: min(deadline, now + 1))
      if event == signals.map(ListenerEvent.readable) {
        endWaiting()
        context.signals.release()
      }
      switch event {
      case .authorized(let code): return ReturnedCode(code)
      case .denied(let error, let description): throw denied(error, description)
      case .noteworthy(let note):
        obstacle = note.obstacle ?? obstacle
        notifyOnce(note.words, hint: note.hint)
      case .readable, .deadline: if let returned = try pasted() { return returned }
      }
      if let end = silence, context.clock.uptime() >= end {
        silence = nil
        console.status(nil)
        login.explainSilence()
      }
      if browser.hasFailed() {
        obstacle = obstacle ?? .noBrowser
        offerAddress("the browser could not be opened")
      }
    }
  }

  private func next(until deadline: Double) -> ListenerEvent {
    // Read each time: in the background the terminal's input belongs to another program.
    let inputs = [signals, pastes ? context.terminal.input() : nil].compactMap { $0 }
    if let listener { return listener.next(until: deadline, alsoReadable: inputs) }
    return context.awaitReadable(inputs, deadline).map(ListenerEvent.readable) ?? .deadline
  }

  private func endWaiting() {
    console.status(nil)
    if pastes { context.terminal.endPaste() }
  }

  /// Reads what has been typed: at every tick, so that the terminal's mode is set again after a stop.
  private func pasted() throws(Failure) -> ReturnedCode? {
    guard pastes else { return nil }
    switch context.terminal.readPaste() {
    case .none: return nil
    case .text(let text): return try parse(text.reveal())
    case .emptyLine: offerAddress()
    case .tooLong: tell("that is too long for an address; copy only the address")
    case .endOfInput:
      context.terminal.endPaste()
      pastes = false
      guard listens else { throw .login(.nothingPasted) }
    }
    return nil
  }

  /// The code in what was pasted; if it is something else, says what.
  private func parse(_ text: String) throws(Failure) -> ReturnedCode? {
    let redirect = login.callback.redirect
    let others = [login.rotation.client.id, redirect.authority]
    switch PastedRedirect.parse(text, expecting: login.state, otherThan: others) {
    case .code(let code), .bareCode(let code): return ReturnedCode(code, isPasted: true)
    case .denied(let error, let description): throw denied(error, description)
    case .wrongState: tell("that address belongs to another login; paste the newest one")
    case .incomplete: tell("that address is incomplete; copy the whole of it")
    case .authorizationRequest:
      tell("that is the address to open; paste the one the browser ends on")
    case .notARedirect: tell("that is neither a redirect address nor a code")
    }
    return nil
  }

  private func tell(_ line: String) {
    console.status(nil)
    console.write(line + "\n")
  }

  /// Prints the address to open by hand, and why.
  private func offerAddress(_ reason: String? = nil) {
    console.status(nil)
    if let reason { console.warn(reason) }
    login.printAddress()
    login.explainWays(listens: listens, pastes: pastes)
  }

  /// Warns once, however often strangers cause it.
  private func notifyOnce(_ words: String, hint: Hint?) {
    guard said.insert(words).inserted else { return }
    console.status(nil)
    console.warn(words, hint: hint)
  }

  private func status(secondsLeft: Int) -> String {
    let clock = "\(secondsLeft / 60):\(secondsLeft % 60 < 10 ? "0" : "")\(secondsLeft % 60) left"
    let typed = pastes ? context.terminal.typed() : 0
    if typed > 0 { return "\(clock) · \(typed) characters pasted, press Enter" }
    return "\(clock) · waiting for the \(listens ? "browser" : "address")"
  }

  private func denied(_ error: String, _ description: String?) -> Failure {
    let failure = Failure.login(.denied(error: error, description: description))
    endWaiting()
    answer(.denied(with: error), because: failure)
    return failure
  }

  private func timedOut() -> Failure {
    endWaiting()
    answer(.tooLate)
    isTooLate = true
    return .login(
      .timedOut(
        seconds: login.callback.timeout, redirect: login.callback.redirect.uri, obstacle))
  }

  /// Answers the browser. The page is fixed text and few facts: the file, the `account` that signed in
  /// unless the page names it, and the kind of failure.
  ///
  /// For five seconds at most: a browser on this machine takes milliseconds, and one behind a slow
  /// tunnel connects twice. One that hangs isn't waited for any longer, nor at all after Ctrl-C.
  func answer(_ page: Page, account: String? = nil, because failure: Failure? = nil) {
    let facts = Page.Facts(
      account: account, file: login.rotation.path?.onOneLine.shownPath,
      reason: failure.flatMap(Page.Reason.init))
    listener?.finish(with: page.with(facts), within: 5, unless: context.signals.watch())
  }

  /// Lets a browser load the page a second time, then stops listening. Nobody is kept waiting for a
  /// browser that never came.
  func stay() {
    guard let listener, listener.hasShownOutcome || isTooLate else { return }
    // Most notes explain a wait, which is over. But somebody who was faster than the user's browser
    // may have signed in with an account of their own.
    let notes = listener.stay(for: Self.stay, unless: context.signals.watch())
    if notes.contains(.openedTwice) {
      notifyOnce(ListenerNote.openedTwice.words, hint: ListenerNote.openedTwice.hint)
    }
  }
}

extension ListenerNote {
  /// What it tells of a login that isn't completed.
  fileprivate var obstacle: LoginFailure.Obstacle? {
    switch self {
    case .handshakeRefused: .certificate
    case .plainHTTPOnTLSPort, .tlsOnPlainPort: .scheme
    case .foreignHost: .host
    case .wrongState: .otherLogin
    case .handshakeFailed, .openedTwice: nil
    }
  }
}

extension CallbackListener {
  /// The listener of a login, after its certificate has been checked.
  fileprivate convenience init(_ login: Login, startsBrowser: Bool) throws(Failure) {
    let callback = login.callback
    let identity = try TLSIdentity.checked(login)
    let plan: ListenPlan
    do { plan = try callback.listenPlan() } catch { throw .listener(error, callback) }
    if let words = plan.words(host: callback.redirect.host) {
      login.call.console.say("\(words).")
    }
    let start = startsBrowser ? try login.startAddress(listening: plan) : nil
    do {
      try self.init(
        endpoints: plan.endpoints, identity: identity,
        expecting: CallbackExpectation(
          redirect: callback.redirect, state: login.state, start: start))
    } catch {
      throw .listener(error, callback)
    }
  }
}

extension ListenPlan {
  /// Why a login listens on more addresses than that of `host`, which was set; nil when it doesn't.
  func words(host: String) -> String? {
    everywhereBecauseOf.map {
      "On this machine \(host) means \($0), which no other machine can reach:"
        + " so a login listens on all addresses"
    }
  }
}

extension TLSIdentity {
  /// The certificate and key that the settings name, checked as a browser does; nil for plain http.
  fileprivate static func checked(_ login: Login) throws(Failure) -> TLSIdentity? {
    guard let files = login.callback.tls else { return nil }
    do {
      let identity = try TLSIdentity.load(
        certificateFile: files.certificate, keyFile: files.key,
        forHost: login.callback.redirect.host, now: login.call.context.clock.now())
      for warning in identity.warnings { login.call.console.warn(warning.words) }
      return identity
    } catch {
      throw .certificate(error)
    }
  }
}
