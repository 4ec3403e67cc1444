import Callback
import OAuth

/// The code, once a person has come back with it.
struct Arrival: Sendable {
  let code: Secret
  /// Whether a person's hand was between X and us: it may be cut short, or any other word.
  let isPasted: Bool

  init(_ code: String, isPasted: Bool = false) {
    self.code = Secret(code)
    self.isPasted = isPasted
  }
}

/// Waits for the person: on the callback address, and on a terminal for what is pasted there. The
/// first right answer wins.
final class LoginWait {
  private let login: Login
  /// nil under `--paste`.
  private let listener: CallbackListener?
  private var signals: Int32?
  private var browser: BrowserLaunch?
  /// When the person's time is up, on the monotonic clock; nil until it runs.
  private var deadline: Double?
  /// Whether something can be pasted: a terminal is there, and input hasn't ended.
  private(set) var pastes: Bool
  private var said: Set<String> = []

  /// Whether the browser is listened for.
  var listens: Bool { listener != nil }

  private var context: Context { login.call.context }
  private var console: Console { login.call.console }

  /// Opens the listener; nobody has been asked for anything yet.
  init(_ login: Login) throws(Failure) {
    self.login = login
    pastes = login.call.context.terminal.isInteractive
    if login.call.options.paste {
      guard pastes else { throw .settings(.pasteWithoutTerminal) }
      listener = nil
    } else {
      listener = try CallbackListener(login)
    }
    signals = login.call.context.signals.watch()
  }

  /// Opens the browser, and says how it gets back here.
  func start() {
    browser = BrowserLaunch(login.address, login.call)
    login.announceWays(listens: listens, pastes: pastes)
    deadline = context.clock.uptime() + Double(login.callback.timeout)
  }

  /// Whether a signal has come that is held back.
  var isInterrupted: Bool {
    guard let signals = context.signals.watch() else { return false }
    return context.awaitReadable([signals], context.clock.uptime()) != nil
  }

  /// Goes on waiting after a failed exchange, if what failed was a slip of the hand: X refused what was
  /// pasted, which may have been cut short. The state is still good, and so is the verifier.
  func goesOn(after failure: Failure, with arrival: Arrival) -> Bool {
    guard arrival.isPasted, case .login(.codeRefused(let response)) = failure else { return false }
    context.signals.release()
    tell(
      "X refused that code: \(response.quoted)\n  its end may be missing, or it is older than 30 seconds: open the"
        + " address above again, and paste all of the one it ends on")
    signals = context.signals.watch()
    return true
  }

  /// Waits until somebody comes back, is refused, or the time is up.
  func arrival() throws(Failure) -> Arrival {
    let deadline = deadline ?? context.clock.uptime()
    if pastes { context.terminal.beginPaste() }
    defer {
      endWaiting()
      listener?.closeIdle()
      context.signals.unwatch()
    }
    while true {
      let now = context.clock.uptime()
      guard now < deadline else { throw timedOut() }
      console.status(status(secondsLeft: Int((deadline - now).rounded(.up))))
      let event = next(until: min(deadline, now + 1))
      if event == signals.map(ListenerEvent.readable) {
        endWaiting()
        context.signals.endBySignalSeen()
      }
      switch event {
      case .authorized(let code): return Arrival(code)
      case .denied(let error, let description): throw denied(error, description)
      case .noteworthy(let note): mention(note.words)
      case .readable, .deadline: if let arrival = try pasted() { return arrival }
      }
      browser?.check()
    }
  }

  private func next(until deadline: Double) -> ListenerEvent {
    // Asked for each time: in the background the terminal's input belongs to others.
    let inputs = [signals, pastes ? context.terminal.input : nil].compactMap { $0 }
    if let listener { return listener.next(until: deadline, alsoReadable: inputs) }
    return context.awaitReadable(inputs, deadline).map(ListenerEvent.readable) ?? .deadline
  }

  private func endWaiting() {
    console.status(nil)
    if pastes { context.terminal.endPaste() }
  }

  /// Takes what has been typed: at every tick, so that the terminal's mode is set again after a stop.
  private func pasted() throws(Failure) -> Arrival? {
    guard pastes else { return nil }
    switch context.terminal.readPaste() {
    case .none: return nil
    case .text(let text): return try arrival(pasted: text)
    case .tooLong: tell("that is too long for an address; copy only the address")
    case .endOfInput:
      context.terminal.endPaste()
      pastes = false
      guard listens else { throw .login(.nothingPasted) }
    }
    return nil
  }

  /// A code, a denial, or something to say a word about.
  private func arrival(pasted text: String) throws(Failure) -> Arrival? {
    let redirect = login.callback.redirect
    let others = [login.rotation.client.id, redirect.authority]
    switch PastedRedirect.parse(text, expecting: login.state, otherThan: others) {
    case .code(let code), .bareCode(let code): return Arrival(code, isPasted: true)
    case .denied(let error, let description): throw denied(error, description)
    case .wrongState: tell("that address belongs to another login; paste the newest one")
    case .incomplete: tell("that address is cut short; copy all of it, to its very end")
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

  /// Says a thing once, however often strangers cause it.
  private func mention(_ words: String) {
    guard said.insert(words).inserted else { return }
    console.status(nil)
    console.warn(words)
  }

  private func status(secondsLeft: Int) -> String {
    let clock = "\(secondsLeft / 60):\(secondsLeft % 60 < 10 ? "0" : "")\(secondsLeft % 60) left"
    let typed = pastes ? context.terminal.typed : 0
    if typed > 0 { return "\(clock) · \(typed) characters pasted, press Enter" }
    return "\(clock) · waiting for the \(listens ? "browser" : "address")"
  }

  private func denied(_ error: String, _ description: String?) -> Failure {
    endWaiting()
    answer(.denied(with: error))
    return .login(.denied(error: error, description: description))
  }

  private func timedOut() -> Failure {
    endWaiting()
    answer(.tooLate)
    return .login(
      .timedOut(seconds: login.callback.timeout, redirect: login.callback.redirect.uri))
  }

  /// Tells the browser how it went: in words that are the page's own, nothing of ours gets into it.
  ///
  /// Five seconds: on this machine a browser takes milliseconds, through a slow tunnel it comes twice;
  /// and nobody should wait for one that hangs, least of all who presses Ctrl-C.
  func answer(_ page: Page) {
    listener?.finish(with: page, within: 5, unless: context.signals.watch())
  }
}
