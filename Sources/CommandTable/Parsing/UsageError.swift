/// Why a command line was refused.
///
/// Arguments are held in the form in which they may be shown: see `Argument`.
public enum UsageError: Error, Sendable, Equatable {
  /// There are options, and no command.
  case noCommand
  /// There is no such command.
  case unknownCommand(String, nearest: String?)
  /// `help` knows nothing of this name.
  case unknownTopic(String, nearest: String?)
  /// Neither the tool nor the command, if there is one yet, has the option.
  case unknownOption(String, command: String?, nearest: String?)
  /// The option is one of other commands, `owners`; without a command it came before its name.
  case misplacedOption(String, command: String?, owners: [String])
  /// The option came without its value, called `value`.
  case missingValue(option: String, value: String)
  /// A flag came with a value.
  case unexpectedValue(option: String)
  /// The option may be given only once.
  case repeatedOption(String)
  /// The command lacks an operand.
  case missingOperand(command: String, operand: String)
  /// `operand` is the first that the command doesn't take.
  case tooManyOperands(command: String, operand: String)
  /// `name` is an option (`--format`) or an operand (`SHELL`) whose value can't be used; without a
  /// command an option came before its name.
  case badValue(name: String, value: String, expected: String, command: String?)
  /// The call is one for another program of the same name.
  case foreignProgram(call: String, ForeignCall)
}
