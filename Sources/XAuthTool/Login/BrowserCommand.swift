/// A browser's command as it is written in a setting: words as in a shell, `%s` where the URL goes. No
/// shell reads it, so nothing in a URL can be taken for shell syntax.
struct BrowserCommand: Equatable {
  let words: [String]

  /// One command. If `find` knows the whole text as a program, it is a path with spaces.
  init(_ text: String, find: (_ name: String) -> String?) {
    if text.utf8.contains(UInt8(ascii: "/")), find(text) != nil {
      words = [text]
      return
    }
    var words = ShellWords.split(text)
    // "firefox %s &": it isn't waited for anyway.
    if words.last == "&" { words.removeLast() }
    self.words = words
  }

  /// The alternatives that `BROWSER` lists, separated by colons.
  static func alternatives(_ text: String, find: (_ name: String) -> String?) -> [BrowserCommand] {
    text.split(separator: ":").map { BrowserCommand(String($0), find: find) }
  }

  /// The argument vector, with `url` in place of every `%s`, or at the end if there is none.
  /// `%%` is a percent sign.
  func arguments(for url: String) -> [String] {
    guard !words.isEmpty else { return [] }
    var isPlaced = false
    let filled = words.map { word in
      var rest = word[...]
      var result = ""
      while let character = rest.popFirst() {
        switch (character, rest.first) {
        case ("%", "s"):
          result += url
          isPlaced = true
          rest.removeFirst()
        case ("%", "%"):
          result += "%"
          rest.removeFirst()
        default:
          result.append(character)
        }
      }
      return result
    }
    return isPlaced ? filled : filled + [url]
  }
}

/// Splits words as a shell does (POSIX XCU 2.2, Quoting), and does nothing else of what a shell does: no
/// variables, no globs, no operators.
enum ShellWords {
  /// The words of `text`. A quote that isn't closed reaches to the end.
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
