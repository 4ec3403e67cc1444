/// The terminal in front of the person, as commands see it: a question, and a place to paste into
/// while something else is waited for.
///
/// A set of closures, so that a test can give another world; `live()` is the real one.
struct Terminal: Sendable {
  private let interactive: @Sendable () -> Bool
  private let pollable: @Sendable () -> Int32
  private let count: @Sendable () -> Int

  /// Prints the prompt on standard error and reads one line, without its ending; nil at the end of
  /// input. Without `echo` (for secrets) nothing of it appears, lines may be longer than the 4096
  /// bytes of termios(3)'s canonical mode (16 KiB here; a longer one is asked for again), and
  /// whatever ends the question, a signal too, the terminal's settings are put back first.
  var ask: @Sendable (_ prompt: String, _ echo: Bool) -> String?

  /// From here until `endPaste`, what is typed is neither echoed nor cut at 4096 bytes. Signals
  /// from the keyboard stay what they are: whoever waits watches for them and calls `endPaste`
  /// before the process ends.
  var beginPaste: @Sendable () -> Void

  /// What came since the last call. Call it whenever `input` is readable, and at every tick, so
  /// that the mode is set again after the process was stopped and continued. Waits at most for the
  /// rest of a paste whose first line has ended.
  var readPaste: @Sendable () -> PasteEvent

  /// Puts the terminal's settings back and drops what was typed and not read: half a code must not
  /// land in the shell.
  var endPaste: @Sendable () -> Void

  /// A terminal of these parts; `isInteractive`, `input` and `typed` are asked for each time.
  init(
    isInteractive: @escaping @Sendable () -> Bool,
    input: @escaping @Sendable () -> Int32 = { -1 },
    ask: @escaping @Sendable (_ prompt: String, _ echo: Bool) -> String? = { _, _ in nil },
    beginPaste: @escaping @Sendable () -> Void = {},
    readPaste: @escaping @Sendable () -> PasteEvent = { .none },
    endPaste: @escaping @Sendable () -> Void = {},
    typed: @escaping @Sendable () -> Int = { 0 }
  ) {
    interactive = isInteractive
    pollable = input
    count = typed
    self.ask = ask
    self.beginPaste = beginPaste
    self.readPaste = readPaste
    self.endPaste = endPaste
  }

  /// Whether a question can be asked and answered: standard input and standard error are terminals
  /// and this process is in the terminal's foreground (tcgetpgrp(3)).
  var isInteractive: Bool { interactive() }

  /// The descriptor to poll for pasted text. −1, which poll(2) skips, while the process is in the
  /// background and input belongs to others: so ask again before each poll.
  var input: Int32 { pollable() }

  /// How many characters of the line being typed or pasted have come so far: a sign of life for a
  /// person who sees no echo.
  var typed: Int { count() }

  /// No terminal at all.
  static let none = Terminal(isInteractive: { false })
}
