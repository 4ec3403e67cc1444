/// What a value may be: the parser checks it, the completions offer it.
public enum ValueKind: Sendable, Equatable {
  /// Any text, also an empty one.
  case text
  /// The path of a file.
  case file
  /// A command, as a shell would find it.
  case command
  /// One of these words.
  case choice([String])
  /// A duration, see `DurationText`.
  case seconds
  /// The name of a command or of a help topic. Operands only.
  case topic
  /// Another program's command line, taken as it is. The last operand only.
  case commandLine

  /// What would have been right, when `value` isn't; nil when it is.
  package func expectation(missedBy value: String) -> String? {
    switch self {
    case .text, .topic, .commandLine: nil
    case .file, .command: value.isEmpty ? "something that is not empty" : nil
    case .choice(let choices):
      choices.contains(value) ? nil : "one of \(choices.joined(separator: ", "))"
    case .seconds:
      DurationText.seconds(value) == nil ? "a duration such as 90s, 75m or 2h" : nil
    }
  }
}
