/// The shells that there is a completion script for. It completes commands, options, choices, files,
/// durations, lists, and what `help` explains.
public enum CompletionShell: String, Sendable, CaseIterable {
  /// Bash, also the 3.2 of macOS; needs no bash-completion.
  case bash
  /// Zsh with its completion system loaded (`compinit`).
  case zsh
  /// Fish 3.0 or newer.
  case fish

  /// The script that completes `tool`, by the name it was called by: to be sourced, or to be installed
  /// where the shell looks for such scripts.
  public func script(completing tool: Tool) -> String {
    switch self {
    case .bash: BashScript(tool: tool).text
    case .zsh: ZshScript(tool: tool).text
    case .fish: FishScript(tool: tool).text
    }
  }
}

extension Tool {
  /// The name as part of a shell function's: `_x_auth`.
  var functionName: String {
    let letters = name.unicodeScalars.map {
      $0.isASCII && ($0.properties.isAlphabetic || ("0"..."9").contains($0)) ? String($0) : "_"
    }
    return "_" + letters.joined()
  }

  /// The spellings of all options that take a value, wherever they belong.
  package var valuedSpellings: [String] {
    let all = commonOptions + commands.flatMap(\.options)
    return Set(all.filter { $0.value != nil }.flatMap(\.spellings)).sorted()
  }
}

extension CommandOption {
  /// The help in one line, for a list of choices.
  var brief: String { Prose.words(help[...]).map(\.plain).joined(separator: " ") }
}

/// Text made safe for the shells' own rules of quoting.
enum Quoted {
  /// For bash and zsh: between single quotes, unless nothing in it needs them.
  static func bash(_ text: String) -> String { ShellWord.quotedIfNeeded(text) }

  /// The same for fish, where a backslash within quotes escapes a backslash or a quote.
  static func fish(_ text: String) -> String {
    if ShellWord.isPlain(text) { return text }
    let escaped = text.unicodeScalars.map { $0 == "'" || $0 == "\\" ? "\\\($0)" : String($0) }
    return "'\(escaped.joined())'"
  }

  /// With a backslash before everything that a shell could treat specially.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      if !ShellWord.isPlain(scalar) { result += "\\" }
      result.unicodeScalars.append(scalar)
    }
    return result
  }
}
