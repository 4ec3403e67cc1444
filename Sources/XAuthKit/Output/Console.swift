#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The two streams a command speaks on. Data goes to standard output; everything else, said to a
/// person, to standard error.
struct Console: Sendable {
  private let name: String
  /// What `--env-file` said.
  private let file: String?
  private let output: OutputDescriptor
  private let errors: OutputDescriptor
  /// Results as one JSON object.
  let isJSON: Bool
  /// Only data and failures.
  let isQuiet: Bool
  /// What is done, step by step.
  let isVerbose: Bool
  private let hasColor: Bool
  private let statusLine = StatusLine()

  init(
    _ context: Context, json: Bool, quiet: Bool, verbose: Bool, noColor: Bool, file: String? = nil
  ) {
    name = context.programName
    self.file = file
    output = context.standardOutput
    errors = context.standardError
    isJSON = json
    isQuiet = quiet
    isVerbose = verbose
    // https://no-color.org: any value that isn't empty.
    hasColor =
      errors.isTerminal && !noColor && context.environment["NO_COLOR"] == nil
      && context.environment["TERM"] != "dumb"
  }

  /// Whether a person sees what is said at once.
  var isOnTerminal: Bool { errors.isTerminal }

  /// Whether a few lines can be said without waiting for a reader.
  var takesTextAtOnce: Bool { errors.isReady() }

  /// The result, for people or for programs.
  ///
  /// - Parameter done: what is said of the command should nobody take its result; nil where it
  ///   changed nothing.
  func result(_ report: some Report, done: String? = nil) throws(Failure) {
    if isJSON {
      try data(Console.json(Versioned(report)) + "\n", done: done)
    } else {
      try data(report.description, done: done)
    }
  }

  /// Tells what came of a command, and then runs `hook`, also when nobody can be told; under
  /// `--json` the other way round: one object goes to standard output, and what a failing hook says
  /// would be a second.
  ///
  /// - Parameters:
  ///   - words: how people are told; nil: `report`, on standard output.
  ///   - done: as above.
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
    guard !text.isEmpty, let errno = output.write([UInt8](text.utf8)) else { return }
    throw .outputClosed(errno: errno, done: done)
  }

  /// Whether a line of the terminal can be drawn on again and again: not from the background, nor in
  /// another session than the terminal's.
  var showsStatus: Bool { errors.isTerminal && !isQuiet && errors.isForeground() }

  /// One thing a person should know about what happened. Silent under `--quiet`.
  func say(_ line: String) { if !isQuiet { write(harmless(line) + "\n") } }

  /// Something that isn't as it should be and doesn't stop the command.
  func warn(_ line: String, hint: Hint? = nil) {
    if !isQuiet {
      write(styled("warning: ", .yellow, after: "\(name): ") + harmless(line) + hinted(hint))
    }
  }

  /// The same, of the table.
  func warn(_ warning: Warning) { warn(warning.message, hint: warning.cure) }

  /// What is done, for `--verbose`.
  func detail(_ line: @autoclosure () -> String) {
    if isVerbose { write("  \(harmless(line()))\n") }
  }

  /// A failure: on standard error for people, on standard output for programs.
  func fail(_ report: FailureReport) {
    let object = ErrorObject(report, hint: report.hint.map(text))
    if isJSON, output.write([UInt8]((Console.json(object) + "\n").utf8)) == nil { return }
    write(styled("", .red, after: "\(name): ") + harmless(report.message) + hinted(report.hint))
  }

  /// Shows `text` on the current line of the terminal in place of what stood there; nil clears it.
  /// Nothing while the terminal is held (Ctrl-S): nobody would wait for who has to be waited for.
  func status(_ text: String?) {
    guard showsStatus, errors.isReady() else { return }
    write(statusLine.replacing(with: text ?? "", columns: errors.columns() ?? 80))
  }

  /// Writes to standard error as it is; nothing more can be done when that fails.
  func write(_ text: String) { _ = errors.write([UInt8](text.utf8)) }

  /// The text without what would steer the terminal: names of files and values of settings are
  /// somebody else's words.
  private func harmless(_ text: String) -> String { text.withoutControlCharacters }

  /// A hint in the words of this call.
  func text(_ hint: Hint) -> String { hint.text(tool: name, file: file) }

  private func hinted(_ hint: Hint?) -> String {
    hint.map { "\n  \(harmless(text($0)))\n" } ?? "\n"
  }

  private enum Style: String {
    case red = "31"
    case yellow = "33"
  }

  private func styled(_ text: String, _ style: Style, after prefix: String) -> String {
    let whole = prefix + text
    return hasColor ? "\u{1B}[\(style.rawValue)m\(whole)\u{1B}[0m" : whole
  }

  /// A value as one line of JSON, keys sorted.
  static func json(_ value: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(value) else { return "{}" }
    return String(decoding: data, as: UTF8.self)
  }
}
