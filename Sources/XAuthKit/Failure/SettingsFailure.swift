/// A setting that can't be used.
enum SettingsFailure: Sendable, Equatable {
  case noClientID(path: String, fileExists: Bool)
  /// The file isn't there, nobody named it, and nobody sits at a terminal.
  case fileNotNamed(path: String)
  /// There is no file, and no grant in the environment either.
  case noFileToRevoke(path: String)
  case noWorkingFolder
  case notUTF8(SettingName, line: Int, path: String)
  case environmentNotUTF8(SettingName)
  case controlCharacter(SettingName, SettingSource)
  case outOfRange(Setting, ClosedRange<Int>)
  /// `--timeout` or `X_OAUTH_CALLBACK_TIMEOUT` is no duration, or one that isn't waited for.
  case timeoutOutOfRange(Setting)
  case noScopes(Setting)
  case unknownScheme(Setting)
  case certificateWithoutTLS(Setting)
  case halfOfTLS(Setting)
  case endpointNotURL(Setting)
  case endpointNotSecure(Setting)
  case endpointFromElsewhere(Setting)
  case rotationInCI
  case noStore
  case noShell(String)
  case hookUnreadable
  case hookNotFound(String)
  case pasteWithoutTerminal
  case contradiction(String, String)
}
