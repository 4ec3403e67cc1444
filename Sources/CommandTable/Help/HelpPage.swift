/// What a help page can be about.
public enum HelpSubject: Sendable, Equatable {
  /// The tool: its commands, common options and topics.
  case overview
  /// One command.
  case command(Command)
  /// One topic.
  case topic(HelpTopic)
}

extension Tool {
  /// The command or the topic called `name`; nil when there is neither.
  public func subject(named name: String) -> HelpSubject? {
    if let command = command(named: name) { return .command(command) }
    return topic(named: name).map(HelpSubject.topic)
  }
}

/// Help for a terminal, about the tool, a command or a topic.
public struct HelpPage: Sendable {
  private let tool: Tool
  private let subject: HelpSubject
  private let width: Int
  private let isBold: Bool
  private let isBrief: Bool

  /// A page about `subject` for a terminal of `width` columns; it uses 88 at most.
  ///
  /// With `isBold` the headings are bold, by ECMA-48's SGR: not for pipes, dumb terminals and
  /// `NO_COLOR`. With `isBrief` the page of the tool or a command fits on a screen of 24 lines.
  public init(
    _ tool: Tool, about subject: HelpSubject = .overview, width: Int = 80, isBold: Bool = false,
    isBrief: Bool = false
  ) {
    self.tool = tool
    self.subject = subject
    self.width = width
    self.isBold = isBold
    self.isBrief = isBrief
  }

  /// The page, with a line feed at its end.
  public var text: String {
    var page = PageWriter(width: width, isBold: isBold)
    switch subject {
    case .overview where isBrief: briefOverview(&page)
    case .command(let command) where isBrief: brief(command, on: &page)
    case .overview: overview(&page)
    case .command(let command): describe(command, on: &page)
    case .topic(let topic): explain(topic, on: &page)
    }
    return page.text
  }

  private func briefOverview(_ page: inout PageWriter) {
    page.prose("\(tool.name): \(tool.summary)")
    page.blank()
    page.line("Usage: \(tool.name) COMMAND [OPTIONS]")
    page.blank()
    page.rows(tool.commands.map { ($0.name, $0.summary) })
    let first = tool.firstTopic.map { "Begin with `\(tool.name) help \($0)`. " } ?? ""
    page.prose(
      "\(first)`\(tool.name) COMMAND -h` shows a command, `\(tool.name) --help` everything.")
  }

  private func brief(_ command: Command, on page: inout PageWriter) {
    page.prose("\(tool.name) \(command.name): \(command.summary)")
    page.blank()
    page.line("Usage: \(tool.usage(of: command))")
    if !command.options.isEmpty {
      page.blank()
      page.rows(command.options.map { ($0.usage, $0.help) })
    }
    page.blank()
    for example in command.examples.prefix(2) { page.line("$ \(example.command)", indent: 2) }
    page.prose(
      "`\(tool.name) \(command.name) --help` explains it, with the options that every command takes."
    )
  }

  private func overview(_ page: inout PageWriter) {
    page.prose("\(tool.name): \(tool.summary)")
    page.heading("Usage:")
    page.line("\(tool.name) COMMAND [OPTIONS]", indent: 2)
    for (section, commands) in tool.sections {
      page.section(
        "\(section):", commands.map { ($0.name, $0.summary) }, peers: tool.subjects)
    }
    page.section("Options for every command:", options(tool.sharedOptions))
    page.section(
      "Topics:", tool.topics.map { ($0.name, $0.summary) }, peers: tool.subjects)
    page.prose("`\(tool.name) help NAME` explains a command or a topic.")
  }

  private func describe(_ command: Command, on page: inout PageWriter) {
    page.prose("\(tool.name) \(command.name): \(command.summary)")
    page.heading("Usage:")
    page.line(tool.usage(of: command), indent: 2)
    page.prose(command.discussion)
    let operands = command.operands.filter { !$0.help.isEmpty }
    page.section("Arguments:", operands.map { ($0.name, $0.help) })
    page.section("Options:", options(command.options))
    page.section("Options for every command:", options(tool.sharedOptions))
    let settings = tool.environment.filter { command.environment.contains($0.name) }
    page.section("Environment:", settings.map { ($0.name, $0.fullHelp) })
    examples(of: command, on: &page)
    let codes = tool.exitCodes.filter { command.exitCodes.contains($0.code) }
    page.section("Exit codes:", codes.map { ($0.label, $0.meaning) })
  }

  private func options(_ options: [CommandOption]) -> [(term: String, text: String)] {
    options.map { ($0.usage, $0.fullHelp) }
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

  private func explain(_ topic: HelpTopic, on page: inout PageWriter) {
    page.prose("\(topic.name): \(topic.summary)")
    page.prose(topic.text)
    page.blank()
    switch topic.listing {
    case .environment: page.rows(tool.environment.map { ($0.name, $0.fullHelp) })
    case .exitCodes: page.rows(tool.exitCodes.map { ($0.label, $0.meaning) })
    case nil: break
    }
  }
}

extension Tool {
  /// The commands under their headings, both in the order of the table.
  var sections: [(name: String, commands: [Command])] {
    var names: [String] = []
    for command in commands where !names.contains(command.section) { names.append(command.section) }
    return names.map { name in (name, commands.filter { $0.section == name }) }
  }

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
