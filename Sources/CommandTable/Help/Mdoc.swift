/// Writes mdoc(7): macros on separate lines, text that can't be mistaken for a macro, and only ASCII,
/// which every roff reads alike.
struct Mdoc {
  private(set) var text = ""

  /// `.Name` and arguments that are ready for roff.
  mutating func macro(_ name: String, _ arguments: String...) {
    text += ".\(([name] + arguments).joined(separator: " "))\n"
  }

  /// A line that is shown as it is.
  mutating func literal(_ line: String) {
    text += (Self.startsControl(line) ? "\\&" : "") + Self.escaped(line, hyphens: true) + "\n"
  }

  /// Flowing words; what is to be typed becomes a macro.
  mutating func flow(_ words: [Prose.Word]) {
    var line = ""
    for word in words {
      if let call = MdocCall(word) {
        endLine(&line)
        text += call.line + "\n"
        continue
      }
      let plain = word.pieces.map { $0.isCode ? Self.bold($0.text) : Self.escaped($0.text) }
        .joined()
      if line.utf8.count + plain.utf8.count > 78 { endLine(&line) }
      line += line.isEmpty ? (Self.startsControl(plain) ? "\\&" : "") + plain : " \(plain)"
      // In mdoc a sentence ends its line, so that roff spaces it as a sentence.
      if let last = plain.last, ".?!".contains(last) { endLine(&line) }
    }
    endLine(&line)
  }

  private mutating func endLine(_ line: inout String) {
    if !line.isEmpty { text += line + "\n" }
    line = ""
  }

  private static func bold(_ text: String) -> String {
    "\\fB\(escaped(text, hyphens: true))\\fP"
  }

  /// Text whose backslashes and non-ASCII characters roff prints; `hyphens` keeps them copyable,
  /// where roff would print typographic ones.
  static func escaped(_ text: String, hyphens: Bool = false) -> String {
    var result = ""
    var previous: Unicode.Scalar = " "
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": result += "\\e"
      case "-" where hyphens || previous == " " || previous == "-": result += "\\-"
      case "~" where hyphens: result += "\\(ti"
      case "^" where hyphens: result += "\\(ha"
      case "`" where hyphens: result += "\\(ga"
      case "'" where hyphens: result += "\\(aq"
      default:
        if scalar.isASCII {
          result.unicodeScalars.append(scalar)
        } else {
          let digits = String(scalar.value, radix: 16, uppercase: true)
          let padding = String(repeating: "0", count: max(0, 4 - digits.count))
          result += "\\[u\(padding)\(digits)]"
        }
      }
      previous = scalar
    }
    return result
  }

  /// One argument of a macro: quoted if it has spaces, and never mistaken for a macro or punctuation.
  static func argument(_ text: String) -> String {
    let parts = escaped(text, hyphens: true).split(
      separator: "\"", omittingEmptySubsequences: false)
    let escaped = parts.joined(separator: "\\(dq")
    let guarded = text.count <= 3 || startsControl(text) ? "\\&\(escaped)" : escaped
    return text.contains(" ") || text.isEmpty ? "\"\(guarded)\"" : guarded
  }

  /// Whether roff would take a line with this text for a request.
  private static func startsControl(_ text: String) -> Bool {
    text.first == "." || text.first == "'"
  }

  /// An option as macros: `Fl \-env-file Ar PATH`.
  static func option(_ option: CommandOption, spelling: String) -> String {
    let flag = "Fl \(argument(String(spelling.dropFirst())))"
    return option.value.map { "\(flag) Ar \(argument($0.name))" } ?? flag
  }
}

/// A macro call for a word that is something to type, with at most punctuation around it.
private struct MdocCall {
  /// Delimiters that mdoc(7) sets without a space if they are separate arguments.
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
