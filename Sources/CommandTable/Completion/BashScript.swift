/// The completion script for bash.
///
/// Bash breaks words at `=`, so `--name=value` arrives as three words, which the script joins. It also
/// works if the user has taken `=` out of COMP_WORDBREAKS.
struct BashScript {
  let tool: Tool

  private var function: String { tool.functionName }

  var text: String {
    """
    # bash completion for \(tool.name)

    # Adds what compgen finds to the replies; after --name= the words begin with $prefix. The
    # names of commands are quoted here, paths by bash itself.
    \(function)_reply() {
      local line
      while IFS= read -r line; do
        [[ $1 != -c || $current == */* ]] || printf -v line %q "$line"
        COMPREPLY+=("$prefix$line")
      done < <(compgen "$@" -- "$current")
    }

    # The same for paths, which bash then quotes; begun within quotes, they are left to bash itself.
    \(function)_paths() {
      compopt -o filenames 2>/dev/null
      \(function)_reply "$@"
      [[ ${#COMPREPLY[@]} -gt 0 ]] || compopt -o default 2>/dev/null
    }

    # The same for the last word of a list with commas.
    \(function)_list() {
      local begun=${current%"${current##*,}"}
      prefix+=$begun current=${current#"$begun"}
      compopt -o nospace 2>/dev/null
      \(function)_reply -W "$1"
    }

    \(function)_commands() {
      [[ $current != */* ]] || compopt -o filenames 2>/dev/null
      \(function)_reply -c
    }

    \(function)() {
      local current=${COMP_WORDS[COMP_CWORD]} prefix='' command='' option='' ended='' operands=0
      local word i
      COMPREPLY=()
      for ((i = 1; i < COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        if [[ -n $option ]]; then
          [[ $word == '=' ]] || option=''
          continue
        fi
        if [[ -z $ended ]]; then
          case $word in
            --) ended=yes; continue ;;
    \(valued)        -?*) continue ;;
          esac
        fi
        if [[ -z $command ]]; then command=$word; else operands=$((operands + 1)); fi
    \(commandLines)  done

      if [[ -n $option ]]; then
        [[ $current != '=' ]] || current=''
      elif [[ -z $ended && $current == --*=* ]]; then
        option=${current%%=*} prefix=${current%%=*}= current=${current#*=}
      fi
      if [[ -n $option ]]; then
        case "$command $option" in
    \(values)    esac
      elif [[ -z $ended && $current == -* ]]; then
        case $command in
    \(options)    esac
      elif [[ -z $command ]]; then
        \(function)_reply -W \(words(tool.commands.map(\.name)))
      else
        case "$command $operands" in
    \(operands)    esac
      fi
    }

    complete -F \(function) -- \(Quoted.bash(tool.name))

    """
  }

  private var valued: String {
    let spellings = tool.valuedSpellings
    guard !spellings.isEmpty else { return "" }
    return "        \(spellings.joined(separator: " | "))) option=$word; continue ;;\n"
  }

  /// The first word of another program's command line ends the options.
  private var commandLines: String {
    tool.commands.compactMap { command in
      command.commandLineStart.map {
        "    [[ $command != \(Quoted.bash(command.name)) || $operands -le \($0) ]] || ended=yes\n"
      }
    }.joined()
  }

  private var values: String {
    let own = tool.commands.flatMap { command in
      command.options.compactMap { option in
        option.value.map { entry("\(command.name) --\(option.name)", $0.kind) }
      }
    }
    let common = tool.commonOptions.compactMap { option in
      option.value.map { entry(any: " --\(option.name)", $0.kind) }
    }
    return (own + common).joined()
  }

  private var options: String {
    let own = tool.commands.map { command in
      let spellings = tool.options(of: command).flatMap(\.spellings)
      return "      \(Quoted.bash(command.name))) \(function)_reply -W \(words(spellings)) ;;\n"
    }
    let common = tool.sharedOptions.flatMap(\.spellings)
    return own.joined() + "      '') \(function)_reply -W \(words(common)) ;;\n"
  }

  private var operands: String {
    tool.commands.flatMap { command in
      command.operands.enumerated().map { index, operand in
        if operand.kind == .commandLine {
          return entry("\(command.name) \(index)", .command)
            + entry(any: "", prefix: "\(command.name) ", .file)
        }
        return operand.repeats
          ? entry(any: "", prefix: "\(command.name) ", operand.kind)
          : entry("\(command.name) \(index)", operand.kind)
      }
    }.joined()
  }

  private func entry(_ pattern: String, _ kind: ValueKind) -> String {
    "      \(Quoted.bash(pattern))) \(action(kind)) ;;\n"
  }

  private func entry(any suffix: String, prefix: String = "", _ kind: ValueKind) -> String {
    let parts = [prefix, "*", suffix].filter { !$0.isEmpty }
    let pattern = parts.map { $0 == "*" ? $0 : Quoted.bash($0) }.joined()
    return "      \(pattern)) \(action(kind)) ;;\n"
  }

  private func action(_ kind: ValueKind) -> String {
    switch kind {
    case .file: "\(function)_paths -f"
    case .command, .commandLine: "\(function)_commands"
    case .choice(let choices): "\(function)_reply -W \(words(choices))"
    case .list(let list): "\(function)_list \(words(list))"
    case .seconds: "\(function)_reply -W \(words(ValueKind.durations))"
    case .topic: "\(function)_reply -W \(words(tool.subjects))"
    case .text, .port: ":"
    }
  }

  /// A list for `compgen -W`, which expands it once more.
  private func words(_ list: [String]) -> String {
    Quoted.bash(list.map(Quoted.escaped).joined(separator: " "))
  }
}
