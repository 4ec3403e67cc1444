extension DotEnvParser {
  /// The assignment whose key ends at the cursor.
  mutating func scanAssignment(of key: Range<Int>) -> DotEnvAssignment {
    skipBlanks()
    // A file with `K = v` is none for shells and docker anyway; the others skip both blanks.
    let keepsSpacing = key.upperBound < cursor
    cursor += 1
    let afterEquals = cursor
    skipBlanks()
    let spacing = afterEquals..<(keepsSpacing ? cursor : afterEquals)
    let value = scanNotation(after: afterEquals)
    return DotEnvAssignment(
      key: key, spacing: spacing, extent: afterEquals..<value.end, content: value.content,
      notation: value.notation)
  }

  private typealias Value = (content: Range<Int>, end: Int, notation: DotEnvAssignment.Notation)

  private mutating func scanNotation(after afterEquals: Int) -> Value {
    let start = cursor
    guard let quote = current, quote.isQuote else {
      return scanText(from: start, after: afterEquals)
    }
    guard skipQuoted(quote) else {
      // Not even a comment ends it: what looks like one may be the rest of a secret.
      skipToLineEnd()
      return (start..<cursor, cursor, .plain)
    }
    let close = cursor
    skipBlanks()
    // After a closing quote `#` begins a comment with and without a space.
    guard isAtLineEnd || current == .hash else { return scanText(from: start, after: afterEquals) }
    return (start + 1..<close - 1, isAtLineEnd ? cursor : close, notation(of: quote))
  }

  /// The text from `start`, scanned from the cursor to the inline comment or the line's end.
  ///
  /// `#` begins a comment only after a blank: `v#c` is a value to most readers (python-dotenv,
  /// shells, docker, systemd, compose), and those that cut it off (node, motdotla, Ruby) would
  /// lose half of a secret that has a `#`.
  private mutating func scanText(from start: Int, after afterEquals: Int) -> Value {
    var end = start
    while true {
      // Blanks, line ends and `#` are the lowest of all bytes that a value has.
      let unread = cursor
      skip { $0 > .hash }
      if cursor > unread { end = cursor }
      guard let byte = current, !byte.isLineEnd else { break }
      if byte == .hash, cursor > afterEquals, bytes[cursor - 1].isBlank {
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
}
