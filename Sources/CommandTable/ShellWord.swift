/// Words for a POSIX shell.
public enum ShellWord {
  /// `word` in single quotes, which a shell takes literally to the last byte (POSIX.1, XCU 2.2.2).
  ///
  /// A NUL is left alone: no shell word can hold one.
  public static func quoted(_ word: String) -> String {
    // By scalars: a quote followed by a combining mark is a different Character.
    var inside = String.UnicodeScalarView()
    for scalar in word.unicodeScalars {
      // Single quotes can't hold a single quote: close them, add an escaped one, and reopen them.
      if scalar == "'" {
        inside.append(contentsOf: #"'\''"#.unicodeScalars)
      } else {
        inside.append(scalar)
      }
    }
    return "'\(String(inside))'"
  }

  /// `word` itself if no shell treats any of it specially, else in quotes.
  public static func quotedIfNeeded(_ word: String) -> String {
    isPlain(word) ? word : quoted(word)
  }

  /// Whether no shell treats any of `word` specially.
  public static func isPlain(_ word: String) -> Bool {
    !word.isEmpty && word.unicodeScalars.allSatisfy(isPlain)
  }

  /// Whether no shell treats `scalar` specially, wherever it is in a word.
  static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", "-", "_", ".", "/", "+": true
    default: false
    }
  }
}
