import Glibc

/// A question at the terminal whose answer nobody may see.
struct TerminalSecretQuestion {
  /// Milliseconds between two looks for signals and for the foreground: a person doesn't notice.
  private static let tick: Int32 = 100

  private enum Turn {
    case goOn
    case over(answer: String?)
  }

  private let device: TerminalDevice
  private let prompt: String
  private var mode: TerminalMode
  private var signals = TerminalSignals()
  private var line = TerminalLine()

  /// Holds signals back from here until `ask` has returned.
  init(device: TerminalDevice, prompt: String) {
    self.device = device
    self.prompt = prompt
    mode = TerminalMode(device.input, .bytes)
  }

  /// The answer; nil at the end of input.
  mutating func ask() -> String? {
    defer {
      mode.leave()
      signals.end()
    }
    while true {
      if case .over(let answer) = turn() { return answer }
    }
  }

  private mutating func turn() -> Turn {
    if let signal = signals.pending { return stepAside(for: signal) }
    switch mode.place {
    case .gone:
      return .over(answer: nil)
    case .background:
      poll(nil, 0, Self.tick)
      return .goOn
    case .foreground:
      break
    }
    // The mode before the prompt: who answers a prompt at once isn't echoed.
    if mode.enter() {
      line = TerminalLine(keys: mode.keys)
      device.write(prompt)
    }
    // A byte at a time: what follows the line belongs to the next question.
    switch device.read(upTo: 1, within: Self.tick) {
    case .bytes(let bytes): return act(on: line.take(bytes[0]))
    case .nothing: return .goOn
    case .end: return .over(answer: nil)
    }
  }

  private mutating func act(on step: TerminalLine.Step) -> Turn {
    switch step {
    case .edited, .ignored:
      return .goOn
    case .enter:
      device.write("\n")
      switch line.finish() {
      case .text(let answer): return .over(answer: answer)
      case .none, .endOfInput: return .over(answer: "")
      case .tooLong:
        device.write(prompt)
        return .goOn
      }
    case .endOfInput:
      device.write("\n")
      return .over(answer: nil)
    case .signal(let signal):
      device.write("\n")
      mode.leave()
      TerminalSignals.send(signal)
      return stepAside(for: signal)
    }
  }

  /// Puts the terminal in order and lets the signal happen. If the process lives on, it was either
  /// stopped and continued, and asks again, or somebody else watches for the signal.
  private mutating func stepAside(for signal: Int32) -> Turn {
    mode.leave()
    signals.letThrough()
    return signal == SIGTSTP ? .goOn : .over(answer: nil)
  }
}
