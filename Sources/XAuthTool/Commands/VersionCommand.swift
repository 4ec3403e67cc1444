import CommandTable

/// `version`
enum VersionCommand: Subcommand {
  static let name = "version"

  static func row(for tool: String) -> Command {
    Command(
      name, section: "Help", summary: "print the version", exitCodes: ExitCode.list(),
      examples: [
        Example("\(tool) version --json", "The version for a program"),
        Example("\(tool) version --verbose", "With those of OpenSSL and libcurl, if linked in"),
      ])
  }

  static func run(_ call: Call) throws(Failure) -> ExitCode {
    let linked = call.context.linkedLibraries
    try call.console.result(
      VersionReport(
        name: call.tool.name, isVerbose: call.console.isVerbose, xauth: Release.version,
        libraries: linked.isEmpty ? nil : linked))
    return .done
  }
}

private struct VersionReport: Report {
  let name: String
  let isVerbose: Bool
  let xauth: String
  let libraries: [LinkedLibrary]?

  var description: String { "\(name) \(xauth)\n" + (isVerbose ? details : "") }

  private var details: String {
    guard let libraries else { return "OpenSSL and libcurl are the system's\n" }
    return libraries.map { "\($0.name) \($0.version), linked in, of \(Times.day($0.time))\n" }
      .joined()
  }

  private enum CodingKeys: CodingKey { case xauth, libraries }
}
