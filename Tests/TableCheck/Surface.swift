import CommandTable

/// Everything that can be typed or set, and every exit code, a line each and sorted: kept as a golden
/// file, it shows in a review what a change adds and what it takes away.
public struct Surface: Sendable {
  let tool: Tool

  /// The surface of `tool`. The name that it was called by is not part of it.
  public init(_ tool: Tool) { self.tool = tool }

  /// The lines, each with a line feed.
  public var text: String { lines.sorted().map { "\($0)\n" }.joined() }

  private var lines: [String] {
    var lines = tool.commands.flatMap(lines)
    lines += tool.sharedOptions.map { "option \(describe($0))" }
    lines += tool.environment.map { "setting \($0.name)\(fallback($0.defaultValue))" }
    lines += tool.exitCodes.map { "exit \($0.label) \($0.meaning)" }
    lines += tool.topics.map { "topic \($0.name)" }
    return lines
  }

  private func lines(for command: Command) -> [String] {
    let operands = command.operands.map { " \($0.usage)\(choices($0.kind))" }.joined()
    return ["command \(command.name)\(operands)"]
      + command.options.map { "command \(command.name) option \(describe($0))" }
      + command.exitCodes.map { "command \(command.name) exit \($0)" }
  }

  private func describe(_ option: CommandOption) -> String {
    guard let value = option.value else { return option.usage }
    var text = option.usage + choices(value.kind) + fallback(value.defaultValue)
    if let variable = value.environment { text += " or $\(variable)" }
    if option.repeats { text += " repeats" }
    return text
  }

  private func fallback(_ text: String?) -> String { text.map { " = \($0)" } ?? "" }

  private func choices(_ kind: ValueKind) -> String {
    guard case .choice(let choices) = kind else { return "" }
    return "=\(choices.joined(separator: "|"))"
  }
}
