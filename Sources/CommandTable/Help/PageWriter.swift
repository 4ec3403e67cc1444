/// Lays out text for a terminal: headings, paragraphs and aligned rows, wrapped at a width.
struct PageWriter {
  /// Longer lines are hard to read, however wide the terminal is.
  private static let widest = 88
  /// Any narrower, and wrapping would leave one word on a line.
  private static let narrowest = 32
  /// The text of a longer term goes below it, or it would push all other texts to the right.
  private static let longestTerm = 24

  private let width: Int
  private let isBold: Bool
  private var lines: [String] = []
  private var blankIsDue = false

  init(width: Int, isBold: Bool) {
    self.width = min(max(width, Self.narrowest), Self.widest)
    self.isBold = isBold
  }

  var text: String { lines.map { "\($0)\n" }.joined() }

  mutating func heading(_ text: String) {
    blank()
    line(isBold ? "\u{1B}[1m\(text)\u{1B}[0m" : text)
  }

  mutating func line(_ text: String, indent: Int = 0) {
    if blankIsDue, !lines.isEmpty { lines.append("") }
    blankIsDue = false
    lines.append(text.isEmpty ? "" : String(repeating: " ", count: indent) + text)
  }

  /// Puts an empty line before whatever is written next, if anything is.
  mutating func blank() { blankIsDue = true }

  mutating func prose(_ text: String, indent: Int = 0) {
    for block in Prose(text).blocks {
      blank()
      switch block {
      case .heading(let words): heading(words.map(\.plain).joined(separator: " "))
      case .paragraph(let words): wrap(words, first: indent, next: indent)
      case .list(let items):
        for item in items { wrap(item, first: indent, next: indent + 2, mark: "- ") }
      case .verbatim(let text): for each in text { line(each, indent: indent + 4) }
      }
    }
  }

  /// A heading with rows below it; nothing at all without rows.
  mutating func section(
    _ title: String, _ rows: [(term: String, text: String)], peers: [String] = []
  ) {
    guard !rows.isEmpty else { return }
    heading(title)
    self.rows(rows, peers: peers)
  }

  /// Terms at the left, their texts in one column beside them; `peers` are the
  /// terms of other rows on the page that share the column.
  mutating func rows(_ rows: [(term: String, text: String)], peers: [String] = []) {
    let lengths = (rows.map(\.term) + peers).map(\.count).filter { $0 <= Self.longestTerm }
    let beside = 2 + (lengths.max() ?? 0) + 2
    // In a narrow terminal the right column would have room for single words only.
    let column = beside <= width / 2 ? beside : 6
    for (term, text) in rows {
      let words = Prose.words(text[...])
      if 2 + term.count + 2 <= column {
        let padding = String(repeating: " ", count: column - 2 - term.count)
        wrap(words, first: 2, next: column, mark: term + padding)
      } else {
        line(term, indent: 2)
        wrap(words, first: column, next: column)
      }
    }
  }

  /// Fills lines with `words`; `mark` begins the first one.
  mutating func wrap(_ words: [Prose.Word], first: Int, next: Int, mark: String = "") {
    var current = String(repeating: " ", count: first) + mark
    var length = current.count
    var isEmpty = true
    for word in words.map(\.plain) {
      if !isEmpty, length + 1 + word.count > width {
        line(current)
        current = String(repeating: " ", count: next) + word
        length = next + word.count
      } else {
        current += isEmpty ? word : " \(word)"
        length += word.count + (isEmpty ? 0 : 1)
      }
      isEmpty = false
    }
    // A row without text must not leave spaces at the end of its line.
    while current.last == " " { current.removeLast() }
    line(current)
  }
}
