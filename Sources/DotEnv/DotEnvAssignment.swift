/// Where one `KEY=value` is in the bytes of a document.
struct DotEnvAssignment: Sendable {
  /// How the value is written.
  enum Notation: Sendable {
    /// As it stands: no quotes, or quotes that readers don't take for a pair.
    case plain
    case singleQuotes
    case doubleQuotes
    case backticks
  }

  private let keyBytes: ByteRange
  private let extentBytes: ByteRange
  private let contentBytes: ByteRange
  private let spacingEnd: UInt32
  private let lineNumber: UInt32
  let notation: Notation

  init(
    key: Range<Int>, spacing: Range<Int>, extent: Range<Int>, content: Range<Int>,
    notation: Notation, line: Int
  ) {
    keyBytes = ByteRange(key)
    extentBytes = ByteRange(extent)
    contentBytes = ByteRange(content)
    spacingEnd = UInt32(spacing.upperBound)
    lineNumber = UInt32(line)
    self.notation = notation
  }

  var key: Range<Int> { keyBytes.range }
  /// The blanks after `=` that a new value keeps.
  var spacing: Range<Int> { extent.lowerBound..<Int(spacingEnd) }
  /// What a new value takes the place of: from `=` to the inline comment or the line's end.
  ///
  /// Without a comment the blanks around the value are part of it: docker's `--env-file` and
  /// `$GITHUB_ENV` read them into it, and after `K= v` a shell runs `v`, a token, as a command.
  var extent: Range<Int> { extentBytes.range }
  /// The value itself, without its quotes.
  var content: Range<Int> { contentBytes.range }
  /// The line of the key, from 1.
  var line: Int { Int(lineNumber) }
}

/// A range of bytes in half the room: a file of 100,000 lines has 300,000 of them.
private struct ByteRange {
  private let lowerBound: UInt32
  private let upperBound: UInt32

  init(_ range: Range<Int>) {
    lowerBound = UInt32(range.lowerBound)
    upperBound = UInt32(range.upperBound)
  }

  var range: Range<Int> { Int(lowerBound)..<Int(upperBound) }
}

/// A quote that opens a value and that nothing in the rest of the file closes.
struct DotEnvOpenQuote: Sendable {
  let quote: UInt8
  let offset: Int
  /// From 1.
  let line: Int
}
