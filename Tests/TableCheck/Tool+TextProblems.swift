import CommandTable

extension Tool {
  func referenceProblems() -> [String] {
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
  func foreignProblems() -> [String] {
    let first = commands.map(\.name) + sharedOptions.flatMap(\.spellings)
    return first.filter { word in foreignCalls.contains { $0.begins(with: word) } }
      .map { "'\($0)' would be taken for a call of another program" }
  }

  func exampleProblems() -> [String] {
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

  func textProblems() -> [String] {
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
      // Commands are items of a list in the man page, where mdoc(7) allows no sections.
      problems.append("\(command.name): a heading in the discussion")
    }
    return problems + widthProblems()
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
}
