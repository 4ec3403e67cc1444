/// One command of a tool: what can be typed after its name, and what there is to say about it.
public struct Command: Sendable, Equatable {
  /// The name as it is typed.
  public let name: String
  /// The heading under which the overview lists the command.
  public let section: String
  /// One line without a full stop: what the command does.
  public internal(set) var summary: String
  /// All that the summary leaves out, as prose.
  public internal(set) var discussion: String
  /// The operands in their order. An optional one may come before a required one.
  public internal(set) var operands: [Operand]
  /// The command's own options; the tool's common ones are taken as well.
  public internal(set) var options: [CommandOption]
  /// Names of the tool's settings that matter to this command.
  public let environment: [String]
  /// The exit codes that this command ends with; their meanings are the tool's.
  public let exitCodes: [Int]
  /// Calls worth copying.
  public internal(set) var examples: [Example]

  /// A command of the table.
  public init(
    _ name: String, section: String, summary: String, discussion: String = "",
    operands: [Operand] = [], options: [CommandOption] = [], environment: [String] = [],
    exitCodes: [Int] = [], examples: [Example] = []
  ) {
    self.name = name
    self.section = section
    self.summary = summary
    self.discussion = discussion
    self.operands = operands
    self.options = options
    self.environment = environment
    self.exitCodes = exitCodes
    self.examples = examples
  }

  /// The position of the operand that begins another program's command line: what follows it is
  /// that program's, options too.
  var commandLineStart: Int? { operands.firstIndex { $0.kind == .commandLine } }
}
