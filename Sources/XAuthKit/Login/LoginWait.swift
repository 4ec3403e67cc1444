import Callback
import OAuth

/// The code, once a person has come back with it.
struct Arrival: Sendable {
  let code: Secret
}

/// Waits for the person: on the callback address, and on a terminal for what is pasted there. The
/// first right answer wins.
final class LoginWait {
  private let login: Login
  private let listener: CallbackListener
  private let signals: Int32?
  private let pastes: Bool
  private var said: Set<String> = []

  /// Opens the listener; nobody has been asked for anything yet.
  init(_ login: Login) throws(Failure) {
    self.login = login
    let callback = login.callback
    let listens = !login.call.invocation.flag("paste")
    pastes = login.call.context.terminal.isInteractive
    guard listens || pastes else { throw .settings(.pasteWithoutTerminal) }
    let identity = listens ? try Self.identity(login) : nil
    do {
      let plan =
        listens
        ? try ListenEndpoint.resolve(
          host: callback.redirect.host, port: callback.redirect.port, listen: callback.listen?.text)
        : nil
      if let name = plan?.everywhereBecauseOf {
        login.call.console.say(
          "\(name) is loopback on this machine, so every address is listened on")
      }
      listener = try CallbackListener(
        endpoints: plan?.endpoints ?? [], identity: identity,
        expecting: CallbackExpectation(redirect: callback.redirect, state: login.state))
    } catch {
      throw .listener(error, callback.redirect)
    }
    signals = login.call.context.signals.watch()
  }

  private static func identity(_ login: Login) throws(Failure) -> TLSIdentity? {
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

  /// Waits until somebody comes back, is refused, or the time is up.
  func arrival() throws(Failure) -> Arrival {
    let context = login.call.context
    let console = login.call.console
    let deadline = context.clock.uptime() + Double(login.callback.timeout)
    if pastes { context.terminal.beginPaste() }
    defer {
      console.status(nil)
      if pastes { context.terminal.endPaste() }
      context.signals.unwatch()
    }
    var inputs = [signals, pastes ? context.terminal.input : nil].compactMap { $0 }
    while true {
      let now = context.clock.uptime()
      guard now < deadline else { throw timedOut() }
      console.status(status(secondsLeft: Int(deadline - now)))
      switch listener.next(until: min(deadline, now + 1), alsoReadable: inputs) {
      case .authorized(let code): return Arrival(code: Secret(code))
      case .denied(let error, let description): throw denied(error, description)
      case .readable(let descriptor) where descriptor == signals:
        console.status(nil)
        if pastes { context.terminal.endPaste() }
        context.signals.endBySignalSeen()
      case .readable:
        switch context.terminal.readPaste() {
        case .none: break
        case .text(let text): if let arrival = try pasted(text) { return arrival }
        case .tooLong: tell("that is too long for an address; copy only the address")
        case .endOfInput: inputs = [signals].compactMap { $0 }
        }
      case .noteworthy(let note): mention(note.words)
      case .deadline: break
      }
    }
  }

  /// What was pasted: a code, a denial, or something to say a word about.
  private func pasted(_ text: String) throws(Failure) -> Arrival? {
    switch PastedRedirect.parse(text, expecting: login.state) {
    case .code(let code): return Arrival(code: Secret(code))
    case .denied(let error, let description): throw denied(error, description)
    case .wrongState: tell("that address belongs to another login; paste the newest one")
    case .incomplete: tell("that address is cut short; copy all of it, to the end of the code")
    case .authorizationRequest:
      tell("that is the address to open; paste the one the browser ends on")
    case .notARedirect: tell("that is neither a redirect address nor a code")
    }
    return nil
  }

  private func tell(_ line: String) {
    login.call.console.status(nil)
    login.call.console.write(line + "\n")
  }

  /// Says a thing once, however often strangers cause it.
  private func mention(_ words: String) {
    guard said.insert(words).inserted else { return }
    login.call.console.status(nil)
    login.call.console.warn(words)
  }

  private func status(secondsLeft: Int) -> String {
    let clock = "\(secondsLeft / 60):\(secondsLeft % 60 < 10 ? "0" : "")\(secondsLeft % 60)"
    let typed = login.call.context.terminal.typed
    if pastes, typed > 0 { return "\(typed) characters pasted, press Enter · \(clock) left" }
    return pastes
      ? "waiting for the browser · \(clock) left · or paste the address it ends on here"
      : "waiting for the browser · \(clock) left"
  }

  private func denied(_ error: String, _ description: String?) -> Failure {
    listener.finish(with: .refused, status: 200, within: 2)
    return .login(.denied(error: error, description: description))
  }

  private func timedOut() -> Failure {
    listener.finish(with: .tooLate, status: 200, within: 0.2)
    return .login(
      .timedOut(seconds: login.callback.timeout, redirect: login.callback.redirect.uri))
  }

  /// Tells the browser that all is well.
  func answer(_ page: Page) { listener.finish(with: page, status: 200, within: 2) }

  /// Tells the browser what went wrong, in its own words: nothing of ours is in the page.
  func answer(_ failure: Failure) {
    switch failure {
    case .notSaved: listener.finish(with: .couldNotSave, status: 500, within: 2)
    default: listener.finish(with: .exchangeFailed, status: 502, within: 2)
    }
  }
}
