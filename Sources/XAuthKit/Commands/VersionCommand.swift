import CommandTable

/// `version`
enum VersionCommand: Subcommand {
  /// The version of this program.
  static let version = "0.1.0"
  /// When it was made, as the manual page says it.
  static let date = "November 23, 2026"

  static let row = Command(
    "version", section: "Help", summary: "print the version", exitCodes: [0, 1, 2],
    examples: [Example("{tool} version --json", "The version for a program")])

  static func run(_ call: Call) throws(Failure) -> ExitCode {
    try call.console.result(VersionReport(name: call.tool.name, xauth: version))
    return .done
  }
}

private struct VersionReport: Report {
  let name: String
  let xauth: String

  var description: String { "\(name) \(xauth)\n" }

  private enum CodingKeys: CodingKey { case xauth }
}
