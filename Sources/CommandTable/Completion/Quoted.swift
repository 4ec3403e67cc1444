/// Text made safe for the shells' own rules of quoting.
enum Quoted {
  /// For bash and zsh: between single quotes, unless nothing in it needs them.
  static func bash(_ text: String) -> String { ShellWord.quotedIfNeeded(text) }

  /// The same for fish, where within quotes the backslash escapes itself and the quote.
  static func fish(_ text: String) -> String {
    if ShellWord.isPlain(text) { return text }
    let escaped = text.unicodeScalars.map { $0 == "'" || $0 == "\\" ? "\\\($0)" : String($0) }
    return "'\(escaped.joined())'"
  }

  /// With a backslash before everything that a shell could take for its own.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      if !ShellWord.isPlain(scalar) { result += "\\" }
      result.unicodeScalars.append(scalar)
    }
    return result
  }
}
