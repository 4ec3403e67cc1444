/// One command of a tool: what can be typed after its name, and what there is to say about it.
public struct Command: Sendable, Equatable {
  /// The name as it is typed.
  public let name: String
  /// The heading under which the overview lists the command.
  public let section: String
  /// One line without a full stop: what the command does.
  public let summary: String
  /// Everything that the summary leaves out, as prose.
  public let discussion: String
  /// The operands in their order. An optional one may come before a required one.
  public let operands: [Operand]
  /// The command's own options; the tool's common ones are taken as well.
  public let options: [CommandOption]
  /// Names of the tool's settings that matter to this command.
  public let environment: [String]
  /// The exit codes that this command ends with; their meanings are the tool's.
  public let exitCodes: [Int]
  /// Calls worth copying.
  public let examples: [Example]

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

  /// The position of the operand that begins another program's command line: everything after it,
  /// options included, belongs to that program.
  var commandLineStart: Int? { operands.firstIndex { $0.kind == .commandLine } }
}

/// A word that a command takes besides its options.
public struct Operand: Sendable, Equatable {
  /// How help calls it, in capitals: `URL`.
  public let name: String
  /// What it may be.
  public let kind: ValueKind
  /// What it means; empty if the discussion says it.
  public let help: String
  /// Whether the command is refused without it.
  public let required: Bool
  /// Whether it may be given more than once. Only the last operand may.
  public let repeats: Bool

  /// An operand of a command.
  public init(
    _ name: String, _ kind: ValueKind = .text, help: String = "", required: Bool = true,
    repeats: Bool = false
  ) {
    self.name = name
    self.kind = kind
    self.help = help
    self.required = required
    self.repeats = repeats
  }

  /// As usage lines show it: `URL`, `[METHOD]`, `FILE...`.
  package var usage: String {
    let word = repeats ? "\(name)..." : name
    return required ? word : "[\(word)]"
  }
}

/// A call worth copying, and what it does.
public struct Example: Sendable, Equatable {
  /// One line for a shell, which calls the tool at least once.
  public let command: String
  /// What it does, without a full stop.
  public let explanation: String

  /// An example of the table.
  public init(_ command: String, _ explanation: String) {
    self.command = command
    self.explanation = explanation
  }
}
