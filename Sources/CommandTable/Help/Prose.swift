/// The texts of a table: plain text with just enough form to be laid out for a terminal and for a
/// man page.
///
/// - Empty lines separate blocks; the lines of a paragraph flow together.
/// - A line that begins with `# ` is a heading.
/// - A line that begins with `- ` is an item of a list; the lines after it continue it.
/// - A block whose lines are all indented is shown as it is, empty lines within it too.
/// - Text between backticks is something to type: it isn't broken over lines.
struct Prose {
  enum Block: Equatable {
    case paragraph([Word])
    case heading([Word])
    case list([[Word]])
    case verbatim([String])
  }

  /// The text between two spaces: pieces, of which some are something to type.
  struct Word: Equatable {
    struct Piece: Equatable {
      let text: String
      let isCode: Bool
    }
    var pieces: [Piece]
  }

  let blocks: [Block]

  init(_ text: String) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    var parts: [[Substring]] = []
    for part in lines.split(whereSeparator: { $0.allSatisfy { $0 == " " } }) {
      if let last = parts.indices.last, Self.isVerbatim(parts[last]), Self.isVerbatim(part) {
        parts[last] += [""] + part
      } else {
        parts.append(Array(part))
      }
    }
    blocks = parts.flatMap(Self.blocks)
  }

  private static func isVerbatim(_ lines: some Collection<Substring>) -> Bool {
    lines.allSatisfy { $0.isEmpty || $0.hasPrefix("  ") }
  }

  /// The blocks in a run of lines without an empty one.
  private static func blocks(_ lines: [Substring]) -> [Block] {
    if isVerbatim(lines) {
      let margin = lines.filter { !$0.isEmpty }.map { $0.prefix { $0 == " " }.count }.min() ?? 0
      return [.verbatim(lines.map { String($0.dropFirst(margin)) })]
    }
    var drafts: [(mark: String, text: String)] = []
    for line in lines {
      if let mark = ["# ", "- "].first(where: line.hasPrefix) {
        drafts.append((mark, String(line.dropFirst(mark.count))))
      } else if let last = drafts.indices.last, drafts[last].mark != "# " {
        drafts[last].text += " \(line)"
      } else {
        drafts.append(("", String(line)))
      }
    }
    return drafts.reduce(into: []) { blocks, draft in
      let content = words(draft.text[...])
      switch (draft.mark, blocks.last) {
      case ("# ", _): blocks.append(.heading(content))
      case ("- ", .list(let items)?): blocks[blocks.count - 1] = .list(items + [content])
      case ("- ", _): blocks.append(.list([content]))
      default: blocks.append(.paragraph(content))
      }
    }
  }

  /// Divides a line into words; a span between backticks is never divided.
  static func words(_ line: Substring) -> [Word] {
    var words: [Word] = []
    var pieces: [Word.Piece] = []
    var text = ""
    var inCode = false
    func endPiece() {
      if !text.isEmpty { pieces.append(.init(text: text, isCode: inCode)) }
      text = ""
    }
    for character in line {
      if character == "`" {
        endPiece()
        inCode.toggle()
      } else if character == " ", !inCode {
        endPiece()
        if !pieces.isEmpty { words.append(Word(pieces: pieces)) }
        pieces = []
      } else {
        text.append(character)
      }
    }
    endPiece()
    if !pieces.isEmpty { words.append(Word(pieces: pieces)) }
    return words
  }
}

extension Prose.Word {
  /// As a terminal shows it. Something to type that contains a space gets quotes, which show where it
  /// ends.
  var plain: String {
    pieces.map { $0.isCode && $0.text.contains(" ") ? "'\($0.text)'" : $0.text }.joined()
  }
}

extension [String] {
  /// The words as a sentence lists them: `a, b and c`.
  func listed(with conjunction: String) -> String {
    guard let last, count > 1 else { return first ?? "" }
    return "\(dropLast().joined(separator: ", ")) \(conjunction) \(last)"
  }
}
