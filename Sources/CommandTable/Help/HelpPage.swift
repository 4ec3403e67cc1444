/// Help for a terminal, about the tool, a command or a topic.
public struct HelpPage: Sendable {
  let tool: Tool
  let subject: HelpSubject
  let width: Int
  let style: HelpStyle

  /// A page about `subject` for a terminal of `width` columns; it uses 88 at most.
  public init(
    _ tool: Tool, about subject: HelpSubject = .overview, width: Int = 80, style: HelpStyle = .plain
  ) {
    self.tool = tool.named
    self.subject = subject.naming(tool.name)
    self.width = width
    self.style = style
  }

  /// The page, with a line feed at its end.
  public var text: String {
    var page = PageWriter(width: width, style: style)
    switch subject {
    case .overview: overview(&page)
    case .command(let command): describe(command, on: &page)
    case .topic(let topic): explain(topic, on: &page)
    }
    return page.text
  }

  private func overview(_ page: inout PageWriter) {
    page.prose("\(tool.name): \(tool.summary)")
    page.heading("Usage:")
    page.line("\(tool.name) COMMAND [OPTIONS]", indent: 2)
    for (section, commands) in tool.sections {
      page.heading("\(section):")
      page.rows(commands.map { ($0.name, $0.summary) }, peers: tool.subjects)
    }
    options(tool.sharedOptions, under: "Options for every command:", on: &page)
    if !tool.topics.isEmpty {
      page.heading("Topics:")
      page.rows(tool.topics.map { ($0.name, $0.summary) }, peers: tool.subjects)
    }
    page.prose("`\(tool.name) help NAME` explains a command or a topic.")
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
}
