/// The completion script for fish.
struct FishScript {
  let tool: Tool

  private var function: String { "_\(tool.functionName)" }
  private var name: String { Quoted.fish(tool.name) }

  var text: String {
    """
    # fish completion for \(tool.name)

    # Prints the command and the operands that are on the command line so far.
    function \(function)_words
      set -l tokens (commandline -opc)
      set -e tokens[1]
      set -l words
      set -l valued \(tool.valuedSpellings.map(Quoted.fish).joined(separator: " "))
      while set -q tokens[1]
        set -l token $tokens[1]
        set -e tokens[1]
        if test "$token" = --
          set -a words $tokens
          break
        else if contains -- "$token" $valued
          set -e tokens[1]
        else if not string match -q -- '-?*' "$token"
          set -a words $token
    \(commandLines)    end
      end
      set -q words[1]; and printf '%s\\n' $words
    end

    # Whether the command is this one; with a number, whether so many operands precede the cursor.
    function \(function)_in
      set -l words (\(function)_words)
      test "$words[1]" = "$argv[1]"; or return 1
      set -q argv[2]; or return 0
      test (count $words) -eq (math $argv[2] + 1)
    end

    # Whether there is no command yet.
    function \(function)_bare
      set -l words (\(function)_words)
      not set -q words[1]
    end

    # Completes another program's command line: our words but the first one, the command's name.
    function \(function)_rest
      set -l words (\(function)_words)
      set -e words[1]
      set -l line (string join ' ' -- (string escape -- $words) (commandline -ct))
      string match -q -- '-*' "$line"; or complete -C "$line"
    end

    complete -c \(name) -e
    complete -c \(name) -f
    \(tool.sharedOptions.map { option($0, condition: nil) }.joined())
    \(tool.commands.map(lines).joined(separator: "\n"))
    """
  }

  private var commandLines: String {
    tool.commands.compactMap { command in
      command.commandLineStart.map {
        """
              if test "$words[1]" = \(Quoted.fish(command.name)) -a (count $words) -gt \($0 + 1)
                set -a words $tokens
                break
              end

        """
      }
    }.joined()
  }

  private func lines(for command: Command) -> String {
    let inCommand = "\(function)_in \(Quoted.fish(command.name))"
    // Options after another program's name belong to that program.
    let beforeOptions = command.commandLineStart.map { "\(inCommand) \($0)" } ?? inCommand
    return line("\(function)_bare", "-a \(Quoted.fish(command.name))", command.summary)
      + command.options.map { option($0, condition: beforeOptions) }.joined()
      + command.operands.enumerated().map { index, operand in
        let condition = operand.repeats ? inCommand : "\(inCommand) \(index)"
        return offers(of: operand, under: condition)
      }.joined()
  }

  private func offers(of operand: Operand, under condition: String) -> String {
    switch operand.kind {
    case .commandLine: line(condition, "-a '(\(function)_rest)'", "")
    case .topic:
      tool.commands.map { line(condition, "-a \(Quoted.fish($0.name))", $0.summary) }.joined()
        + tool.topics.map { line(condition, "-a \(Quoted.fish($0.name))", $0.summary) }.joined()
    case let kind:
      argument(kind, exclusive: "").map { line(condition, $0, "") } ?? ""
    }
  }

  private func option(_ option: CommandOption, condition: String?) -> String {
    var words = "-l \(Quoted.fish(option.name))"
    if let short = option.short { words += " -s \(Quoted.fish(String(short)))" }
    if let value = option.value { words += " " + (argument(value.kind, exclusive: "-x ") ?? "-x") }
    return line(condition, words, option.brief)
  }

  /// What to offer for a value; `exclusive` keeps fish from offering files too.
  private func argument(_ kind: ValueKind, exclusive: String) -> String? {
    switch kind {
    case .file: exclusive.isEmpty ? "-F" : "-r -F"
    case .command: exclusive + "-a '(__fish_complete_command)'"
    case .choice(let choices):
      exclusive + "-a \(Quoted.fish(choices.map(Quoted.escaped).joined(separator: " ")))"
    case .list(let words):
      exclusive + "-a \(Quoted.fish("(__fish_append , \(words.joined(separator: " ")))"))"
    case .seconds: exclusive + "-a \(Quoted.fish(ValueKind.durations.joined(separator: " ")))"
    case .text, .port, .topic, .commandLine: nil
    }
  }

  private func line(_ condition: String?, _ words: String, _ description: String) -> String {
    let text = Prose.words(description[...]).map(\.plain).joined(separator: " ")
    let when = condition.map { "-n \(Quoted.fish($0)) " } ?? ""
    let what = text.isEmpty ? "" : " -d \(Quoted.fish(text))"
    return "complete -c \(name) \(when)\(words)\(what)\n"
  }
}
