/// An option: `--name`, or `--name VALUE` and `--name=VALUE`.
public struct CommandOption: Sendable, Equatable {
  /// The long name without its dashes: `env-file`.
  public let name: String
  /// The one-letter name, where there is one.
  public let short: Character?
  /// What the option takes; nil for a flag.
  public let value: OptionValue?
  /// What it does, in a line or three.
  public let help: String
  /// Whether it may be given more than once. Repeating a flag is always allowed and has no effect.
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
    "help", short: "h", help: "Show help: a screenful with -h, everything with --help"
  )

  /// `--version`: built into every tool.
  package static let version = CommandOption("version", help: "Show the version")

  /// All ways to spell the option: `-h`, `--help`.
  package var spellings: [String] { (short.map { ["-\($0)"] } ?? []) + ["--\(name)"] }

  /// As help lists it: `-h, --help`, `--env-file PATH`.
  package var usage: String {
    let names = spellings.joined(separator: ", ")
    return value.map { "\(names) \($0.name)" } ?? names
  }

  /// What the help text needn't say because the table has it: choices, default, variable, repetition.
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

/// What an option takes.
public struct OptionValue: Sendable, Equatable {
  /// How help calls it, in capitals: `PATH`.
  public let name: String
  /// What it may be.
  public let kind: ValueKind
  /// The value that applies without the option, as help shows it; nil if there is no fixed one.
  public let defaultValue: String?
  /// The environment variable that the option overrides.
  public let environment: String?

  /// A value called `name`, with its default and the variable that the option overrides.
  public init(
    _ name: String, _ kind: ValueKind = .text, default defaultValue: String? = nil,
    environment: String? = nil
  ) {
    self.name = name
    self.kind = kind
    self.defaultValue = defaultValue
    self.environment = environment
  }
}

/// What a value may be: the parser checks it, and completions offer it.
public enum ValueKind: Sendable, Equatable {
  /// Any text, also an empty one.
  case text
  /// The path of a file.
  case file
  /// A command, as a shell would find it.
  case command
  /// One of these words.
  case choice([String])
  /// Words separated by commas or spaces: these, which shells can take as they are, or others.
  case list(of: [String])
  /// A duration, see `DurationText`.
  case seconds
  /// The number of a TCP port.
  case port
  /// The name of a command or of a help topic. Operands only.
  case topic
  /// Another program's command line, taken as it is. The last operand only.
  case commandLine

  /// Durations to offer while one is typed.
  static let durations = ["10m", "30m", "45m", "75m", "2h"]

  /// What is expected instead of `value`, nothing in particular if it is empty; nil if `value` is valid.
  package func expectation(missedBy value: String) -> String? {
    switch self {
    case .text, .list, .topic, .commandLine: nil
    case .file, .command: value.isEmpty ? "" : nil
    case .choice(let choices):
      choices.contains(value) ? nil : "one of \(choices.joined(separator: ", "))"
    case .seconds:
      DurationText.seconds(value) == nil ? "a duration such as 90s, 75m or 2h" : nil
    case .port:
      Int(value).map { (1...65535).contains($0) } == true ? nil : "a port number, 1 to 65535"
    }
  }
}
