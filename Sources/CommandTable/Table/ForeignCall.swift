/// Calls meant for another program that goes by the same name: they are recognised by their first
/// word, and refused with a pointer to that program.
public struct ForeignCall: Sendable, Equatable {
  /// What people call that program: `X11's xauth`.
  public let program: String
  /// Where it usually is.
  public let path: String
  /// The first words of its calls: commands, and options of one letter (`-f`), which may also come
  /// bundled (`-qf`).
  public let words: [String]

  /// The calls of `program`.
  public init(program: String, path: String, words: [String]) {
    self.program = program
    self.path = path
    self.words = words
  }

  /// Whether a call that begins with `word` is one of these.
  package func begins(with word: String) -> Bool {
    if words.contains(word) { return true }
    let letters = word.dropFirst()
    return word.first == "-" && !letters.isEmpty && letters.allSatisfy { words.contains("-\($0)") }
  }
}
