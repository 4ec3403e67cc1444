import CommandTable

extension Tool {
  /// What is wrong with the table itself, one sentence for each problem.
  ///
  /// Part of the tests, because a table needs to be checked once and not at every start.
  public func problems() -> [String] {
    nameProblems() + optionProblems() + operandProblems() + referenceProblems() + foreignProblems()
      + exampleProblems() + textProblems()
  }

  private func nameProblems() -> [String] {
    var problems = repeated(commands.map(\.name) + topics.map(\.name), "command or topic")
    problems += repeated(environment.map(\.name), "setting")
    problems += repeated(exitCodes.map { String($0.code) }, "exit code")
    for name in [CommandOption.help.name, CommandOption.version.name]
    where command(named: name) == nil {
      problems.append("there is no command '\(name)', which --\(name) stands for")
    }
    for name in subjects where !isName(name) {
      problems.append("'\(name)' is no name for a command")
    }
    for code in exitCodes where !(0...255).contains(code.code) {
      problems.append("\(code.code) is no exit code")
    }
    return problems
  }

  private func optionProblems() -> [String] {
    var problems: [String] = []
    for command in commands {
      problems += repeated(options(of: command).flatMap(\.spellings), "\(command.name): option")
    }
    for option in commonOptions + commands.flatMap(\.options) {
      if !isName(option.name) { problems.append("'\(option.name)' is no name for an option") }
      if option.repeats, option.value == nil {
        problems.append("--\(option.name): a flag that repeats says nothing more")
      }
      problems += valueProblems(option)
    }
    // The completions skip the values of options before they know the command.
    let flags = Set(
      (sharedOptions + commands.flatMap(\.options)).filter { $0.value == nil }.map(\.name))
    for spelling in valuedSpellings where flags.contains(String(spelling.drop { $0 == "-" })) {
      problems.append("\(spelling) takes a value with one command and none with another")
    }
    return problems
  }

  private func valueProblems(_ option: CommandOption) -> [String] {
    guard let value = option.value else { return [] }
    var problems = kindProblems(value.kind, "--\(option.name)")
    if let text = value.defaultValue, let expected = value.kind.expectation(missedBy: text) {
      problems.append("--\(option.name): the default '\(text)' is not \(expected)")
    }
    if value.kind == .topic || value.kind == .commandLine {
      problems.append("--\(option.name): an operand's kind of value")
    }
    return problems
  }

  private func kindProblems(_ kind: ValueKind, _ place: String) -> [String] {
    guard case .choice(let choices) = kind else { return [] }
    return repeated(choices, "\(place): choice")
      + choices.filter { !ShellWord.isPlain($0) }.map {
        "\(place): '\($0)' needs quoting in a shell"
      }
  }

  private func operandProblems() -> [String] {
    commands.flatMap { command in
      var problems = command.operands.flatMap {
        kindProblems($0.kind, "\(command.name) \($0.name)")
      }
      for operand in command.operands.dropLast()
      where operand.repeats || operand.kind == .commandLine {
        problems.append("\(command.name): \(operand.name) leaves nothing for the operands after it")
      }
      return problems
    }
  }

  /// Names are letters, digits and hyphens: no shell takes them for anything else.
  private func isName(_ name: String) -> Bool {
    !name.isEmpty && name.first != "-"
      && name.unicodeScalars.allSatisfy {
        ("a"..."z").contains($0) || ("0"..."9").contains($0) || $0 == "-"
      }
  }

  private func repeated(_ names: [String], _ what: String) -> [String] {
    var seen: Set<String> = []
    return names.filter { !seen.insert($0).inserted }.map { "\(what) '\($0)' is there twice" }
  }
}
