import CommandTable

/// `help [NAME]`, and what `--help` means anywhere
enum HelpCommand: Subcommand {
  static let name = "help"

  static let options: [Option] = [
    .flag("man", \.man, help: "Print the whole manual page, in mdoc, instead")
  ]

  static func row(for tool: String) -> Command {
    Command(
      name, section: "Help", summary: "explain a command or a topic",
      operands: [Operand("NAME", .topic, help: "A command or a topic", required: false)],
      options: options.map(\.option),
      exitCodes: ExitCode.list(),
      examples: [
        Example("\(tool) help login", "Everything about logging in"),
        Example("\(tool) help exit-codes", "What scripts can tell"),
        Example("\(tool) help --man | man -l -", "The manual page"),
      ])
  }

  static func run(_ call: Call) throws(Failure) -> ExitCode {
    if call.options.man {
      try call.console.data(ManPage(call.tool, date: Release.date).text)
      return .done
    }
    let subject = call.operands.first.flatMap { call.tool.subject(named: $0) }
    let output = call.context.standardOutput
    let environment = call.context.environment
    let isBold =
      output.isTerminal && !call.options.noColor && environment["NO_COLOR"] == nil
      && environment["TERM"] != "dumb"
    let page = HelpPage(
      call.tool, about: subject ?? .overview, width: output.columns() ?? 80,
      isBold: isBold)
    try call.console.data(page.text)
    return .done
  }
}
