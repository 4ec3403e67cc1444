/// Words as a shell splits them, and no more of a shell than that (POSIX XCU 2.2, Quoting): no
/// variables, no globs, no operators.
enum ShellWords {
  /// The words of `text`. A quote that nobody closes reaches to the end.
  static func split(_ text: String) -> [String] {
    var words: [String] = []
    // Nil between words; '' is a word too.
    var word: String.UnicodeScalarView?
    var rest = text.unicodeScalars[...]
    while let scalar = rest.popFirst() {
      switch scalar {
      case " ", "\t", "\n":
        if let word { words.append(String(word)) }
        word = nil
      case "'", "\"":
        word = word ?? .init()
        word?.append(contentsOf: quoted(by: scalar, from: &rest))
      case "\\":
        word = word ?? .init()
        word?.append(rest.popFirst() ?? "\\")
      default:
        word = word ?? .init()
        word?.append(scalar)
      }
    }
    if let word { words.append(String(word)) }
    return words
  }

  /// The text up to the closing quote. Between double quotes a backslash protects the quote and
  /// itself; between single quotes nothing does.
  private static func quoted(
    by quote: Unicode.Scalar, from rest: inout Substring.UnicodeScalarView
  ) -> String.UnicodeScalarView {
    var text = String.UnicodeScalarView()
    while let scalar = rest.popFirst(), scalar != quote {
      if scalar == "\\", quote == "\"", let next = rest.first, next == quote || next == "\\" {
        text.append(rest.removeFirst())
      } else {
        text.append(scalar)
      }
    }
    return text
  }
}
