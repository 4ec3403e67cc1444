extension ManPage {
  func commands(_ page: inout Mdoc) {
    page.macro("Sh", "COMMANDS")
    for (section, commands) in tool.sections {
      page.macro("Ss", Mdoc.argument(section))
      page.macro("Bl", "-tag", "-width", "Ds")
      for command in commands { describe(command, on: &page) }
      page.macro("El")
    }
  }

  private func describe(_ command: Command, on page: inout Mdoc) {
    page.macro("It", "Xo")
    page.macro("Ic", Mdoc.argument(command.name))
    for option in command.options {
      page.macro("Op", Mdoc.option(option, spelling: "--\(option.name)"))
    }
    for operand in command.operands { page.macro(synopsis(of: operand)) }
    page.macro("Xc")
    page.flow(Prose.words("\(command.summary.capitalizedFirst)."))
    prose(command.discussion, on: &page)
    list(
      command.operands.filter { !$0.help.isEmpty }.map {
        ("Ar \(Mdoc.argument($0.name))", $0.help)
      },
      on: &page)
    options(command.options, on: &page)
    settings(of: command, on: &page)
    exits(of: command, on: &page)
  }

  func options(_ options: [CommandOption], on page: inout Mdoc) {
    list(
      options.map { option in
        let calls = option.spellings.map { Mdoc.option(option, spelling: $0) }
        return (calls.joined(separator: " , "), option.fullHelp)
      }, on: &page)
  }

  private func list(_ rows: [(term: String, text: String)], on page: inout Mdoc) {
    guard !rows.isEmpty else { return }
    page.macro("Bl", "-tag", "-width", "Ds")
    for (term, text) in rows {
      page.macro("It", term)
      page.flow(Prose.words(text[...]))
    }
    page.macro("El")
  }

  private func synopsis(of operand: Operand) -> String {
    let separator = operand.kind == .commandLine ? "Fl \\- " : ""
    let dots = operand.repeats ? " ..." : ""
    let call = "\(separator)Ar \(Mdoc.argument(operand.name))\(dots)"
    return operand.required ? call : "Op \(call)"
  }

  private func settings(of command: Command, on page: inout Mdoc) {
    guard !command.environment.isEmpty else { return }
    let names = command.environment.map { "`\($0)`" }
    page.macro("Pp")
    page.flow(Prose.words("Heeds \(names.listed(with: "and"))."))
  }

  private func exits(of command: Command, on page: inout Mdoc) {
    let labels = tool.exitCodes.filter { command.exitCodes.contains($0.code) }.map(\.label)
    guard !labels.isEmpty else { return }
    page.macro("Pp")
    page.flow(Prose.words("Exits with \(labels.listed(with: "or"))."))
  }
}

extension String {
  /// This text with its first letter in upper case, as a sentence begins.
  var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
