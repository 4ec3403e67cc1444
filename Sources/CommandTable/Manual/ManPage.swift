/// The manual page in mdoc(7), for section 1.
public struct ManPage: Sendable {
  let tool: Tool
  let date: String

  /// The page of `tool`; `date` as mdoc(7)'s `.Dd` wants it: `August 1, 2026`.
  public init(_ tool: Tool, date: String) {
    self.tool = tool.named
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
    environment(&page)
    topics(&page) { $0.manualSection == "FILES" }
    exitCodes(&page)
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

  private func environment(_ page: inout Mdoc) {
    guard !tool.environment.isEmpty else { return }
    page.macro("Sh", "ENVIRONMENT")
    introduction(of: .environment, on: &page)
    page.macro("Bl", "-tag", "-width", "Ds")
    for setting in tool.environment {
      page.macro("It", "Ev", Mdoc.argument(setting.name))
      page.flow(Prose.words(setting.fullHelp[...]))
    }
    page.macro("El")
  }

  private func exitCodes(_ page: inout Mdoc) {
    guard !tool.exitCodes.isEmpty else { return }
    page.macro("Sh", "EXIT STATUS")
    introduction(of: .exitCodes, on: &page)
    page.macro("Bl", "-tag", "-width", "Ds")
    for code in tool.exitCodes {
      page.macro("It", Mdoc.argument(code.label))
      page.flow(Prose.words(code.meaning[...]))
    }
    page.macro("El")
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
}
