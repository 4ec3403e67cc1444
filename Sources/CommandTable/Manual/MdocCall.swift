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
    let marks = before.map(String.init)
    line =
      "."
      + (Self.call(word.pieces[index].text, after: marks) + after.map(String.init))
      .joined(separator: " ")
  }

  /// The macro that mdoc has for such a text. An opening mark goes before the text, behind the
  /// macro's name.
  private static func call(_ text: String, after marks: [String]) -> [String] {
    let isOption = text.hasPrefix("-") && !text.contains(" ") && text.count > 1
    let name = isOption ? "Fl" : isVariable(text) ? "Ev" : isPath(text) ? "Pa" : "Ql"
    let shown = isOption ? String(text.dropFirst()) : text
    return [name] + marks + [Mdoc.argument(shown)]
  }

  private static func isVariable(_ text: String) -> Bool {
    text.count > 1
      && text.unicodeScalars.allSatisfy {
        ("A"..."Z").contains($0) || "0123456789_".unicodeScalars.contains($0)
      }
  }

  private static func isPath(_ text: String) -> Bool {
    !text.contains(" ") && ["/", "./", "~/", "."].contains { text.hasPrefix($0) }
  }
}
