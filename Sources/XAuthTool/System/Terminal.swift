import Glibc
import Synchronization

/// The terminal in front of the user, as commands see it: a question, and a place to paste into
/// while something else is waited for.
///
/// A set of closures, so that a test can give another world; `live()` is the real one.
struct Terminal: Sendable {
  /// Whether a question can be asked and answered: standard input is a terminal that can be written
  /// to, and this process is in its foreground (tcgetpgrp(3)).
  var isInteractive: @Sendable () -> Bool

  /// The descriptor to poll for pasted text. −1, which poll(2) skips, while the process is in the
  /// background, where input belongs to other programs: so read it again before each poll.
  var input: @Sendable () -> Int32 = { -1 }

  /// Prints the prompt on the terminal and reads one line, without its ending; nil at the end of
  /// input. Without `echo` (for secrets) the line isn't shown and may be up to 16 KiB long, where
  /// termios(3)'s canonical mode stops at 4096 bytes; a longer one is asked for again. However the
  /// question ends, by a signal too, the terminal's settings are restored first.
  var ask: @Sendable (_ prompt: String, _ echo: Bool) -> String? = { _, _ in nil }

  /// From here until `endPaste`, what is typed is neither echoed nor cut at 4096 bytes. Ctrl-C and
  /// Ctrl-\ still send their signals: the caller must watch for them, and call `endPaste` before the
  /// process ends.
  var beginPaste: @Sendable () -> Void = {}

  /// What came since the last call. Call it whenever `input` is readable, and at every tick, so
  /// that the mode is set again after the process was stopped and continued. Waits at most for the
  /// rest of a paste whose first line has ended.
  var readPaste: @Sendable () -> PasteEvent = { .none }

  /// Restores the terminal's settings and drops what was typed and not read: half a code must not
  /// land in the shell.
  var endPaste: @Sendable () -> Void = {}

  /// How many characters of the line being typed or pasted have come so far: a sign of life where
  /// there is no echo.
  var typed: @Sendable () -> Int = { 0 }

  /// No terminal at all.
  static let none = Terminal(isInteractive: { false })
}

extension Terminal {
  /// The terminal on standard input.
  static func live() -> Terminal {
    let paste = CurrentPaste()
    return Terminal(
      isInteractive: { TerminalDevice.standard?.place == .foreground },
      input: {
        TerminalDevice.standard.flatMap { $0.place == .foreground ? $0.input : nil } ?? -1
      },
      ask: { prompt, echo in
        guard let device = TerminalDevice.standard else { return nil }
        var question = TerminalQuestion(prompt, on: device, echo: echo)
        return question.ask()
      },
      beginPaste: {
        guard let device = TerminalDevice.standard else { return }
        paste.value.withLock { if $0 == nil { $0 = TerminalPaste(device) } }
      },
      readPaste: { paste.value.withLock { $0?.read() ?? .none } },
      endPaste: {
        paste.value.withLock {
          $0?.end()
          $0 = nil
        }
      },
      typed: { paste.value.withLock { $0?.typed ?? 0 } })
  }
}

/// The paste in progress, if there is one.
private final class CurrentPaste: Sendable {
  let value = Mutex<TerminalPaste?>(nil)
}
