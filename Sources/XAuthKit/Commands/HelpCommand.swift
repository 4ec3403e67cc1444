import CommandTable

/// `help [NAME]`, and what `--help` means anywhere
enum HelpCommand: Subcommand {
  static let row = Command(
    "help", section: "Help", summary: "explain a command or a topic",
    operands: [Operand("NAME", .topic, help: "A command or a topic", required: false)],
    options: [CommandOption("man", help: "Print the whole manual page, in mdoc, instead")],
    exitCodes: [0, 1, 2],
    examples: [
      Example("{tool} help login", "Everything about logging in"),
      Example("{tool} help exit-codes", "What scripts can tell"),
      Example("{tool} help --man | man -l -", "The manual page"),
    ])

  static func run(_ call: Call) throws(Failure) -> ExitCode {
    if call.invocation.flag("man") {
      try call.console.data(ManPage(call.tool, date: Release.date).text)
      return .done
    }
    let subject = call.invocation.operands.first.flatMap { call.tool.subject(named: $0) }
    let output = call.context.standardOutput
    let environment = call.context.environment
    let isBold =
      output.isTerminal && !call.invocation.flag("no-color") && environment["NO_COLOR"] == nil
      && environment["TERM"] != "dumb"
    let page = HelpPage(
      call.tool, about: subject ?? .overview, width: output.columns() ?? 80,
      style: isBold ? .bold : .plain)
    try call.console.data(page.text)
    return .done
  }
}
