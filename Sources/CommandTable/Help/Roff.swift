/// Writes man(7): requests on separate lines, text that can't be mistaken for a request, and only
/// ASCII, which every roff reads alike.
struct Roff {
  private(set) var text = ""

  /// `.NAME` and its arguments as text, each in quotes.
  mutating func request(_ name: String, _ arguments: String...) {
    let words = arguments.map { "\"\(Self.escaped($0))\"" }
    text += ".\(([name] + words).joined(separator: " "))\n"
  }

  /// A term of a list, from pieces that are ready for roff; what follows explains it.
  mutating func term(_ pieces: String) { text += ".TP\n\(Self.guarded(pieces))\n" }

  /// Begins an item of a list with a bullet.
  mutating func bullet() { text += ".IP \\(bu 2\n" }

  /// A line of pieces that are ready for roff.
  mutating func line(_ pieces: String) { text += "\(Self.guarded(pieces))\n" }

  /// Lines as they are, indented; set off from what is before them, unless that is a heading.
  mutating func display(_ lines: [String], followsHeading: Bool = false) {
    if !followsHeading { request("PP") }
    text += ".RS 4\n.nf\n"
    for line in lines { text += "\(Self.guarded(Self.escaped(line, hyphens: true)))\n" }
    text += ".fi\n.RE\n"
  }

  /// Flowing words; what is to be typed is bold.
  mutating func flow(_ words: [Prose.Word]) {
    var line = ""
    func end() {
      if !line.isEmpty { text += Self.guarded(line) + "\n" }
      line = ""
    }
    for word in words {
      let plain = word.pieces.map { $0.isCode ? Self.bold($0.text) : Self.escaped($0.text) }
        .joined()
      if line.utf8.count + plain.utf8.count > 78 { end() }
      line += line.isEmpty ? plain : " \(plain)"
      // A sentence ends its line, so that roff spaces it as a sentence.
      if let last = plain.last, ".?!".contains(last) { end() }
    }
    end()
  }

  /// Text in bold: what is typed as it stands.
  static func bold(_ text: String) -> String { "\\fB\(escaped(text, hyphens: true))\\fP" }

  /// Text in italics: what something else is typed for.
  static func italic(_ text: String) -> String { "\\fI\(escaped(text, hyphens: true))\\fP" }

  /// Text whose backslashes and non-ASCII characters roff prints; `hyphens` keeps them copyable,
  /// where roff would print typographic ones.
  static func escaped(_ text: String, hyphens: Bool = false) -> String {
    var result = ""
    var previous: Unicode.Scalar = " "
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": result += "\\e"
      case "\"": result += "\\(dq"
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

  /// A line that roff doesn't take for a request.
  private static func guarded(_ line: String) -> String {
    line.first == "." || line.first == "'" ? "\\&\(line)" : line
  }
}
