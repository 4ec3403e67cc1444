import DurableFile
import FoundationEssentials
import Paths
import Synchronization

// The law of messages: what everything that is printed here keeps to.
//
//  1. Plain, idiomatic English, with the field's own words (RFC 6749, 7636 and 8252; curl's, ssh's
//     and git's), and one word for one thing: X's site is the developer console everywhere.
//  2. What happened, why, and what to do, in at most two lines: a message and a hint. A message has
//     neither a capital nor a full stop. A hint is a command that works when it is pasted, with the
//     name that the program was called by and the file that was meant.
//  3. Nothing frightens without need: if nothing is lost, say so first, and until when the access
//     token works.
//  4. What X said is quoted, sanitized and bounded; a guess is called a guess.
//  5. No private phrases and no inverted clauses. If it has to be read twice, it is wrong.

/// The two streams of a command. Data goes to standard output; everything for people to standard
/// error.
struct Console: Sendable {
  private let name: String
  /// The value of `--env-file`.
  private let file: String?
  private let output: OutputDescriptor
  private let errors: OutputDescriptor
  /// Results as one JSON object.
  let isJSON: Bool
  /// Only data and failures.
  let isQuiet: Bool
  /// Every step is printed.
  let isVerbose: Bool
  private let movesCursor: Bool
  private let hasColor: Bool
  /// Whether a failure as JSON goes to standard output.
  private let failsOnOutput: Bool
  private let said = SaidLines()
  private let statusLine = StatusLine()

  init(
    _ context: Context, json: Bool, quiet: Bool, verbose: Bool, noColor: Bool, file: String? = nil,
    failsOnOutput: Bool = true
  ) {
    name = context.programName
    self.failsOnOutput = failsOnOutput
    self.file = file
    output = context.standardOutput
    errors = context.standardError
    isJSON = json
    isQuiet = quiet
    isVerbose = verbose
    // Emacs' shell and the like are terminals that can't do more than print a line.
    movesCursor = errors.isTerminal && !["dumb", nil].contains(context.environment["TERM"])
    // https://no-color.org: any value that isn't empty.
    hasColor = movesCursor && !noColor && context.environment["NO_COLOR"] == nil
  }

  /// Whether standard error is a terminal.
  var isOnTerminal: Bool { errors.isTerminal }

  /// Whether a line can be written without waiting for a reader. A writable pipe takes at least
  /// PIPE_BUF bytes (pipe(7)); a writable terminal promises nothing of the kind.
  var takesTextAtOnce: Bool { !errors.isTerminal && isReady }

  /// Whether standard error takes anything at all at this moment.
  var isReady: Bool { errors.isReady() }

  /// The result, for people or for programs.
  ///
  /// - Parameter done: what the command has done, for the failure if its result can't be written; nil
  ///   where it changed nothing.
  func result(_ report: some Report, done: String? = nil) throws(Failure) {
    if isJSON {
      try data(Console.json(Versioned(report)) + "\n", done: done)
    } else {
      let text = report.description
      try data(
        report.isData ? text : text.withoutControlCharacters.wrapped(for: output), done: done)
    }
  }

  /// Prints what a command has done, and then runs `hook`, even if nothing could be printed. Under
  /// `--json` the hook comes first: standard output gets one object, and if the hook fails, that object
  /// is its failure.
  ///
  /// - Parameters:
  ///   - words: prints it for people; nil where `report` itself goes to standard output.
  ///   - done: what the command has done, as above.
  func result(
    _ report: some Report, inWords words: (() -> Void)? = nil, done: String?,
    before hook: () throws(Failure) -> Void
  ) throws(Failure) {
    if isJSON {
      try hook()
      return try result(report, done: done)
    }
    do {
      if let words { words() } else { try result(report, done: done) }
    } catch {
      try hook()
      throw error
    }
    try hook()
  }

  /// Data, as it is.
  func data(_ text: String, done: String? = nil) throws(Failure) {
    guard !text.isEmpty, let errno = output.write([UInt8](text.shownPath.utf8)) else { return }
    throw .outputClosed(errno: errno, done: done)
  }

  /// Whether a line of the terminal may be redrawn: only from the foreground of its own session.
  var showsStatus: Bool { movesCursor && !isQuiet && errors.isForeground() }

  /// A line for people about what happened. Silent under `--quiet`.
  func say(_ line: String) { if !isQuiet { write(line.withoutControlCharacters + "\n") } }

  /// The same, but only for the first time: a program may come by it again and again.
  func sayOnce(_ line: String) { if said.add(line) { say(line) } }

  /// A line to copy, such as a command. Silent under `--quiet`; it isn't broken, however narrow the terminal is.
  func sayWhole(_ line: String) { if !isQuiet { print(line.onOneLine + "\n") } }

  /// Something that isn't as it should be but doesn't stop the command.
  func warn(_ line: String, hint: Hint? = nil) {
    if !isQuiet {
      write(line.onOneLine + hinted(hint), behind: "\(name): warning: ", 33)
    }
  }

  /// The same, from the table of warnings.
  func warn(_ warning: Warning) { warn(warning.message, hint: warning.cure) }

  /// A step, for `--verbose`.
  func detail(_ line: @autoclosure () -> String) {
    if isVerbose { write("  \(line().onOneLine)\n") }
  }

  /// A failure: on standard error for people; for programs where they look for it.
  func fail(_ report: FailureReport) {
    let object = Versioned(["error": ErrorBody(report, hint: report.hint.map(text))])
    let place = failsOnOutput ? output : errors
    if isJSON, place.write([UInt8]((Console.json(object) + "\n").shownPath.utf8)) == nil { return }
    write(report.message.onOneLine + hinted(report.hint), behind: "\(name): ", 31)
  }

  /// Shows `text` on the current line of the terminal in place of the last status; nil clears it. Does
  /// nothing while output is suspended (Ctrl-S): writing would block what has to go on meanwhile.
  func status(_ text: String?) {
    guard showsStatus, isReady else { return }
    print(statusLine.replacing(with: text ?? "", columns: errors.columns() ?? 80))
  }

  /// Writes lines for people to standard error, wrapped at words where that is a terminal.
  func write(_ text: String) { print(text.wrapped(for: errors)) }

  /// The same for a question, which the terminal itself writes.
  func question(_ text: String) -> String { text.onOneLine.wrapped(for: errors) }

  /// The same behind a label in one of the terminal's colours, by its number (ECMA-48 §8.3.117).
  private func write(_ text: String, behind label: String, _ color: Int) {
    let lines = (label + text).wrapped(for: errors, hanging: 4)
    let rest = lines.dropFirst(label.count)
    print(hasColor ? "\u{1B}[\(color)m\(label)\u{1B}[0m\(rest)" : lines)
  }

  /// There is nowhere to report a failure.
  private func print(_ text: String) { _ = errors.write([UInt8](text.shownPath.utf8)) }

  /// A hint with the name and the file of this call.
  func text(_ hint: Hint) -> String { hint.text(tool: name, file: file) }

  private func hinted(_ hint: Hint?) -> String {
    hint.map { "\n  \(text($0).onOneLine)\n" } ?? "\n"
  }

  /// A value as one line of JSON, keys sorted.
  static func json(_ value: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(value) else { return "{}" }
    return String(decoding: data, as: UTF8.self).withControlCharactersEscaped
  }
}

extension String {
  /// The text as `stream` shows it to people: wrapped if it is a terminal whose width is known. Anything
  /// else gets lines as they are, for programs to search.
  fileprivate func wrapped(for stream: OutputDescriptor, hanging: Int = 0) -> String {
    guard stream.isTerminal, let columns = stream.columns() else { return self }
    return shownPath.wrapped(columns: columns, hanging: hanging)
  }
}

/// A command's result: text and JSON come from the one value.
protocol Report: Encodable, CustomStringConvertible, Sendable {
  /// Whether the text is for programs, which get it as it is. Of what is for people, nothing reaches
  /// the terminal that would control it: file names and values of settings can hold anything.
  var isData: Bool { get }
}

extension Report {
  var isData: Bool { false }
}

/// A JSON object with the version of its own layout in it.
private struct Versioned<Body: Encodable>: Encodable {
  let body: Body

  init(_ body: Body) { self.body = body }

  private enum Key: CodingKey { case version }

  func encode(to encoder: any Encoder) throws {
    try body.encode(to: encoder)
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(1, forKey: .version)
  }
}

/// A failure as `--json` prints it, under `error`.
private struct ErrorBody: Encodable {
  let code: String
  let message: String
  let hint: String?
  let exit: Int32
  let retryable: Bool

  init(_ report: FailureReport, hint: String?) {
    (code, message, self.hint) = (report.code, report.message, hint)
    (exit, retryable) = (report.exit.rawValue, report.isRetryable)
  }
}

/// The lines that are said once.
private final class SaidLines: Sendable {
  private let lines = Mutex<Set<String>>([])

  /// Whether it is the first time.
  func add(_ line: String) -> Bool { lines.withLock { $0.insert(line).inserted } }
}

/// A line of a terminal that is redrawn.
final class StatusLine: Sendable {
  /// How many characters it has now.
  private let length = Atomic(0)

  /// What to write so that `text` replaces the line, on a terminal of so many columns.
  func replacing(with text: String, columns: Int) -> String {
    // The last column stays free: some terminals wrap as soon as it is filled.
    let shown = String(text.prefix(max(1, columns - 1)))
    let before = length.exchange(shown.count, ordering: .relaxed)
    // If the terminal has become narrower, it has wrapped the line, and the cursor is in its last row.
    let rows = max(0, before - 1) / max(1, columns)
    return (rows == 0 ? "\r\u{1B}[K" : "\r\u{1B}[\(rows)A\u{1B}[J") + shown
  }
}
