/// Finds the assignments of a `.env` file, in one pass, and reads those that are asked for. Total: no
/// bytes are an error.
///
/// Nobody specified the format, so this is where the readers in use agree, and the majority where
/// they don't. Anything else is text that nobody touches.
struct DotEnvParser {
  let bytes: [UInt8]
  private(set) var places: [DotEnvPlace] = []
  /// The first of each kind, and so at most three.
  private(set) var openQuotes: [DotEnvOpenQuote] = []
  private(set) var endings = LineEndingCensus()
  /// Whether the last line lacks a line ending.
  private(set) var endsInsideLine = false

  var cursor = 0
  private var line = 1
  private var lineEnds = LineEndFinder()

  /// Reads all of `bytes`.
  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
    if bytes.starts(with: byteOrderMark) { cursor = byteOrderMark.count }
    // A usual line's length. Room that isn't needed is never touched, growing would be.
    places.reserveCapacity(bytes.count / 32)
    // What has no room in a place is none: everything is text.
    if bytes.count > UInt32.max { cursor = bytes.count }
    while cursor < bytes.count { parseLine() }
  }

  /// A parser in the middle of `document`, which knows what was left open before.
  init(_ document: DotEnvDocument, at offset: Int) {
    bytes = document.bytes
    openQuotes = document.openQuotes.filter { $0.offset < offset }
    cursor = offset
  }

  private mutating func parseLine() {
    if let key = scanKey() {
      places.append(DotEnvPlace(key: key, line: line))
      cursor += 1
      skipBlanks()
      if let quote = current, quote.isQuote { _ = skipQuoted(quote) }
    }
    cursor = lineEnds.next(from: cursor, in: bytes)
    consumeLineEnding()
  }

  /// The key, with the cursor on its `=`; nil when the line is no assignment.
  private mutating func scanKey() -> Range<Int>? {
    skipBlanks()
    var word = scanWord()
    if isExport(word), cursor > word.upperBound, current != .equals { word = scanWord() }
    return !word.isEmpty && current == .equals ? word : nil
  }

  /// A run of bytes that a key may have, and the blanks after it.
  private mutating func scanWord() -> Range<Int> {
    let start = cursor
    skipWithinWord()
    skip { !$0.endsWord }
    let word = start..<cursor
    skipBlanks()
    return word
  }

  /// Moves the cursor over a word, eight bytes at a time, but for the last of it: a key has some twenty
  /// bytes, and looking at each by itself takes half of the time of a parse.
  private mutating func skipWithinWord() {
    let start = cursor
    cursor = bytes.withUnsafeBytes { bytes in
      var index = start
      while index + 8 <= bytes.count,
        !UInt8.mayEndWord(in: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
      {
        index += 8
      }
      return index
    }
  }

  private func isExport(_ word: Range<Int>) -> Bool {
    word.count == 6 && bytes[word].elementsEqual("export".utf8)
  }

  var current: UInt8? { cursor < bytes.count ? bytes[cursor] : nil }

  var isAtLineEnd: Bool { cursor >= bytes.count || bytes[cursor].isLineEnd }

  mutating func skipBlanks() { skip { $0.isBlank } }

  mutating func skipToLineEnd() { skip { !$0.isLineEnd } }

  /// Moves the cursor over all bytes that are `wanted`. Most of the time of a parse is spent here.
  @inline(__always)
  mutating func skip(while wanted: (UInt8) -> Bool) {
    let start = cursor
    cursor = bytes.withUnsafeBufferPointer { bytes in
      var index = start
      while index < bytes.count, wanted(bytes[index]) { index += 1 }
      return index
    }
  }

  private mutating func consumeLineEnding() {
    guard let ending = lineEnding(at: cursor) else {
      endsInsideLine = true
      return
    }
    endings.count(ending)
    line += 1
    cursor += ending.length
  }

  private func lineEnding(at offset: Int) -> LineEnding? {
    guard offset < bytes.count else { return nil }
    if bytes[offset] == .lineFeed { return .lineFeed }
    let isPair = offset + 1 < bytes.count && bytes[offset + 1] == .lineFeed
    return isPair ? .carriageReturnLineFeed : .carriageReturn
  }

  /// Moves the cursor past the quote that closes the one it is on, lines further down perhaps;
  /// leaves it and returns false when there is none.
  ///
  /// A backslash protects the byte after it, in single quotes too: so read python-dotenv,
  /// motdotla's dotenv, Ruby's and godotenv.
  mutating func skipQuoted(_ quote: UInt8) -> Bool {
    // What follows an open quote was searched to the end once: never again, or a file of open
    // quotes would take quadratic time.
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

  /// Whether the byte there is the last of a line ending.
  private func endsLine(at offset: Int) -> Bool {
    switch bytes[offset] {
    case .lineFeed: true
    case .carriageReturn: offset + 1 == bytes.count || bytes[offset + 1] != .lineFeed
    default: false
    }
  }
}
