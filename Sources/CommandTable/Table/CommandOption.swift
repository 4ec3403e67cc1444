/// An option: `--name`, or `--name VALUE` and `--name=VALUE`.
public struct CommandOption: Sendable, Equatable {
  /// The long name without its dashes: `env-file`.
  public let name: String
  /// The one-letter name, where there is one.
  public let short: Character?
  /// What the option takes; nil for a flag.
  public let value: OptionValue?
  /// What it does, in a line or three.
  public internal(set) var help: String
  /// Whether giving it twice means something. A flag may always be repeated, to no effect.
  public let repeats: Bool

  /// An option of the table.
  public init(
    _ name: String, short: Character? = nil, value: OptionValue? = nil, help: String,
    repeats: Bool = false
  ) {
    self.name = name
    self.short = short
    self.value = value
    self.help = help
    self.repeats = repeats
  }

  /// `-h`, `--help`: built into every tool.
  package static let help = CommandOption(
    "help", short: "h", help: "Show help, for a command if one is named")

  /// `--version`: built into every tool.
  package static let version = CommandOption("version", help: "Show the version")

  /// All ways to spell the option: `-h`, `--help`.
  package var spellings: [String] { (short.map { ["-\($0)"] } ?? []) + ["--\(name)"] }

  /// As help lists it: `-h, --help`, `--env-file PATH`.
  package var usage: String {
    let names = spellings.joined(separator: ", ")
    return value.map { "\(names) \($0.name)" } ?? names
  }

  /// What follows from the table, said after the help: choices, default, variable, repetition.
  var details: [String] {
    var details: [String] = []
    if case .choice(let choices)? = value?.kind {
      details.append("one of \(choices.joined(separator: ", "))")
    }
    if let value = value?.defaultValue { details.append("default \(value)") }
    if let variable = value?.environment { details.append("or $\(variable)") }
    if repeats { details.append("may be repeated") }
    return details
  }

  /// The help with the details in parentheses, as prose.
  var fullHelp: String {
    details.isEmpty ? help : "\(help) (\(details.joined(separator: "; ")))"
  }
}
