/// Text made safe for the shells' own rules of quoting.
package enum Quoted {
  /// For bash and zsh: between single quotes, unless nothing in it needs them.
  static func bash(_ text: String) -> String {
    if isHarmless(text) { return text }
    let parts = text.split(separator: "'", omittingEmptySubsequences: false)
    return "'\(parts.joined(separator: "'\\''"))'"
  }

  /// The same for fish, where within quotes the backslash escapes itself and the quote.
  static func fish(_ text: String) -> String {
    if isHarmless(text) { return text }
    return "'\(text.map { $0 == "'" || $0 == "\\" ? "\\\($0)" : String($0) }.joined())'"
  }

  /// With a backslash before everything that a shell could take for its own.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      if !isHarmless(scalar) { result += "\\" }
      result.unicodeScalars.append(scalar)
    }
    return result
  }

  /// Whether no shell takes any of `text` for its own.
  package static func isHarmless(_ text: String) -> Bool {
    !text.isEmpty && text.unicodeScalars.allSatisfy(isHarmless)
  }

  private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", "-", "_", ".", "/", "+": true
    default: false
    }
  }
}
