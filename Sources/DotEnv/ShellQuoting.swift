/// Words for a POSIX shell.
public enum ShellQuoting {
  /// `word` in single quotes, which a shell takes literally to the last byte (POSIX.1, XCU 2.2.2).
  ///
  /// A NUL stays as it is: no shell word can hold one.
  public static func quote(_ word: String) -> String {
    var quoted: [UInt8] = [.singleQuote]
    for byte in word.utf8 {
      // No single quote fits between single quotes: leave them, escape it, enter them again.
      quoted += byte == .singleQuote ? Array(#"'\''"#.utf8) : [byte]
    }
    quoted.append(.singleQuote)
    return String(decoding: quoted, as: UTF8.self)
  }
}
