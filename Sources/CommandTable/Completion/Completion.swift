/// A completion script: commands, options, choices, files, and what `help` explains.
public struct Completion: Sendable {
  let tool: Tool
  let shell: CompletionShell

  /// The script that completes `tool`, by the name it was called by, in `shell`.
  public init(_ tool: Tool, shell: CompletionShell) {
    self.tool = tool.named
    self.shell = shell
  }

  /// The script, made to be sourced or to be put where the shell looks for such scripts.
  public var text: String {
    switch shell {
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
