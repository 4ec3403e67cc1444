import CSystem
import Glibc

/// A question at the terminal. An answer that may be seen is edited by the terminal itself; any
/// other is read without an echo.
struct TerminalQuestion {
  /// Milliseconds between two looks at signals and at the foreground: too short to be noticed.
  private static let tick: Int32 = 100

  private let prompt: String
  private let device: TerminalDevice
  private let echo: Bool
  private var mode: HiddenInputMode
  private var signals = BlockedSignals()
  private var line = TerminalLine()
  private var isShown = false

  /// Blocks signals from here until `ask` has returned.
  init(_ prompt: String, on device: TerminalDevice, echo: Bool) {
    self.prompt = prompt
    self.device = device
    self.echo = echo
    mode = HiddenInputMode(device)
  }

  /// The answer; nil at the end of input.
  mutating func ask() -> String? {
    defer {
      mode.leave()
      signals.unblock()
    }
    while true {
      if let signal = signals.pending {
        giveTerminalBack()
        signals.deliver(signal)
        // Still here: it was stopped and continued, and asks again, or something else in this
        // process handles the signal.
        if signal == SIGTSTP { continue }
        return nil
      }
      switch device.place {
      case .gone: return nil
      case .background: poll(nil, 0, Self.tick)
      case .foreground:
        show()
        // What is typed after Ctrl-C isn't an answer: the shell gets it.
        guard device.hasInput(within: Self.tick), signals.pending == nil else { continue }
        // A byte at a time: what follows the line belongs to the next question.
        switch device.read(upTo: 1, within: 0) {
        case .bytes(let bytes): if case .ends(let answer) = take(bytes[0]) { return answer }
        case .nothing: break
        case .end: return line.isEmpty || !echo ? nil : finish()
        }
      }
    }
  }

  /// Shows the prompt, unless it stands there already. The mode is set first: an answer that is
  /// typed at once isn't echoed. It has to be set again after a stop, and then the shell has
  /// written below the prompt.
  private mutating func show() {
    let isModeNew = !echo && mode.enter()
    guard isModeNew || !isShown else { return }
    line = TerminalLine(keys: mode.keys)
    device.write(prompt)
    isShown = true
  }

  private mutating func giveTerminalBack() {
    guard isShown else { return }
    isShown = false
    if !echo { device.write("\n") }
    mode.leave()
  }

  private enum Turn {
    case goesOn
    case ends(answer: String?)
  }

  private mutating func take(_ byte: UInt8) -> Turn {
    switch echo ? line.takeEdited(byte) : line.take(byte) {
    case .edited, .ignored: return .goesOn
    case .suspend:
      giveTerminalBack()
      // As the terminal does it: to the whole process group, such as a pipeline.
      kill(0, SIGTSTP)
      return .goesOn
    case .endOfInput:
      device.write("\n")
      return .ends(answer: nil)
    case .enter:
      if !echo { device.write("\n") }
      if let answer = finish() { return .ends(answer: answer) }
      isShown = false
      return .goesOn
    }
  }

  /// The answer; nil for one that was too long.
  private mutating func finish() -> String? {
    switch line.finish() {
    case .text(let answer): answer.reveal()
    case .none, .emptyLine, .endOfInput: ""
    case .tooLong: nil
    }
  }
}

/// Blocks the signals that would end or stop the process while the terminal is in a mode that must
/// be left first. No handler is needed, and what they do happens a moment later.
private struct BlockedSignals {
  // 64 is the last (signal(7)).
  private static let numbers =
    (1...64).filter { csystem_signal_ends_process($0) != 0 } + [SIGTSTP]
  private var set = sigset_t()
  private var before = sigset_t()

  /// Blocks them from here.
  init() {
    sigemptyset(&set)
    for signal in Self.numbers { sigaddset(&set, signal) }
    pthread_sigmask(SIG_BLOCK, &set, &before)
  }

  /// A signal that has come and waits.
  var pending: Int32? {
    var waiting = sigset_t()
    sigpending(&waiting)
    return Self.numbers.first { sigismember(&waiting, $0) == 1 }
  }

  /// Lets what waits happen. Returns if the process was stopped and continued, or if the signal is
  /// ignored or handled elsewhere.
  mutating func deliver(_ number: Int32) {
    // Swift's runtime takes SIGQUIT for a crash, and offers a debugger at the terminal.
    if number == SIGQUIT, !ProgramSignals.current().ignores(SIGQUIT) { signal(SIGQUIT, SIG_DFL) }
    pthread_sigmask(SIG_SETMASK, &before, nil)
    pthread_sigmask(SIG_BLOCK, &set, nil)
  }

  /// Unblocks them.
  mutating func unblock() { pthread_sigmask(SIG_SETMASK, &before, nil) }
}
