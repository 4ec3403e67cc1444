import CommandTable
import DotEnv
import OAuth

/// The formats of `export`.
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

/// Values as text in these formats; `GitHubEnvironment` has the last one.
enum ExportText {
  /// As lines of a `.env`, quoted so that every reader sees the same.
  static func dotEnv(_ values: [ExportedValue]) throws(Failure) -> String {
    let changes = values.map { value in
      // A client secret that can't be quoted for every reader can be replaced; a token can't.
      let origin: DotEnvChange.Origin = value.name == .clientSecret ? .person : .server
      return DotEnvChange(value.name.rawValue, value.value.reveal(), origin: origin)
    }
    do {
      return String(decoding: try DotEnvDocument([]).setting(changes).bytes, as: UTF8.self)
    } catch {
      throw .dotEnv(error, path: "the export")
    }
  }

  /// As commands of a POSIX shell.
  static func shell(_ values: [ExportedValue]) -> String {
    values.map { "export \($0.name.rawValue)=\(ShellWord.quoted($0.value.reveal()))\n" }.joined()
  }

  /// As one object.
  static func json(_ values: [ExportedValue]) -> String { Console.json(dictionary(values)) + "\n" }

  /// As names and values.
  static func dictionary(_ values: [ExportedValue]) -> [String: String] {
    Dictionary(uniqueKeysWithValues: values.map { ($0.name.rawValue, $0.value.reveal()) })
  }
}
