/// What somebody typed, checked against the table: pure, it says nothing of the world.
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

  /// Whether the option called `name` was given.
  public func flag(_ name: String) -> Bool { options[name] != nil }

  /// What was given for the option called `name`; the last one if it may be repeated.
  public func value(_ name: String) -> String? { options[name]?.last }

  /// All that was given for the option called `name`.
  public func values(_ name: String) -> [String] { options[name] ?? [] }

  /// The seconds given for an option of the kind `seconds`.
  public func seconds(_ name: String) -> Int? { value(name).flatMap(DurationText.seconds) }
}
