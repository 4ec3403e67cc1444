/// A word that is something to type, with nothing but punctuation around it, as a macro call.
struct MdocCall {
  /// Delimiters that mdoc(7) sets without a space when they are arguments of their own.
  private static let opening: Set<Character> = ["(", "["]
  private static let closing: Set<Character> = [".", ",", ":", ";", ")", "]", "?", "!"]

  /// The request, its dot included.
  let line: String

  init?(_ word: Prose.Word) {
    guard word.pieces.count(where: \.isCode) == 1,
      let index = word.pieces.firstIndex(where: \.isCode)
    else { return nil }
    let before = word.pieces[..<index].map(\.text).joined()
    let after = word.pieces[(index + 1)...].map(\.text).joined()
    guard before.allSatisfy(Self.opening.contains), after.allSatisfy(Self.closing.contains)
    else { return nil }
    let call = Self.call(word.pieces[index].text)
    let words = [call.macro] + before.map(String.init) + [call.argument] + after.map(String.init)
    line = ".\(words.joined(separator: " "))"
  }

  /// The macro that mdoc has for such a text.
  private static func call(_ text: String) -> (macro: String, argument: String) {
    if text.hasPrefix("-"), text.count > 1, !text.contains(" ") {
      return ("Fl", Mdoc.argument(String(text.dropFirst())))
    }
    return (isVariable(text) ? "Ev" : isPath(text) ? "Pa" : "Ql", Mdoc.argument(text))
  }

  private static func isVariable(_ text: String) -> Bool {
    text.count > 1
      && text.utf8.allSatisfy(Set("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_".utf8).contains)
  }

  private static func isPath(_ text: String) -> Bool {
    !text.contains(" ") && ["/", "~/", "."].contains { text.hasPrefix($0) }
  }
}
