/// Where one `KEY=value` is in the bytes of a document.
struct DotEnvAssignment {
  /// How the value is written.
  enum Notation {
    /// As it stands: no quotes, or quotes that readers don't take for a pair.
    case plain
    case singleQuotes
    case doubleQuotes
    case backticks
  }

  let key: Range<Int>
  /// The blanks after `=` that a new value keeps.
  let spacing: Range<Int>
  /// What a new value takes the place of: from `=` to the inline comment or the line's end.
  ///
  /// Without a comment the blanks around the value are part of it: docker's `--env-file` and
  /// `$GITHUB_ENV` read them into it, and after `K= v` a shell runs `v`, a token, as a command.
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
