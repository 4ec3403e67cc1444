import CommandTable

/// An option of the tool: `OptionRow` says what a row holds.
typealias Option = OptionRow<Options>

/// What the options say, typed. Each is declared once: those of a command in its file, those that
/// commands share below, with name, help, default and the property here that they set. An option
/// that the command doesn't take is as if it weren't given.
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
  /// Whether that was asked for, and isn't the default.
  var isMinValidityGiven = false

  /// Values for settings: they win over the environment and the file.
  var settings: [SettingName: Setting] = [:]

  // Single commands.
  var browser: String?
  var check = false
  var curl = false
  /// Fields of a form, `NAME=VALUE`.
  var data: [String] = []
  var force = false
  var format = ExportFormat.dotenv
  var isFormatGiven = false
  var local = false
  var man = false
  var noBrowser = false
  var online = false
  /// Names of settings.
  var only: [String] = []
  var paste = false

  /// The options of `invocation`, with the defaults of its command.
  init(_ invocation: Invocation) {
    let own = Tool.subcommand(named: invocation.command)?.options ?? []
    for option in own + Option.common { option.read(invocation, into: &self) }
  }
}

extension Option {
  /// What every command takes.
  static let common: [Option] = [
    .text(
      "env-file", \.envFile,
      OptionValue("PATH", .file, default: "./.env", environment: "XAUTH_ENV_FILE"),
      help: "The file that holds settings and tokens"),
    .flag("json", \.json, help: "Print one JSON object, failures too"),
    .flag("quiet", \.quiet, help: "Print data and failures only: no notes, no warnings"),
    .flag("verbose", \.verbose, help: "Say what is done, secrets left out"),
    .flag("no-color", \.noColor, help: "Plain text, as NO_COLOR does"),
  ]

  /// What every command takes that may renew a token.
  static let renewing: [Option] = [
    .text(
      "on-rotate", \.onRotate,
      OptionValue("COMMAND", .command, environment: "XAUTH_ON_ROTATE"),
      help: "Run by sh -c once new tokens are saved, with the values as dotenv on standard input"),
    .flag(
      "allow-rotate", \.allowRotate,
      help: "In CI: rotate although nothing carries the new token off the runner"),
  ]

  /// `--min-validity`, whose default differs from command to command.
  static func minValidity(default seconds: Int) -> Option {
    .duration(
      "min-validity", \.minValidity, default: seconds, isGiven: \.isMinValidityGiven,
      help: "Renew when less than this is left")
  }

  /// An option that wins over a setting. As in the environment, an empty value is none.
  static func setting(
    _ name: String, _ setting: SettingName, _ value: OptionValue, help: String
  ) -> Option {
    let value = OptionValue(
      value.name, value.kind, default: value.defaultValue, environment: setting.rawValue)
    return Option(CommandOption(name, value: value, help: help)) { given, options in
      guard let text = given?.last, !text.isEmpty else { return }
      options.settings[setting] = Setting(name: setting, text: text, source: .flag(name))
    }
  }
}
