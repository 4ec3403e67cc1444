/// A command-line tool as a table: the parser, the help, the man page, the completions and the
/// surface are all made from it, so that they can't disagree.
///
/// Every text of the table may say `{tool}` for the name that the tool was called by. Discussions,
/// descriptions and topics are `Prose`.
public struct Tool: Sendable {
  /// The name that the tool was called by: the last component of `argv[0]`.
  public let name: String
  /// Calls that are meant for other programs of the same name.
  public let foreign: [ForeignCall]

  // As they were written: the name is put in once something is asked for. Most calls show nothing
  // of all the texts, and they are long.
  private let writtenSummary: String
  private let writtenDescription: String
  private let writtenCommands: [Command]
  private let writtenCommonOptions: [CommandOption]
  private let writtenEnvironment: [SettingDoc]
  private let writtenExitCodes: [ExitCodeDoc]
  private let writtenTopics: [HelpTopic]

  /// Puts the table together; every text will have `name` in the place of `{tool}`.
  public init(
    name: String, summary: String, description: String = "", commands: [Command],
    commonOptions: [CommandOption] = [], environment: [SettingDoc] = [],
    exitCodes: [ExitCodeDoc] = [], topics: [HelpTopic] = [], foreign: [ForeignCall] = []
  ) {
    self.name = name
    self.foreign = foreign
    writtenSummary = summary
    writtenDescription = description
    writtenCommands = commands
    writtenCommonOptions = commonOptions
    writtenEnvironment = environment
    writtenExitCodes = exitCodes
    writtenTopics = topics
  }

  /// One line without a full stop: what the tool is for.
  public var summary: String { writtenSummary.naming(name) }
  /// What a newcomer should know, as prose: the man page begins with it.
  public var description: String { writtenDescription.naming(name) }
  /// The commands, in the order in which the help lists them.
  public var commands: [Command] { writtenCommands.map { $0.naming(name) } }
  /// Options that every command takes, before or after its name. `--help` and `--version` are
  /// built in and not listed here.
  public var commonOptions: [CommandOption] { writtenCommonOptions.map { $0.naming(name) } }
  /// The settings that the tool reads or writes, each with its documentation.
  public var environment: [SettingDoc] { writtenEnvironment.map { $0.naming(name) } }
  /// Every exit code that the tool ends with.
  public var exitCodes: [ExitCodeDoc] { writtenExitCodes.map { $0.naming(name) } }
  /// What `help` can explain besides the commands.
  public var topics: [HelpTopic] { writtenTopics.map { $0.naming(name) } }

  /// The command called `name`.
  public func command(named name: String) -> Command? {
    writtenCommand(named: name)?.naming(self.name)
  }

  /// The command called `name` with its texts as they were written: to whoever reads none of them.
  func writtenCommand(named name: String) -> Command? { writtenCommands.first { $0.name == name } }

  /// The topic called `name`.
  public func topic(named name: String) -> HelpTopic? {
    writtenTopics.first { $0.name == name }?.naming(self.name)
  }

  /// The common options and the built-in ones, as help and completions list them.
  package var sharedOptions: [CommandOption] { commonOptions + [.help, .version] }

  /// All options that may follow `command`, its own ones first.
  package func options(of command: Command?) -> [CommandOption] {
    (command?.options ?? []) + sharedOptions
  }

  /// What `help` takes as its operand.
  package var subjects: [String] { commands.map(\.name) + topics.map(\.name) }
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
