import CommandTable

/// `help [NAME]`, and what `-h` and `--help` mean anywhere
enum HelpCommand: Subcommand {
  static let name = "help"
  static let failsOnOutput = false

  static let options: [Option] = [
    .flag("man", \.man, help: "Print the manual page instead, or that of the command or topic")
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
        Example("\(tool) help --man refresh | man -l -", "That of a command"),
      ])
  }

  static func run(_ call: Call) throws(Failure) -> ExitCode {
    let subject = call.operands.first.flatMap { call.tool.subject(named: $0) } ?? .overview
    if call.options.man {
      let page = ManPage(
        call.tool, about: subject, date: Release.date, release: Release.version)
      try call.console.data(page.text)
      return .done
    }
    let output = call.context.standardOutput
    let environment = call.context.environment
    let isBold =
      output.isTerminal && !call.options.noColor && environment["NO_COLOR"] == nil
      && environment["TERM"] != "dumb"
    let page = HelpPage(
      call.tool, about: subject, width: output.columns() ?? 80, isBold: isBold,
      isBrief: call.options.isBrief)
    try call.console.data(page.text)
    return .done
  }
}
