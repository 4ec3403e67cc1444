/// A browser's command as a person writes it: words as in a shell, `%s` where the URL goes. No
/// shell reads it, so nothing in a URL can be taken for one's syntax.
struct BrowserCommand: Equatable {
  let words: [String]

  /// One command. `find` tells whether the text as a whole is a program: a path with spaces.
  init(_ text: String, find: (_ name: String) -> String?) {
    if text.utf8.contains(UInt8(ascii: "/")), find(text) != nil {
      words = [text]
      return
    }
    var words = ShellWords.split(text)
    // "firefox %s &": we never wait for it anyway.
    if words.last == "&" { words.removeLast() }
    self.words = words
  }

  /// The alternatives that `BROWSER` lists, separated by colons.
  static func alternatives(_ text: String, find: (_ name: String) -> String?) -> [BrowserCommand] {
    text.split(separator: ":").map { BrowserCommand(String($0), find: find) }
  }

  /// The argument vector for `url`: in the place of every `%s`, or at the end if there is none.
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
