/// A manual page in man(7), as Linux programs have them: of the tool, of one command, or of a topic.
public struct ManPage: Sendable {
  private let tool: Tool
  private let subject: HelpSubject
  private let date: String
  private let release: String

  /// The page about `subject`. `date` is that of the release, `2026-08-01`, and `release` its version.
  public init(_ tool: Tool, about subject: HelpSubject = .overview, date: String, release: String) {
    self.tool = tool
    self.subject = subject
    self.date = date
    self.release = release
  }

  /// The page's source: ASCII, clean under `mandoc -T lint`.
  public var text: String {
    var page = Roff()
    switch subject {
    case .overview: overview(&page)
    case .command(let command): describe(command, on: &page)
    case .topic(let topic): explain(topic, on: &page)
    }
    return page.text
  }

  // MARK: The tool

  private func overview(_ page: inout Roff) {
    head(tool.name, tool.summary, section: "1", on: &page)
    page.request("SH", "SYNOPSIS")
    let command = "\(Roff.bold(tool.name)) \(Roff.italic("COMMAND"))"
    page.line("\(command) [\(Roff.italic("OPTIONS"))] [\(Roff.italic("ARGUMENTS"))]")
    page.request("SH", "DESCRIPTION")
    prose(tool.description, followsHeading: true, on: &page)
    page.request("SH", "OPTIONS")
    page.flow(Prose.words("Every command takes these, before or after its name:"))
    options(tool.sharedOptions, on: &page)
    page.request("SH", "COMMANDS")
    for (section, commands) in tool.sections {
      page.request("SS", section)
      for command in commands { item(command, on: &page) }
    }
    exitStatus(tool.exitCodes, on: &page)
    environment(tool.environment, on: &page)
    topics(&page) { $0.name == "files" }
    examples(tool.commands.flatMap(\.examples), on: &page)
    topics(&page) { $0.name != "files" }
    seeAlso(tool.seeAlso, on: &page)
  }

  /// A command in the list of all: as it is typed, what it does, and its own options.
  private func item(_ command: Command, on page: inout Roff) {
    page.term(synopsis(of: command))
    page.flow(Prose.words("\(command.summary.capitalizedFirst)."))
    guard !command.discussion.isEmpty || !command.options.isEmpty else { return }
    page.request("RS")
    prose(command.discussion, on: &page)
    operands(of: command, on: &page)
    options(command.options, on: &page)
    page.request("RE")
  }

  // MARK: A command, a topic

  private func describe(_ command: Command, on page: inout Roff) {
    head("\(tool.name)-\(command.name)", command.summary, section: "1", on: &page)
    page.request("SH", "SYNOPSIS")
    page.line("\(Roff.bold(tool.name)) \(synopsis(of: command))")
    page.request("SH", "DESCRIPTION")
    page.flow(Prose.words("\(command.summary.capitalizedFirst)."))
    prose(command.discussion, on: &page)
    operands(of: command, on: &page)
    page.request("SH", "OPTIONS")
    options(tool.options(of: command), on: &page)
    exitStatus(tool.exitCodes.filter { command.exitCodes.contains($0.code) }, on: &page)
    environment(tool.environment.filter { command.environment.contains($0.name) }, on: &page)
    examples(command.examples, on: &page)
    seeAlso(["\(tool.name)(1)"], on: &page)
  }

  private func explain(_ topic: HelpTopic, on page: inout Roff) {
    head("\(tool.name)-\(topic.name)", topic.summary, section: "7", on: &page)
    page.request("SH", "DESCRIPTION")
    prose(topic.text, followsHeading: true, on: &page)
    listing(topic.listing, on: &page)
    seeAlso(["\(tool.name)(1)"], on: &page)
  }

  // MARK: Sections

  private func head(_ name: String, _ summary: String, section: String, on page: inout Roff) {
    page.request(
      "TH", name.uppercased(), section, date, "\(tool.name) \(release)",
      section == "1" ? "User Commands" : "Miscellaneous")
    page.request("SH", "NAME")
    page.line("\(Roff.escaped(name, hyphens: true)) \\- \(Roff.escaped(summary))")
  }

  /// `header [OPTIONS] [METHOD] URL`.
  private func synopsis(of command: Command) -> String {
    var pieces = [Roff.bold(command.name)]
    if !command.options.isEmpty { pieces.append("[\(Roff.italic("OPTIONS"))]") }
    for operand in command.operands {
      if operand.kind == .commandLine { pieces.append(Roff.bold("--")) }
      let word = Roff.italic(operand.name) + (operand.repeats ? " ..." : "")
      pieces.append(operand.required ? word : "[\(word)]")
    }
    return pieces.joined(separator: " ")
  }

  private func operands(of command: Command, on page: inout Roff) {
    list(
      command.operands.filter { !$0.help.isEmpty }.map { (Roff.italic($0.name), $0.help) },
      on: &page)
  }

  private func options(_ options: [CommandOption], on page: inout Roff) {
    list(
      options.map { option in
        let value = option.value.map { " \(Roff.italic($0.name))" } ?? ""
        return (
          option.spellings.map { Roff.bold($0) + value }.joined(separator: ", "), option.fullHelp
        )
      }, on: &page)
  }

  private func exitStatus(_ codes: [ExitCodeDoc], on page: inout Roff) {
    guard !codes.isEmpty else { return }
    page.request("SH", "EXIT STATUS")
    introduction(to: .exitCodes, on: &page)
    list(codes.map { (Roff.bold($0.label), $0.meaning) }, on: &page)
  }

  private func environment(_ settings: [SettingDoc], on page: inout Roff) {
    guard !settings.isEmpty else { return }
    page.request("SH", "ENVIRONMENT")
    introduction(to: .environment, on: &page)
    list(settings.map { (Roff.bold($0.name), $0.fullHelp) }, on: &page)
  }

  /// The text of the topic that shows this part of the table, where the page is about the whole tool.
  private func introduction(to listing: HelpTopic.Listing, on page: inout Roff) {
    guard subject == .overview, let topic = tool.topics.first(where: { $0.listing == listing })
    else { return }
    prose(topic.text, followsHeading: true, on: &page)
  }

  private func listing(_ listing: HelpTopic.Listing?, on page: inout Roff) {
    switch listing {
    case .environment: list(tool.environment.map { (Roff.bold($0.name), $0.fullHelp) }, on: &page)
    case .exitCodes: list(tool.exitCodes.map { (Roff.bold($0.label), $0.meaning) }, on: &page)
    case nil: break
    }
  }

  private func examples(_ examples: [Example], on page: inout Roff) {
    guard !examples.isEmpty else { return }
    page.request("SH", "EXAMPLES")
    for (index, example) in examples.enumerated() {
      if index > 0 { page.request("PP") }
      page.flow(Prose.words("\(example.explanation):"))
      page.display([example.command])
    }
  }

  /// The topics that have a section of their own and of which `isIncluded` holds.
  private func topics(_ page: inout Roff, where isIncluded: (HelpTopic) -> Bool) {
    for topic in tool.topics where topic.listing == nil && isIncluded(topic) {
      page.request("SH", topic.name.uppercased())
      prose(topic.text, followsHeading: true, on: &page)
    }
  }

  private func seeAlso(_ pages: [String], on page: inout Roff) {
    guard !pages.isEmpty else { return }
    page.request("SH", "SEE ALSO")
    page.line(
      pages.map { name in
        let parts = name.split(separator: "(", maxSplits: 1)
        return Roff.bold(String(parts[0])) + (parts.count > 1 ? "(\(parts[1])" : "")
      }.joined(separator: ", "))
  }

  // MARK: Texts

  private func list(_ rows: [(term: String, text: String)], on page: inout Roff) {
    for (term, text) in rows {
      page.term(term)
      page.flow(Prose.words(text[...]))
    }
  }

  /// Lays out prose. `.PP` separates paragraphs, and must not come right after a heading.
  private func prose(_ text: String, followsHeading: Bool = false, on page: inout Roff) {
    var needsDivision = !followsHeading
    for block in Prose(text).blocks {
      switch block {
      case .heading(let words):
        page.request("SS", words.map(\.plain).joined(separator: " "))
        needsDivision = false
        continue
      case .paragraph(let words):
        if needsDivision { page.request("PP") }
        page.flow(words)
      case .list(let items):
        for item in items {
          page.bullet()
          page.flow(item)
        }
      case .verbatim(let lines):
        page.display(lines, followsHeading: !needsDivision)
      }
      needsDivision = true
    }
  }
}

extension String {
  /// This text with its first letter in upper case, as a sentence begins.
  fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
