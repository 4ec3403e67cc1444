import CommandTable

extension Tool {
  /// What is wrong with the table itself, one sentence for each problem.
  ///
  /// Part of the tests, because a table needs to be checked once and not at every start.
  public func problems() -> [String] {
    nameProblems() + synonymProblems() + optionProblems() + operandProblems() + referenceProblems()
      + foreignProblems()
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

  /// A synonym that means something by itself would never be looked up.
  private func synonymProblems() -> [String] {
    synonyms.sorted { $0.key < $1.key }.flatMap { word, name -> [String] in
      var problems: [String] = []
      if command(named: name) == nil { problems.append("'\(word)' leads to no command '\(name)'") }
      if subjects.contains(word) || foreignCalls.contains(where: { $0.begins(with: word) }) {
        problems.append("'\(word)' is no synonym: it means something else")
      }
      return problems
    }
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

  private func referenceProblems() -> [String] {
    let settings = Set(environment.map(\.name))
    let codes = Set(exitCodes.map(\.code))
    var problems: [String] = []
    for command in commands {
      for name in command.environment where !settings.contains(name) {
        problems.append("\(command.name): the setting \(name) is not documented")
      }
      for code in command.exitCodes where !codes.contains(code) {
        problems.append("\(command.name): the exit code \(code) is not documented")
      }
    }
    for option in commonOptions + commands.flatMap(\.options) {
      if let name = option.value?.environment, !settings.contains(name) {
        problems.append("--\(option.name): the setting \(name) is not documented")
      }
    }
    return problems
  }

  /// The tool's own words must not look like a call of the other program.
  private func foreignProblems() -> [String] {
    let first = commands.map(\.name) + sharedOptions.flatMap(\.spellings)
    return first.filter { word in foreignCalls.contains { $0.begins(with: word) } }
      .map { "'\($0)' would be taken for a call of another program" }
  }

  private func exampleProblems() -> [String] {
    commands.flatMap { command in
      command.examples.flatMap { example -> [String] in
        let calls = ShellLine(example.command).calls(of: name)
        if calls.isEmpty { return ["\(command.name): '\(example.command)' doesn't call \(name)"] }
        return calls.compactMap { arguments in
          do throws(UsageError) {
            _ = try parse(arguments)
            return nil
          } catch {
            return "\(command.name): '\(example.command)': \(error.message)"
          }
        }
      }
    }
  }

  private func textProblems() -> [String] {
    var problems: [String] = []
    let summaries =
      [(name, summary)] + commands.map { ($0.name, $0.summary) }
      + topics.map { ($0.name, $0.summary) }
    for (name, summary) in summaries {
      if summary.isEmpty { problems.append("\(name): no summary") }
      if summary.last == "." { problems.append("\(name): a full stop after the summary") }
    }
    // One line of a completion's list has room for one sentence.
    for option in commonOptions + commands.flatMap(\.options) {
      if option.help.isEmpty { problems.append("--\(option.name): no help") }
      if option.help.contains(/\.(\s|$)/) {
        problems.append("--\(option.name): a full stop in the help")
      }
    }
    for command in commands where hasHeading(command.discussion) {
      // Commands are items of a list in the man page, where man(7) has no headings.
      problems.append("\(command.name): a heading in the discussion")
    }
    return problems + widthProblems() + briefProblems()
  }

  /// With `-h` every page fits on a screen of 80 columns and 24 lines, the next prompt included.
  private func briefProblems() -> [String] {
    ([.overview] + commands.map(HelpSubject.command)).flatMap { subject -> [String] in
      let lines = HelpPage(self, about: subject, width: 80, isBrief: true).text
        .split(separator: "\n", omittingEmptySubsequences: false)
      let tooLong = lines.filter { $0.count > 80 }.map { "too long for 80 columns: '\($0)'" }
      return lines.count > 24
        ? tooLong + ["\(lines[0]): -h has \(lines.count - 1) lines"] : tooLong
    }
  }

  /// In a terminal of 80 columns every line of every page fits.
  private func widthProblems() -> [String] {
    let pages = [HelpSubject.overview] + subjects.compactMap(subject)
    return pages.flatMap { subject in
      HelpPage(self, about: subject, width: 80).text.split(separator: "\n")
        .filter { $0.count > 80 }.map { "too long for 80 columns: '\($0)'" }
    }
  }

  private func hasHeading(_ prose: String) -> Bool {
    prose.split(separator: "\n").contains { $0.hasPrefix("# ") }
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
