/// A block of a Markdown text between fences, such as ` ```sh cron `: a language and a name.
public struct FencedBlock: Sendable, Equatable {
  /// What it is written in: `sh`, `console`, `dotenv`, …
  public let language: String
  /// What tests know it by.
  public let name: String
  /// The lines between the fences.
  public let lines: [String]

  /// The lines as one text.
  public var text: String { lines.map { $0 + "\n" }.joined() }

  /// All blocks of `markdown`, in their order.
  public static func all(in markdown: String) -> [FencedBlock] {
    var blocks: [FencedBlock] = []
    var open: (language: String, name: String, lines: [String])?
    for line in markdown.split(separator: "\n", omittingEmptySubsequences: false) {
      guard line.hasPrefix("```") else {
        open?.lines.append(String(line))
        continue
      }
      if let block = open {
        blocks.append(
          FencedBlock(language: block.language, name: block.name, lines: block.lines))
        open = nil
      } else {
        let words = line.dropFirst(3).split(separator: " ").map(String.init)
        open = (words.first ?? "", words.dropFirst().first ?? "", [])
      }
    }
    return blocks
  }

  /// The blocks of all documents of the repository.
  public static func documented() throws -> [FencedBlock] {
    try Repository.documents.flatMap { all(in: try Repository.text($0)) }
  }
}
