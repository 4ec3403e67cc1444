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
  /// Whether help is to fit on a screen: it was asked for by `-h`, or by typing nothing at all.
  public let isBrief: Bool

  /// An invocation as the parser would make it.
  public init(
    command: String, options: [String: [String]] = [:], operands: [String] = [],
    isBrief: Bool = false
  ) {
    self.command = command
    self.options = options
    self.operands = operands
    self.isBrief = isBrief
  }
}
