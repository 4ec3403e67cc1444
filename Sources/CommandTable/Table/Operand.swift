/// A word that a command takes beside its options.
public struct Operand: Sendable, Equatable {
  /// How help calls it, in capitals: `URL`.
  public let name: String
  /// What it may be.
  public let kind: ValueKind
  /// What it means; may be empty where the discussion says it.
  public internal(set) var help: String
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
