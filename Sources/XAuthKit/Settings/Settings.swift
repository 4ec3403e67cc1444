import CommandTable

/// The settings a command works with, each with its source: flag, then process environment, then
/// `.env`, then default; an empty value is unset. What departs from that order has a type of its
/// own: the grant, the client's credentials and the endpoints travel in groups.
struct Settings: Sendable {
  let invocation: Invocation
  let environment: Environment
  let file: EnvFile

  /// Reads the settings for a command.
  static func open(_ invocation: Invocation, _ context: Context) throws(Failure) -> Settings {
    let file = try EnvFile.open(flag: invocation.value("env-file"), context: context)
    return Settings(invocation: invocation, environment: context.environment, file: file)
  }

  /// The value of one setting by the ordinary order; `flag` is the option that overrides it.
  func setting(_ name: SettingName, flag: String? = nil) throws(Failure) -> Setting? {
    if let flag, let text = invocation.value(flag), !text.isEmpty {
      return Setting(name: name, text: text, source: .flag(flag))
    }
    if let found = fromEnvironment(name) { return try found.requireUTF8() }
    return try file.setting(name)
  }

  /// The value of one setting in the process environment alone.
  func fromEnvironment(_ name: SettingName) -> Setting? {
    environment[name.rawValue].map { Setting(name: name, text: $0, source: .environment) }
  }

  /// The command `--on-rotate` or `XAUTH_ON_ROTATE` names. Never from the file: what can run comes
  /// only from who runs us.
  var onRotate: String? { invocation.value("on-rotate") ?? environment["XAUTH_ON_ROTATE"] }
}
