import Glibc
import Synchronization

extension Terminal {
  /// The terminal on standard input and standard error.
  static func live() -> Terminal {
    let device = TerminalDevice(input: STDIN_FILENO, output: STDERR_FILENO)
    let session = TerminalSession(device)
    return Terminal(
      isInteractive: {
        isatty(device.input) == 1 && isatty(device.output) == 1
          && TerminalMode.place(device.input) == .foreground
      },
      input: { TerminalMode.place(device.input) == .foreground ? device.input : -1 },
      ask: { prompt, echo in
        if echo { return TerminalQuestion(device: device, prompt: prompt).ask() }
        var question = TerminalSecretQuestion(device: device, prompt: prompt)
        return question.ask()
      },
      beginPaste: { session.begin() },
      readPaste: { session.read() },
      endPaste: { session.end() },
      typed: { session.typed })
  }
}

/// The paste under way, if there is one.
private final class TerminalSession: Sendable {
  private let device: TerminalDevice
  private let paste = Mutex<TerminalPaste?>(nil)

  init(_ device: TerminalDevice) { self.device = device }

  var typed: Int { paste.withLock { $0?.typed ?? 0 } }

  func begin() {
    paste.withLock { if $0 == nil { $0 = TerminalPaste(device) } }
  }

  func read() -> PasteEvent { paste.withLock { $0?.read() ?? .none } }

  func end() {
    paste.withLock {
      $0?.end()
      $0 = nil
    }
  }
}
