/// A command-line tool as a table: the parser, the help, the man page and the completions are all
/// made from it, so that they can't disagree.
///
/// Discussions, descriptions and topics are `Prose`.
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
  public let foreignCalls: [ForeignCall]
  /// What people type who come from other tools, and the command that it is called here.
  public let synonyms: [String: String]
  /// The topic to begin with; nil if there is none.
  public let firstTopic: String?
  /// Manual pages to read besides, as `curl(1)`.
  public let seeAlso: [String]

  /// Puts the table together.
  public init(
    name: String, summary: String, description: String = "", commands: [Command],
    commonOptions: [CommandOption] = [], environment: [SettingDoc] = [],
    exitCodes: [ExitCodeDoc] = [], topics: [HelpTopic] = [], foreignCalls: [ForeignCall] = [],
    synonyms: [String: String] = [:], firstTopic: String? = nil, seeAlso: [String] = []
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
    self.synonyms = synonyms
    self.firstTopic = firstTopic
    self.seeAlso = seeAlso
  }

  /// The command called `name`.
  public func command(named name: String) -> Command? { commands.first { $0.name == name } }

  /// The topic called `name`.
  public func topic(named name: String) -> HelpTopic? { topics.first { $0.name == name } }

  /// The common options and the built-in ones, as help and completions list them.
  package var sharedOptions: [CommandOption] { commonOptions + [.help, .version] }

  /// All options that may follow `command`, those of the command first.
  package func options(of command: Command?) -> [CommandOption] {
    (command?.options ?? []) + sharedOptions
  }

  /// What `help` takes as its operand.
  package var subjects: [String] { commands.map(\.name) + topics.map(\.name) }
}

/// A variable that the tool reads or writes.
public struct SettingDoc: Sendable, Equatable {
  /// The variable's name.
  public let name: String
  /// The value that applies while it is unset; nil if there is none.
  public let defaultValue: String?
  /// What it means.
  public let help: String

  /// A setting of the table.
  public init(_ name: String, default defaultValue: String? = nil, help: String) {
    self.name = name
    self.defaultValue = defaultValue
    self.help = help
  }

  /// The help with the default in parentheses, as prose.
  var fullHelp: String { defaultValue.map { "\(help) (default \($0))" } ?? help }
}

/// An exit code and what it tells a script.
public struct ExitCodeDoc: Sendable, Equatable {
  /// The code, 0 to 255.
  public let code: Int
  /// The code as texts show it; `128+n` where one row stands for several codes.
  public let label: String
  /// What it means.
  public let meaning: String

  /// An exit code of the table.
  public init(_ code: Int, label: String? = nil, _ meaning: String) {
    self.code = code
    self.label = label ?? String(code)
    self.meaning = meaning
  }
}

/// Something other than a command that `help` explains.
public struct HelpTopic: Sendable, Equatable {
  /// A part of the tool's table that a topic shows after its text.
  public enum Listing: Sendable, Equatable {
    /// All settings, with their defaults.
    case environment
    /// All exit codes.
    case exitCodes
  }

  /// The name as it is typed after `help`.
  public let name: String
  /// One line without a full stop.
  public let summary: String
  /// The explanation, as prose.
  public let text: String
  /// The part of the table that follows the text.
  public let listing: Listing?

  /// A topic of the table.
  public init(_ name: String, summary: String, text: String, listing: Listing? = nil) {
    self.name = name
    self.summary = summary
    self.text = text
    self.listing = listing
  }
}

/// Calls meant for another program of the same name: they are recognised by their first word, and
/// refused with a pointer to that program.
public struct ForeignCall: Sendable, Equatable {
  /// What people call that program: `X11's xauth`.
  public let program: String
  /// Where it usually is.
  public let path: String
  /// The first words of its calls: commands, and options of one letter (`-f`), which may also come
  /// bundled (`-qf`).
  public let words: [String]

  /// The calls of `program`.
  public init(program: String, path: String, words: [String]) {
    self.program = program
    self.path = path
    self.words = words
  }

  /// Whether a call that begins with `word` is one of these.
  package func begins(with word: String) -> Bool {
    if words.contains(word) { return true }
    let letters = word.dropFirst()
    return word.first == "-" && !letters.isEmpty && letters.allSatisfy { words.contains("-\($0)") }
  }
}
