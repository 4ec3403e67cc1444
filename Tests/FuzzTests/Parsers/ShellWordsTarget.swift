@testable import CommandTable
@testable import XAuthTool

extension FuzzTarget {
  /// Text that is split as a shell would.
  static let shellWords = FuzzTarget(name: "shell-words") { input in
    let text = input.text
    let words = ShellWords.split(text)
    let quoted = words.map(ShellWord.quoted).joined(separator: " ")
    try promise("words are read as they are quoted", ShellWords.split(quoted) == words)
    try promise("any text can be one word", ShellWords.split(ShellWord.quoted(text)) == [text])
    if let seconds = DurationText.seconds(text) {
      try promise("a duration is at most a century", 0...DurationText.longest ~= seconds)
      try promise("seconds are seconds", DurationText.seconds(String(seconds)) == seconds)
    }
  }
}
