/// The settings that a command works with, each with its source: option, then process environment,
/// then `.env`, then default; an empty value counts as unset. The grant, the client's credentials and
/// the endpoints depart from that order, because each comes as a group from one source.
struct Settings: Sendable {
  let options: Options
  let environment: Environment
  let file: EnvFile

  /// Reads the settings for a command.
  static func open(_ options: Options, _ context: Context) throws(Failure) -> Settings {
    let file = try EnvFile.open(flag: options.envFile, context: context)
    return Settings(options: options, environment: context.environment, file: file)
  }

  /// The value of one setting by the usual order; nil when it is unset everywhere.
  func setting(_ name: SettingName) throws(Failure) -> Setting? {
    if let option = options.settings[name] { return option }
    if let found = fromEnvironment(name) { return try found.requireUTF8() }
    return try file.setting(name)
  }

  /// The value of one setting in the process environment alone. What a proxy of ours has put there for
  /// the server that it started isn't meant for us.
  func fromEnvironment(_ name: SettingName) -> Setting? {
    guard let text = environment[name.rawValue], text != ProxyAddress.placeholder,
      name != .apiBaseURL || ProxyAddress(text) == nil
    else { return nil }
    return Setting(name: name, text: text, source: .environment)
  }

  /// See `Options.onRotate(in:)`.
  var onRotate: String? { options.onRotate(in: environment) }
}
