/// Why a command line was refused.
///
/// It holds arguments as messages may show them: see `Argument`.
public enum UsageError: Error, Sendable, Equatable {
  /// There are options but no command.
  case noCommand
  /// There is no such command.
  case unknownCommand(String, nearest: String?)
  /// `help` has nothing under this name.
  case unknownTopic(String, nearest: String?)
  /// Neither the tool nor the command, if there is one yet, has the option.
  case unknownOption(String, command: String?, nearest: String?)
  /// The option belongs to other commands, `owners`. `command` is nil if none was named yet.
  case misplacedOption(String, command: String?, owners: [String])
  /// The option came without its value, called `value`.
  case missingValue(option: String, value: String)
  /// A flag came with a value.
  case unexpectedValue(option: String)
  /// The option may be given only once.
  case repeatedOption(String)
  /// The command lacks an operand.
  case missingOperand(command: String, operand: String)
  /// `operand` is the first word that the command doesn't take.
  case tooManyOperands(command: String, operand: String)
  /// `name` is an option (`--format`) or an operand (`SHELL`) whose value is invalid. `command` is nil
  /// if none was named yet.
  case badValue(name: String, value: String, expected: String, command: String?)
  /// The call was meant for another program of the same name.
  case foreignProgram(call: String, ForeignCall)
}

extension UsageError {
  /// What is wrong, in one line: no capital, no full stop.
  public var message: String {
    switch self {
    case .noCommand: "no command given"
    case .unknownCommand(let name, _): "there is no command '\(name)'"
    case .unknownTopic(let name, _): "there is no command or topic '\(name)'"
    case .unknownOption(let option, nil, _): "there is no option \(option)"
    case .unknownOption(let option, let command?, _): "`\(command)` has no option \(option)"
    case .misplacedOption(let option, nil, _): "\(option) goes after its command"
    case .misplacedOption(let option, let command?, _): "`\(command)` has no option \(option)"
    case .missingValue(let option, let value): "\(option) needs a value: \(option) \(value)"
    case .unexpectedValue(let option): "\(option) takes no value"
    case .repeatedOption(let option): "\(option) was given more than once"
    case .missingOperand(let command, let operand): "`\(command)` needs \(operand)"
    case .tooManyOperands(_, let operand): "unexpected argument '\(operand)'"
    case .badValue(let name, _, "", _): "\(name) must not be empty"
    case .badValue(let name, let value, let expected, _):
      "\(name) is '\(value)', but must be \(expected)"
    case .foreignProgram(let call, let foreign):
      "'\(call)' belongs to \(foreign.program); this is a different program"
    }
  }

  /// What to do about it, in one line. `tool` is the name that the tool was called by.
  public func hint(tool: String) -> String {
    switch self {
    case .noCommand: "`\(tool) -h` lists the commands"
    case .unknownCommand(_, let nearest):
      nearest.map { "did you mean `\(tool) \($0)`?" } ?? "`\(tool) -h` lists the commands"
    case .unknownTopic(_, let nearest):
      nearest.map { "did you mean `\(tool) help \($0)`?" } ?? "`\(tool) help` lists them"
    case .unknownOption(_, let command, let nearest):
      (nearest.map { "did you mean \($0)? " } ?? "") + Self.pointer(tool, command)
    case .misplacedOption(_, _, let owners):
      "it is an option of \(owners.map { "`\($0)`" }.listed(with: "and"))"
    case .missingValue(let option, _):
      "a value that begins with '-' is written \(option)=-value"
    case .unexpectedValue(let option): "write \(option) alone"
    case .repeatedOption(let option): "keep one \(option)"
    case .missingOperand(let command, _), .tooManyOperands(let command, _):
      Self.pointer(tool, command)
    case .badValue(_, _, _, let command): Self.pointer(tool, command)
    case .foreignProgram(_, let foreign):
      "\(foreign.program) is usually \(foreign.path); `\(tool) -h` says what this one does"
    }
  }

  private static func pointer(_ tool: String, _ command: String?) -> String {
    command.map { "`\(tool) \($0) -h` shows what it takes" }
      ?? "`\(tool) help` lists commands and options"
  }
}

/// Arguments as messages may show them.
enum Argument {
  /// Longer arguments are not shown. Typing mistakes are shorter than this; tokens, authorization
  /// codes and the URLs that carry them are longer, and messages end up in logs.
  private static let longest = 40

  /// A short `argument`, its control characters replaced; of a long one only the length.
  static func shown(_ argument: String) -> String {
    let scalars = argument.unicodeScalars
    guard scalars.count <= longest else { return "(\(scalars.count) characters)" }
    var text = ""
    for scalar in scalars {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator: text += "\u{FFFD}"
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text
  }
}
