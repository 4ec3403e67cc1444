/// A command-line tool as a table: the parser, the help, the man page and the completions are all
/// made from it, so that they can't disagree.
///
/// Every text of the table may say `{tool}` for the name that the tool was called by: see `named`.
/// Discussions, descriptions and topics are `Prose`.
public struct Tool: Sendable {
  /// The name that the tool was called by: the last component of `argv[0]`.
  public let name: String
  /// One line without a full stop: what the tool is for.
  public internal(set) var summary: String
  /// What a newcomer should know, as prose: the man page begins with it.
  public internal(set) var description: String
  /// The commands, in the order in which the help lists them.
  public internal(set) var commands: [Command]
  /// Options that every command takes, before or after its name. `--help` and `--version` are
  /// built in and not listed here.
  public internal(set) var commonOptions: [CommandOption]
  /// The settings that the tool reads or writes, each with its documentation.
  public internal(set) var environment: [SettingDoc]
  /// Every exit code that the tool ends with.
  public internal(set) var exitCodes: [ExitCodeDoc]
  /// What `help` can explain besides the commands.
  public internal(set) var topics: [HelpTopic]
  /// Calls that are meant for other programs of the same name.
  public let foreignCalls: [ForeignCall]

  /// Puts the table together.
  public init(
    name: String, summary: String, description: String = "", commands: [Command],
    commonOptions: [CommandOption] = [], environment: [SettingDoc] = [],
    exitCodes: [ExitCodeDoc] = [], topics: [HelpTopic] = [], foreignCalls: [ForeignCall] = []
  ) {
    self.name = name
    self.summary = summary
    self.description = description
    self.commands = commands
    self.commonOptions = commonOptions
    self.environment = environment
    self.exitCodes = exitCodes
    self.topics = topics
    self.foreignCalls = foreignCalls
  }

  /// The command called `name`.
  public func command(named name: String) -> Command? { commands.first { $0.name == name } }

  /// The topic called `name`.
  public func topic(named name: String) -> HelpTopic? { topics.first { $0.name == name } }

  /// The common options and the built-in ones, as help and completions list them.
  package var sharedOptions: [CommandOption] { commonOptions + [.help, .version] }

  /// All options that may follow `command`, its own ones first.
  package func options(of command: Command?) -> [CommandOption] {
    (command?.options ?? []) + sharedOptions
  }

  /// What `help` takes as its operand.
  package var subjects: [String] { commands.map(\.name) + topics.map(\.name) }
}
