extension ManPage {
  /// Lays out prose. Paragraphs are divided by `.Pp`, which must not come right behind a heading.
  func prose(_ text: String, firstBlockFollowsHeading: Bool = false, on page: inout Mdoc) {
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
  func display(_ lines: [String], on page: inout Mdoc) {
    page.macro("Bd", "-literal", "-offset", "indent")
    for line in lines { page.literal(line) }
    page.macro("Ed")
  }

  /// The topics that have a section of their own and of which `isIncluded` holds.
  func topics(_ page: inout Mdoc, where isIncluded: (HelpTopic) -> Bool) {
    for topic in tool.topics where topic.listing == nil && isIncluded(topic) {
      page.macro("Sh", Mdoc.argument(topic.manualSection))
      prose(topic.text, firstBlockFollowsHeading: true, on: &page)
    }
  }

  /// What the topic with this listing says before it.
  func introduction(of listing: HelpTopic.Listing, on page: inout Mdoc) {
    guard let topic = tool.topics.first(where: { $0.listing == listing }) else { return }
    prose(topic.text, firstBlockFollowsHeading: true, on: &page)
  }
}

extension HelpTopic {
  /// mdoc(7) names this section, and has it last.
  static let securitySection = "SECURITY CONSIDERATIONS"

  /// The heading of the topic in a man page.
  var manualSection: String { name == "security" ? Self.securitySection : name.uppercased() }
}
