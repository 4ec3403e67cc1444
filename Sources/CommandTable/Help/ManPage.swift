/// The manual page in mdoc(7), for section 1.
public struct ManPage: Sendable {
  private let tool: Tool
  private let date: String

  /// The page of `tool`; `date` as mdoc(7)'s `.Dd` wants it: `August 1, 2026`.
  public init(_ tool: Tool, date: String) {
    self.tool = tool
    self.date = date
  }

  /// The page's source: ASCII, clean under `mandoc -T lint`.
  public var text: String {
    var page = Mdoc()
    head(&page)
    page.macro("Sh", "DESCRIPTION")
    prose(tool.description, firstBlockFollowsHeading: true, on: &page)
    commands(&page)
    page.macro("Sh", "OPTIONS")
    page.flow(Prose.words("Every command takes these, before or after its name:"))
    options(tool.sharedOptions, on: &page)
    section(
      "ENVIRONMENT", .environment,
      tool.environment.map { ("Ev \(Mdoc.argument($0.name))", $0.fullHelp) }, on: &page)
    topics(&page) { $0.manualSection == "FILES" }
    section(
      "EXIT STATUS", .exitCodes, tool.exitCodes.map { (Mdoc.argument($0.label), $0.meaning) },
      on: &page)
    examples(&page)
    topics(&page) { $0.manualSection != "FILES" && $0.manualSection != HelpTopic.securitySection }
    topics(&page) { $0.manualSection == HelpTopic.securitySection }
    return page.text
  }

  private func head(_ page: inout Mdoc) {
    page.macro("Dd", date)
    page.macro("Dt", Mdoc.argument(tool.name.uppercased()), "1")
    page.macro("Os")
    page.macro("Sh", "NAME")
    page.macro("Nm", Mdoc.argument(tool.name))
    page.macro("Nd", Mdoc.escaped(tool.summary))
    page.macro("Sh", "SYNOPSIS")
    page.macro("Nm")
    page.macro("Ar", "command")
    page.macro("Op", "Ar option ...")
    page.macro("Op", "Ar argument ...")
  }

  private func commands(_ page: inout Mdoc) {
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
    remark("Heeds", command.environment.map { "`\($0)`" }, "and", on: &page)
    let codes = tool.exitCodes.filter { command.exitCodes.contains($0.code) }
    remark("Exits with", codes.map(\.label), "or", on: &page)
  }

  private func synopsis(of operand: Operand) -> String {
    let separator = operand.kind == .commandLine ? "Fl \\- " : ""
    let dots = operand.repeats ? " ..." : ""
    let call = "\(separator)Ar \(Mdoc.argument(operand.name))\(dots)"
    return operand.required ? call : "Op \(call)"
  }

  /// A paragraph of one sentence, which ends in a list; nothing at all if the list is empty.
  private func remark(
    _ beginning: String, _ list: [String], _ conjunction: String, on page: inout Mdoc
  ) {
    guard !list.isEmpty else { return }
    page.macro("Pp")
    page.flow(Prose.words("\(beginning) \(list.listed(with: conjunction))."))
  }

  /// A section that lists `rows`, after the text of the topic that has this listing; nothing at all
  /// without rows.
  private func section(
    _ heading: String, _ listing: HelpTopic.Listing, _ rows: [(term: String, text: String)],
    on page: inout Mdoc
  ) {
    guard !rows.isEmpty else { return }
    page.macro("Sh", heading)
    if let topic = tool.topics.first(where: { $0.listing == listing }) {
      prose(topic.text, firstBlockFollowsHeading: true, on: &page)
    }
    list(rows, on: &page)
  }

  private func examples(_ page: inout Mdoc) {
    let examples = tool.commands.flatMap(\.examples)
    guard !examples.isEmpty else { return }
    page.macro("Sh", "EXAMPLES")
    for (index, example) in examples.enumerated() {
      if index > 0 { page.macro("Pp") }
      page.flow(Prose.words("\(example.explanation):"))
      display([example.command], on: &page)
    }
  }

  /// The topics that have a section of their own and of which `isIncluded` holds.
  private func topics(_ page: inout Mdoc, where isIncluded: (HelpTopic) -> Bool) {
    for topic in tool.topics where topic.listing == nil && isIncluded(topic) {
      page.macro("Sh", Mdoc.argument(topic.manualSection))
      prose(topic.text, firstBlockFollowsHeading: true, on: &page)
    }
  }

  private func options(_ options: [CommandOption], on page: inout Mdoc) {
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

  /// Lays out prose. `.Pp` separates paragraphs, and must not come right after a heading.
  private func prose(_ text: String, firstBlockFollowsHeading: Bool = false, on page: inout Mdoc) {
    var needsDivision = !firstBlockFollowsHeading
    for block in Prose(text).blocks {
      switch block {
      case .heading(let words):
        page.macro("Ss", Mdoc.argument(words.map(\.plain).joined(separator: " ")))
        needsDivision = false
        continue
      case .paragraph(let words):
        if needsDivision { page.macro("Pp") }
        page.flow(words)
      case .list(let items):
        page.macro("Bl", "-bullet")
        for item in items {
          page.macro("It")
          page.flow(item)
        }
        page.macro("El")
      case .verbatim(let lines):
        display(lines, on: &page)
      }
      needsDivision = true
    }
  }

  /// Lines as they are, indented.
  private func display(_ lines: [String], on page: inout Mdoc) {
    page.macro("Bd", "-literal", "-offset", "indent")
    for line in lines { page.literal(line) }
    page.macro("Ed")
  }
}

extension HelpTopic {
  /// mdoc(7) names this section, and has it last.
  fileprivate static let securitySection = "SECURITY CONSIDERATIONS"

  /// The heading of the topic in a man page.
  fileprivate var manualSection: String {
    name == "security" ? Self.securitySection : name.uppercased()
  }
}

extension String {
  /// This text with its first letter in upper case, as a sentence begins.
  fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
