/// How `export` writes.
enum ExportFormat: String, Sendable, CaseIterable {
  /// Lines of a `.env`.
  case dotenv
  /// `export` commands for a POSIX shell.
  case shell
  /// One object of names and values.
  case json
  /// The environment file of a GitHub Actions job, and masks for its log.
  case githubEnv = "github-env"
}
