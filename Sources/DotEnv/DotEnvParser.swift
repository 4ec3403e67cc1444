/// Where one `KEY=value` stands in the bytes of a document.
struct DotEnvAssignment {
  /// How the value is written.
  enum Notation {
    /// Without quotes, or with quotes that readers don't take for a pair.
    case plain
    case singleQuotes
    case doubleQuotes
    case backticks
  }

  let key: Range<Int>
  /// The line of the key, from 1.
  let line: Int
  /// The blanks after `=` that a new value keeps.
  let spacing: Range<Int>
  /// What a new value replaces: from `=` to the inline comment or the end of the line.
  ///
  /// Without a comment this includes the blanks around the value: docker's `--env-file` and
  /// `$GITHUB_ENV` read them as part of it, and after `K= v` a shell runs `v`, a token, as a command.
  let extent: Range<Int>
  /// The value itself, without its quotes.
  let content: Range<Int>
  let notation: Notation
}

/// A quote that opens a value and that nothing in the rest of the file closes.
struct DotEnvOpenQuote: Sendable {
  let quote: UInt8
  let offset: Int
  /// From 1.
  let line: Int
}

/// Finds the assignments of a `.env` file in one pass. It accepts any bytes.
///
/// The format has no specification, so this is where the readers in use agree, and what most of them
/// do where they don't. Everything else is text that is left alone.
struct DotEnvParser {
  private(set) var assignments: [DotEnvAssignment] = []
  /// The first one of each kind of quote, so three at most.
  private(set) var openQuotes: [DotEnvOpenQuote] = []
  private(set) var endings = LineEndingCensus()
  /// Whether the last line lacks a line ending.
  private(set) var endsInsideLine = false

  private let bytes: [UInt8]
  private var cursor = 0
  private var line = 1

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
    if bytes.starts(with: byteOrderMark) { cursor = byteOrderMark.count }
    while cursor < bytes.count { parseLine() }
  }

  private mutating func parseLine() {
    if let key = scanKey() {
      let assignment = scanAssignment(of: key)
      assignments.append(assignment)
    }
    skip { !$0.isLineEnd }
    consumeLineEnding()
  }

  /// The key, with the cursor on its `=`; nil when the line is not an assignment.
  private mutating func scanKey() -> Range<Int>? {
    skipBlanks()
    var word = scanWord()
    if isExport(word), cursor > word.upperBound, current != .equals { word = scanWord() }
    return !word.isEmpty && current == .equals ? word : nil
  }

  /// A run of bytes that a key can have; the blanks after it are skipped.
  private mutating func scanWord() -> Range<Int> {
    let start = cursor
    skip { !$0.endsKey }
    let word = start..<cursor
    skipBlanks()
    return word
  }

  private func isExport(_ word: Range<Int>) -> Bool { bytes[word].elementsEqual("export".utf8) }

  private mutating func scanAssignment(of key: Range<Int>) -> DotEnvAssignment {
    let keyLine = line
    // To shells and docker `K = v` is no assignment anyway; the other readers skip both blanks.
    let keepsSpacing = key.upperBound < cursor
    cursor += 1
    let afterEquals = cursor
    skipBlanks()
    let spacing = afterEquals..<(keepsSpacing ? cursor : afterEquals)
    let value = scanValue(after: afterEquals)
    return DotEnvAssignment(
      key: key, line: keyLine, spacing: spacing, extent: afterEquals..<value.end,
      content: value.content, notation: value.notation)
  }

  private typealias Value = (content: Range<Int>, end: Int, notation: DotEnvAssignment.Notation)

  private mutating func scanValue(after afterEquals: Int) -> Value {
    let start = cursor
    guard let quote = current, quote.isQuote else {
      return scanText(from: start, after: afterEquals)
    }
    guard skipQuoted(quote) else {
      // Not even a comment ends this value: what looks like one may be the rest of a secret.
      skip { !$0.isLineEnd }
      return (start..<cursor, cursor, .plain)
    }
    let close = cursor
    skipBlanks()
    // After a closing quote `#` begins a comment, with and without a space.
    guard isAtLineEnd || current == .hash else { return scanText(from: start, after: afterEquals) }
    return (start + 1..<close - 1, isAtLineEnd ? cursor : close, notation(of: quote))
  }

  /// The text from `start`, scanned from the cursor to the inline comment or the end of the line.
  ///
  /// `#` begins a comment only after a blank: `v#c` is a value to most readers (python-dotenv,
  /// shells, docker, systemd, compose), and those that cut it off (node, motdotla, Ruby) would
  /// lose half of a secret that has a `#`.
  private mutating func scanText(from start: Int, after afterEquals: Int) -> Value {
    var end = start
    while let byte = current, !byte.isLineEnd {
      if byte == .hash, bytes[cursor - 1].isBlank {
        return (start..<end, end == start ? afterEquals : end, .plain)
      }
      cursor += 1
      if !byte.isBlank { end = cursor }
    }
    return (start..<end, cursor, .plain)
  }

  private func notation(of quote: UInt8) -> DotEnvAssignment.Notation {
    switch quote {
    case .singleQuote: .singleQuotes
    case .doubleQuote: .doubleQuotes
    default: .backticks
    }
  }

  /// Moves the cursor past the quote that closes the one it is on, perhaps some lines further down;
  /// leaves the cursor alone and returns false when nothing closes it.
  ///
  /// A backslash escapes the next byte, in single quotes too: that is how python-dotenv, motdotla's
  /// dotenv, Ruby's and godotenv read it.
  private mutating func skipQuoted(_ quote: UInt8) -> Bool {
    // Behind an open quote the rest of the file has been searched once. Searching it again for each
    // further one would take quadratic time.
    if openQuotes.contains(where: { $0.quote == quote }) { return false }
    var lines = 0
    var offset = cursor + 1
    while offset < bytes.count, bytes[offset] != quote {
      if bytes[offset] == .backslash { offset += 1 }
      if offset < bytes.count, endsLine(at: offset) { lines += 1 }
      offset += 1
    }
    guard offset < bytes.count else {
      openQuotes.append(DotEnvOpenQuote(quote: quote, offset: cursor, line: line))
      return false
    }
    cursor = offset + 1
    line += lines
    return true
  }

  /// Whether the byte there is the last one of a line ending.
  private func endsLine(at offset: Int) -> Bool {
    switch bytes[offset] {
    case .lineFeed: true
    case .carriageReturn: offset + 1 == bytes.count || bytes[offset + 1] != .lineFeed
    default: false
    }
  }

  private mutating func consumeLineEnding() {
    guard let byte = current else {
      endsInsideLine = true
      return
    }
    let isPair = cursor + 1 < bytes.count && bytes[cursor + 1] == .lineFeed
    let ending: LineEnding =
      byte == .lineFeed ? .lineFeed : isPair ? .carriageReturnLineFeed : .carriageReturn
    endings.count(ending)
    line += 1
    cursor += ending.bytes.count
  }

  private var current: UInt8? { cursor < bytes.count ? bytes[cursor] : nil }

  private var isAtLineEnd: Bool { current?.isLineEnd ?? true }

  private mutating func skipBlanks() { skip { $0.isBlank } }

  private mutating func skip(while matches: (UInt8) -> Bool) {
    while cursor < bytes.count, matches(bytes[cursor]) { cursor += 1 }
  }
}
