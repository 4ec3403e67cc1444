/// Any narrower, and wrapping would leave one word on a line.
private let narrowest = 32
/// A column of labels, such as `show` has, is at most so wide.
private let widestLabel = 24

extension String {
  /// The text for a terminal of so many columns: longer lines are broken between words. A word that is
  /// longer than a line stays whole, and so does a command between backticks: an address or a path that
  /// the terminal wraps itself can be opened and copied, and a command pasted.
  ///
  /// A line goes on below its own beginning, or beside its label; the first one `hanging` columns in.
  func wrapped(columns: Int, hanging: Int = 0) -> String {
    guard columns >= narrowest else { return self }
    let lines = split(separator: "\n", omittingEmptySubsequences: false)
    return lines.enumerated().map { index, line in
      line.count <= columns
        ? String(line) : line.folded(columns, hanging: index == 0 ? hanging : 0)
    }.joined(separator: "\n")
  }
}

extension Substring {
  /// This one line, broken.
  fileprivate func folded(_ columns: Int, hanging: Int) -> String {
    let beginning = textColumn <= columns / 2 ? textColumn : 0
    let margin = String(repeating: " ", count: beginning + hanging)
    var (lines, length) = ([String(prefix(beginning))], beginning)
    var isEmpty = true
    for word in dropFirst(beginning).words {
      if !isEmpty, length + 1 + word.count > columns {
        lines.append(margin + word)
        length = margin.count + word.count
      } else {
        lines[lines.count - 1] += (isEmpty ? "" : " ") + word
        length += word.count + (isEmpty ? 0 : 1)
      }
      isEmpty = false
    }
    return lines.joined(separator: "\n")
  }

  /// Where the text begins, behind the indentation or the last label: these end with two spaces.
  private var textColumn: Int {
    var (column, length, spaces) = (0, 0, 0)
    for character in prefix(widestLabel + 1) {
      if character != " ", spaces > 1 || spaces == length { column = length }
      spaces = character == " " ? spaces + 1 : 0
      length += 1
    }
    return column
  }

  /// What stands between spaces; of a command, all.
  private var words: [Substring] {
    var words: [Substring] = []
    var (start, isCommand) = (startIndex, false)
    for index in indices {
      if self[index] == "`" {
        isCommand = !isCommand && self[self.index(after: index)...].contains("`")
      } else if self[index] == " ", !isCommand {
        words.append(self[start..<index])
        start = self.index(after: index)
      }
    }
    return words + [self[start...]]
  }
}
