/// What was typed, checked against the table. `OptionRow` turns the options into typed values.
///
/// A request for help is an invocation of the command `help` whose operand is what to explain, and
/// `--version` is one of the command `version`; so every table has these two.
public struct Invocation: Sendable, Equatable {
  /// The command's name.
  public let command: String
  /// What was given for each option, by its long name and in order; an empty list for a flag.
  public let options: [String: [String]]
  /// The operands in order.
  public let operands: [String]

  /// An invocation as the parser would make it.
  public init(command: String, options: [String: [String]] = [:], operands: [String] = []) {
    self.command = command
    self.options = options
    self.operands = operands
  }
}
