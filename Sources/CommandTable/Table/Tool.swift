/// A command-line tool as a table: the parser, the help, the man page, the completions and the
/// surface are all made from it, so that they can't disagree.
///
/// Every text of the table may say `{tool}` for the name that the tool was called by. Discussions,
/// descriptions and topics are `Prose`.
public struct Tool: Sendable {
  /// The name that the tool was called by: the last component of `argv[0]`.
  public let name: String
  /// One line without a full stop: what the tool is for.
  public let summary: String
  /// What a newcomer should know, as prose: the man page begins with it.
  public let description: String
  /// The commands, in the order in which the help lists them.
  public let commands: [Command]
  /// Options that every command takes, before or after its name. `--help` and `--version` are
  /// built in and not listed here.
  public let commonOptions: [CommandOption]
  /// The settings that the tool reads or writes, each with its documentation.
  public let environment: [SettingDoc]
  /// Every exit code that the tool ends with.
  public let exitCodes: [ExitCodeDoc]
  /// What `help` can explain besides the commands.
  public let topics: [HelpTopic]
  /// Calls that are meant for other programs of the same name.
  public let foreign: [ForeignCall]

  /// Puts the table together, and `name` in the place of every `{tool}`.
  public init(
    name: String, summary: String, description: String = "", commands: [Command],
    commonOptions: [CommandOption] = [], environment: [SettingDoc] = [],
    exitCodes: [ExitCodeDoc] = [], topics: [HelpTopic] = [], foreign: [ForeignCall] = []
  ) {
    self.name = name
    self.summary = summary.naming(name)
    self.description = description.naming(name)
    self.commands = commands.map { $0.naming(name) }
    self.commonOptions = commonOptions.map { $0.naming(name) }
    self.environment = environment.map { $0.naming(name) }
    self.exitCodes = exitCodes.map { $0.naming(name) }
    self.topics = topics.map { $0.naming(name) }
    self.foreign = foreign
  }

  /// The command called `name`.
  public func command(named name: String) -> Command? { commands.first { $0.name == name } }

  /// The topic called `name`.
  public func topic(named name: String) -> HelpTopic? { topics.first { $0.name == name } }

  /// The common options and the built-in ones, as help and completions list them.
  var sharedOptions: [CommandOption] { commonOptions + [.help, .version] }

  /// All options that may follow `command`, its own ones first.
  func options(of command: Command?) -> [CommandOption] {
    (command?.options ?? []) + sharedOptions
  }

  /// What `help` takes as its operand.
  var subjects: [String] { commands.map(\.name) + topics.map(\.name) }
}

extension String {
  /// This text with `tool` in the place of every `{tool}`.
  func naming(_ tool: String) -> String {
    let mark = "{tool}".utf8
    var rest = utf8[...]
    guard rest.contains(UInt8(ascii: "{")) else { return self }
    var result = ""
    while let brace = rest.firstIndex(of: UInt8(ascii: "{")) {
      result += String(rest[..<brace]) ?? ""
      if rest[brace...].starts(with: mark) {
        result += tool
        rest = rest[rest.index(brace, offsetBy: mark.count)...]
      } else {
        result += "{"
        rest = rest[rest.index(after: brace)...]
      }
    }
    return result + (String(rest) ?? "")
  }
}
