/// The settings a command works with, each with its source: flag, then process environment, then
/// `.env`, then default; an empty value is unset. What departs from that order has a type of its
/// own: the grant, the client's credentials and the endpoints travel in groups.
struct Settings: Sendable {
  let options: Options
  let environment: Environment
  let file: EnvFile

  /// Reads the settings for a command.
  static func open(_ options: Options, _ context: Context) throws(Failure) -> Settings {
    let file = try EnvFile.open(flag: options.envFile, context: context)
    return Settings(options: options, environment: context.environment, file: file)
  }

  /// The value of one setting by the ordinary order.
  func setting(_ name: SettingName) throws(Failure) -> Setting? {
    if let option = options.settings[name] { return option }
    if let found = fromEnvironment(name) { return try found.requireUTF8() }
    return try file.setting(name)
  }

  /// The value of one setting in the process environment alone.
  func fromEnvironment(_ name: SettingName) -> Setting? {
    environment[name.rawValue].map { Setting(name: name, text: $0, source: .environment) }
  }

  /// The command `--on-rotate` or `XAUTH_ON_ROTATE` names. Never from the file: what can run comes
  /// only from who runs us.
  var onRotate: String? { options.onRotate ?? environment["XAUTH_ON_ROTATE"] }
}
