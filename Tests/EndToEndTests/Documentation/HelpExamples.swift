import TestSupport
import Testing

/// What can be copied from the help: the examples of every command and the set-off lines of every
/// topic, as the built program prints them.
enum HelpExamples {
  /// All of them; lines that stand together are one.
  static func all() throws -> [String] {
    let surface = try Repository.text("Tests/Golden/surface.txt").split(separator: "\n")
    let commands = names(in: surface, after: "command")
    let topics = names(in: surface, after: "topic")
    try #require(commands.count > 10 && topics.count > 4)
    return try commands.flatMap { try blocks(in: section("Examples:", of: help($0)), indent: 6) }
      + topics.flatMap { try blocks(in: help($0)[...], indent: 4) }
  }

  /// What an example's trial is found by: the example, or the first line of a long one.
  static func name(of example: String) -> String {
    let lines = example.split(separator: "\n")
    return lines.count > 30 ? String(lines[0]) : example
  }

  /// The example of that name.
  static func text(named name: String) throws -> String {
    try #require(try all().first { Self.name(of: $0) == name })
  }

  private static func names(in surface: [Substring], after word: String) -> [String] {
    var names = Set<String>()
    for line in surface {
      let words = line.split(separator: " ")
      if words.count > 1, words[0] == word { names.insert(String(words[1])) }
    }
    return names.sorted()
  }

  private static func help(_ subject: String) throws -> [Substring] {
    let outcome = try Child.run(Child.built("xauth"), ["help", subject])
    try #require(outcome.status == 0, "\(outcome.errors)")
    return outcome.output.split(separator: "\n", omittingEmptySubsequences: false)
  }

  /// The lines under a heading, up to the next one.
  private static func section(_ heading: Substring, of lines: [Substring]) -> ArraySlice<Substring>
  {
    guard let start = lines.firstIndex(of: heading) else { return [] }
    return lines[(start + 1)...].prefix { $0.isEmpty || $0.first == " " }
  }

  /// The lines that are set off by so many blanks; empty ones between two of them are theirs.
  private static func blocks(in lines: ArraySlice<Substring>, indent: Int) -> [String] {
    let margin = String(repeating: " ", count: indent)
    var blocks: [String] = []
    var block: [Substring] = []
    for line in lines {
      if line.hasPrefix(margin), !block.isEmpty || line.dropFirst(indent).first != " " {
        block.append(line.dropFirst(indent))
      } else if line.isEmpty, !block.isEmpty {
        block.append("")
      } else {
        blocks += text(block)
        block = []
      }
    }
    return blocks + text(block)
  }

  private static func text(_ block: [Substring]) -> [String] {
    let text = block.joined(separator: "\n").trimmingSuffix { $0 == "\n" }
    return text.isEmpty ? [] : [text]
  }
}

extension String {
  fileprivate func trimmingSuffix(while condition: (Character) -> Bool) -> String {
    var text = self
    while let last = text.last, condition(last) { text.removeLast() }
    return text
  }
}
