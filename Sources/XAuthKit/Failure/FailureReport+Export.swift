extension ExportFailure {
  /// The table.
  var report: FailureReport {
    switch self {
    case .notSet(let name):
      FailureReport(
        "not_set", .settings, "\(name.rawValue) is not set", hint: "\(call: "show") tells what is")
    case .terminal:
      FailureReport(
        "secrets_to_terminal", .usage,
        "the tokens were not shown: standard output is a terminal",
        hint: "pipe it into the program that needs it, or print it all the same with --force")
    case .noGitHubEnvironment:
      FailureReport(
        "no_github_env", .settings,
        "GITHUB_ENV is not set: this is not a step of a GitHub Actions job",
        hint: "elsewhere use --format dotenv or shell")
    }
  }
}
