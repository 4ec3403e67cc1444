extension HelpPage {
  func describe(_ command: Command, on page: inout PageWriter) {
    page.prose("\(tool.name) \(command.name): \(command.summary)")
    page.heading("Usage:")
    page.line(tool.usage(of: command), indent: 2)
    page.prose(command.discussion)
    operands(of: command, on: &page)
    options(command.options, under: "Options:", on: &page)
    options(tool.sharedOptions, under: "Options for every command:", on: &page)
    settings(of: command, on: &page)
    examples(of: command, on: &page)
    exitCodes(of: command, on: &page)
  }

  func options(
    _ options: [CommandOption], under heading: String, on page: inout PageWriter
  ) {
    guard !options.isEmpty else { return }
    page.heading(heading)
    page.rows(options.map { ($0.usage, $0.fullHelp) })
  }

  private func operands(of command: Command, on page: inout PageWriter) {
    let explained = command.operands.filter { !$0.help.isEmpty }
    guard !explained.isEmpty else { return }
    page.heading("Arguments:")
    page.rows(explained.map { ($0.name, $0.help) })
  }

  private func settings(of command: Command, on page: inout PageWriter) {
    let settings = tool.environment.filter { command.environment.contains($0.name) }
    guard !settings.isEmpty else { return }
    page.heading("Environment:")
    page.rows(settings.map { ($0.name, $0.fullHelp) })
  }

  private func examples(of command: Command, on page: inout PageWriter) {
    guard !command.examples.isEmpty else { return }
    page.heading("Examples:")
    for (index, example) in command.examples.enumerated() {
      if index > 0 { page.blank() }
      page.wrap(Prose.words("\(example.explanation):"), first: 2, next: 2)
      page.line(example.command, indent: 6)
    }
  }

  private func exitCodes(of command: Command, on page: inout PageWriter) {
    let codes = tool.exitCodes.filter { command.exitCodes.contains($0.code) }
    guard !codes.isEmpty else { return }
    page.heading("Exit codes:")
    page.rows(codes.map { ($0.label, $0.meaning) })
  }
}

extension Tool {
  /// The one-line form of a call: `xauth header [OPTIONS] [METHOD] URL`.
  func usage(of command: Command) -> String {
    var words = [name, command.name, "[OPTIONS]"]
    for operand in command.operands {
      if operand.kind == .commandLine { words.append("--") }
      words.append(operand.usage)
    }
    return words.joined(separator: " ")
  }
}
