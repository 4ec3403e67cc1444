/// The completion script for zsh, made of `_arguments`.
struct ZshScript {
  let tool: Tool

  private var function: String { tool.functionName }

  var text: String {
    """
    #compdef \(tool.name)
    # zsh completion for \(tool.name)

    \(function)() {
      local curcontext="$curcontext" state state_descr line ret=1
      typeset -A opt_args
      _arguments -C -S \\
    \(specs(of: tool.sharedOptions))    '(-)1:command:\(function)_commands' \\
        '(-)*:: :->operands' && ret=0
      [[ $state == operands ]] || return ret
      curcontext="${curcontext%:*:*}:\(tool.name)-$line[1]:"
      case $line[1] in
    \(tool.commands.map(branch).joined())  esac
      return ret
    }

    \(list("commands", tool.commands.map { ($0.name, $0.summary) }))
    \(list("subjects", subjects))
    # From a folder of fpath, under whatever file name, it is called at once; sourced, it registers.
    if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
      \(function) "$@"
    else
      compdef \(function) \(Quoted.bash(tool.name))
    fi

    """
  }

  private var subjects: [(String, String)] {
    tool.commands.map { ($0.name, $0.summary) } + tool.topics.map { ($0.name, $0.summary) }
  }

  private func branch(_ command: Command) -> String {
    """
        \(Quoted.bash(command.name)))
          _arguments -S \\
    \(specs(of: tool.options(of: command), indent: 8))\(operands(of: command))        && ret=0
          ;;

    """
  }

  private func specs(of options: [CommandOption], indent: Int = 4) -> String {
    let margin = String(repeating: " ", count: indent)
    return options.flatMap { option in
      option.spellings.map { "\(margin)\(spec(option, spelling: $0)) \\\n" }
    }.joined()
  }

  private func spec(_ option: CommandOption, spelling: String) -> String {
    let others = option.repeats ? "*" : "(\(option.spellings.joined(separator: " ")))"
    let help = "[\(escaped(option.brief, "[]:"))]"
    guard let value = option.value else { return Quoted.bash("\(others)\(spelling)\(help)") }
    return Quoted.bash(
      "\(others)\(spelling)=\(help):\(escaped(value.name, ":")):\(action(value.kind))")
  }

  private func operands(of command: Command) -> String {
    command.operands.enumerated().map { index, operand in
      let spec =
        switch (operand.kind, operand.repeats) {
        case (.commandLine, _):
          // The other program's name ends the options; the rest is completed as for that program.
          [
            "(-)\(index + 1):\(operand.name):_command_names -e",
            "*::\(operand.name):_normal",
          ]
        case (let kind, true): ["*:\(operand.name):\(action(kind))"]
        case (let kind, false): ["\(index + 1):\(operand.name):\(action(kind))"]
        }
      return spec.map { "        \(Quoted.bash($0)) \\\n" }.joined()
    }.joined()
  }

  private func action(_ kind: ValueKind) -> String {
    switch kind {
    case .file: "_files"
    case .command, .commandLine: "_command_names -e"
    case .choice(let choices): "(\(choices.map(Quoted.escaped).joined(separator: " ")))"
    case .list(let words): "_values -s , word \(words.joined(separator: " "))"
    case .seconds: "(\(ValueKind.durations.joined(separator: " ")))"
    case .topic: "\(function)_subjects"
    case .text, .port: " "
    }
  }

  private func list(_ name: String, _ rows: [(String, String)]) -> String {
    let lines = rows.map { term, text in
      let text = Prose.words(text[...]).map(\.plain).joined(separator: " ")
      return "    \(Quoted.bash("\(escaped(term, ":")):\(escaped(text, ":"))"))\n"
    }
    return """
      \(function)_\(name)() {
        local -a entries
        entries=(
      \(lines.joined())  )
        _describe \(name) entries
      }

      """
  }

  /// Escapes the characters that `_arguments` and `_describe` treat specially.
  private func escaped(_ text: String, _ special: String) -> String {
    text.unicodeScalars.map {
      special.unicodeScalars.contains($0) || $0 == "\\" ? "\\\($0)" : String($0)
    }.joined()
  }
}
