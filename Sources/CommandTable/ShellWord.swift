/// Words for a POSIX shell.
public enum ShellWord {
  /// `word` in single quotes, which a shell takes literally to the last byte (POSIX.1, XCU 2.2.2).
  ///
  /// A NUL stays as it is: no shell word can hold one.
  public static func quoted(_ word: String) -> String {
    // By scalars: to Swift, a quote with a combining mark behind it is another character than a quote.
    var inside = String.UnicodeScalarView()
    for scalar in word.unicodeScalars {
      // No single quote fits between single quotes: leave them, escape it, enter them again.
      if scalar == "'" {
        inside.append(contentsOf: #"'\''"#.unicodeScalars)
      } else {
        inside.append(scalar)
      }
    }
    return "'\(String(inside))'"
  }

  /// `word` as it is where no shell takes any of it for its own, else in quotes.
  public static func quotedIfNeeded(_ word: String) -> String {
    isPlain(word) ? word : quoted(word)
  }

  /// Whether no shell takes any of `word` for its own.
  public static func isPlain(_ word: String) -> Bool {
    !word.isEmpty && word.unicodeScalars.allSatisfy(isPlain)
  }

  /// Whether no shell takes `scalar` for its own, wherever in a word it is.
  static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", "-", "_", ".", "/", "+": true
    default: false
    }
  }
}
