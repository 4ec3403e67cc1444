/// A command-line tool as a table: the parser, the help, the man page and the completions are all
/// made from it, so that they can't disagree.
///
/// Every text of the table may say `{tool}` for the name that the tool was called by: see `named`.
/// Discussions, descriptions and topics are `Prose`.
public struct Tool: Sendable {
  /// The name that the tool was called by: the last component of `argv[0]`.
  public let name: String
  /// One line without a full stop: what the tool is for.
  public let summary: String
  /// What a newcomer should know, as prose: the man page begins with it.
  public let description: String
  /// Options that every command takes, before or after its name. `--help` and `--version` are
  /// built in and not listed here.
  public let commonOptions: [CommandOption]
  /// Calls that are meant for other programs of the same name.
  public let foreignCalls: [ForeignCall]

  // Made when somebody asks: a start that runs one command pays for its row, and for no text.
  private let commandRows: [@Sendable () -> Command]
  private let environmentRows: @Sendable () -> [SettingDoc]
  private let exitCodeRows: @Sendable () -> [ExitCodeDoc]
  private let topicRows: @Sendable () -> [HelpTopic]

  /// Puts the table together. Of `commands` those that are called most come first: they are looked
  /// through one after the other.
  public init(
    name: String, summary: String, description: String = "",
    commands: [@Sendable () -> Command], commonOptions: [CommandOption] = [],
    environment: @autoclosure @escaping @Sendable () -> [SettingDoc] = [],
    exitCodes: @autoclosure @escaping @Sendable () -> [ExitCodeDoc] = [],
    topics: @autoclosure @escaping @Sendable () -> [HelpTopic] = [],
    foreignCalls: [ForeignCall] = []
  ) {
    self.name = name
    self.summary = summary
    self.description = description
    self.commonOptions = commonOptions
    self.foreignCalls = foreignCalls
    commandRows = commands
    environmentRows = environment
    exitCodeRows = exitCodes
    topicRows = topics
  }

  /// The commands, in the order in which the help lists them.
  public var commands: [Command] { commandRows.map { $0() } }
  /// The settings that the tool reads or writes, each with its documentation.
  public var environment: [SettingDoc] { environmentRows() }
  /// Every exit code that the tool ends with.
  public var exitCodes: [ExitCodeDoc] { exitCodeRows() }
  /// What `help` can explain besides the commands.
  public var topics: [HelpTopic] { topicRows() }

  /// The command called `name`.
  public func command(named name: String) -> Command? {
    commandRows.lazy.map { $0() }.first { $0.name == name }
  }

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
