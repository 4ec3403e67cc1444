import CommandTable

/// An option of the tool: what can be typed, and the property of `Options` that it sets.
typealias Option = OptionRow<Options>

/// The values of all options. Each option is declared once, with its name, help, default and the
/// property here that it sets: in the file of its command, or below if commands share it. Options
/// that a command doesn't take keep their initial values.
struct Options: Sendable, Equatable {
  // Every command.
  var envFile: String?
  var json = false
  var quiet = false
  var verbose = false
  var noColor = false

  // Commands that may renew a token.
  var onRotate: String?
  var allowRotate = false
  /// Seconds that the access token must still be valid.
  var minValidity = 0
  /// Whether it was given, even with the default's value.
  var isMinValidityGiven = false
  /// Whether help is to fit on a screen.
  var isBrief = false

  /// Options that win over settings.
  var settings: [SettingName: Setting] = [:]

  // Options of one command, or with a meaning in each.
  var account: String?
  var browser: String?
  var check = false
  var curl = false
  /// Fields of a form, `NAME=VALUE`.
  var data: [String] = []
  var force = false
  var format = ExportFormat.dotenv
  var isFormatGiven = false
  /// Seconds.
  var grace = 0
  var isGraceGiven = false
  var local = false
  var man = false
  var noBrowser = false
  var noStdin = false
  var online = false
  /// The names of the settings to export; empty for all.
  var only: [String] = []
  /// The names of the variables that hold the proxy's address, besides the usual one.
  var names: [String] = []
  var newSecret = false
  var paste = false
  var port: Int?
  var restart = false
  var upstream: String?

  /// The options of `invocation`, with the defaults of its command.
  init(_ invocation: Invocation) {
    isBrief = invocation.isBrief
    let own = Tool.subcommand(named: invocation.command)?.options ?? []
    for option in own + Option.common { option.read(invocation, into: &self) }
  }
}

extension Options {
  /// The command that `--on-rotate` or `XAUTH_ON_ROTATE` names. Never from the file, because somebody
  /// else may have written it: only the user decides what runs.
  func onRotate(in environment: Environment) -> String? {
    onRotate ?? environment["XAUTH_ON_ROTATE"]
  }
}

extension Option {
  /// What every command takes.
  static let common: [Option] = [
    .text(
      "env-file", \.envFile,
      OptionValue("PATH", .file, default: "./.env", environment: "XAUTH_ENV_FILE"),
      help: "The file that holds settings and tokens"),
    .flag("json", \.json, help: "Print one JSON object, for failures too"),
    .flag("quiet", \.quiet, help: "Print data and failures only, no notes and no warnings"),
    .flag("verbose", \.verbose, help: "Say what is done, without secrets"),
    .flag("no-color", \.noColor, help: "Plain text, as with NO_COLOR"),
  ]

  /// What every command takes that may renew a token.
  static let renewing: [Option] = [
    store,
    .text(
      "on-rotate", \.onRotate,
      OptionValue("COMMAND", .command, environment: "XAUTH_ON_ROTATE"),
      help: "Run this (sh -c) after new tokens are saved, with them as dotenv on standard input"),
    .flag(
      "allow-rotate", \.allowRotate,
      help: "Renew in CI even though nothing stores the new token"),
  ]

  /// What every command takes that reads the grant.
  static let store = Option.setting(
    "store", .store, OptionValue("PLACE"),
    help: "Where several machines share the tokens; see `help fleet`")

  /// `--min-validity`, whose default differs from command to command.
  static func minValidity(default seconds: Int) -> Option {
    .duration(
      "min-validity", \.minValidity, default: seconds, isGiven: \.isMinValidityGiven,
      help: "Renew when less than this is left")
  }

  /// An option that wins over a setting. An empty value is for the setting to refuse: somebody typed it.
  static func setting(
    _ name: String, _ setting: SettingName, _ value: OptionValue, help: String
  ) -> Option {
    let value = OptionValue(
      value.name, value.kind, default: value.defaultValue, environment: setting.rawValue)
    return Option(CommandOption(name, value: value, help: help)) { given, options in
      guard let text = given?.last else { return }
      options.settings[setting] = Setting(name: setting, text: text, source: .flag(name))
    }
  }
}
