import OAuth

/// The environment of the steps that follow in a GitHub Actions job (GitHub Docs, "Workflow commands
/// for GitHub Actions").
struct GitHubEnvironment: Sendable {
  private let path: String
  private let context: Context

  /// The file that `GITHUB_ENV` names.
  init(_ context: Context) throws(Failure) {
    guard let path = context.environment["GITHUB_ENV"] else {
      throw .export(.noGitHubEnvironment)
    }
    self.path = path
    self.context = context
  }

  /// Gives the steps that follow these values.
  func append(_ values: [ExportedValue]) throws(Failure) {
    try context.appendLines(Self.lines(values), path)
  }

  /// The runner splits a line at its first `=`; none of our names has one, and no value a line break.
  static func lines(_ values: [ExportedValue]) -> String {
    values.map { "\($0.name.rawValue)=\($0.value.reveal())\n" }.joined()
  }

  /// The commands that make the job's log hide the secrets. `%` is escaped in a command's data; so
  /// are line breaks, but no value has one.
  static func masks(_ values: [ExportedValue]) -> String {
    values.filter(\.name.isSecret).map { value in
      let text = value.value.reveal().split(separator: "%", omittingEmptySubsequences: false)
      return "::add-mask::\(text.joined(separator: "%25"))\n"
    }.joined()
  }
}
