/// Why `export` gives nothing out.
enum ExportFailure: Sendable, Equatable {
  /// A value that was asked for by name.
  case notSet(SettingName)
  /// Standard output is a terminal, and nobody agreed to that.
  case terminal
  /// `GITHUB_ENV` names no file.
  case noGitHubEnvironment
}
