import CommandTable

/// `version`
enum VersionCommand: Subcommand {
  static let name = "version"

  static func row(for tool: String) -> Command {
    Command(
      name, section: "Help", summary: "print the version", exitCodes: ExitCode.list(),
      examples: [Example("\(tool) version --json", "The version for a program")])
  }

  static func run(_ call: Call) throws(Failure) -> ExitCode {
    try call.console.result(VersionReport(name: call.tool.name, xauth: Release.version))
    return .done
  }
}

private struct VersionReport: Report {
  let name: String
  let xauth: String

  var description: String { "\(name) \(xauth)\n" }

  private enum CodingKeys: CodingKey { case xauth }
}
