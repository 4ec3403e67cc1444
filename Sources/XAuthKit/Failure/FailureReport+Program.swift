import Glibc
import OAuth

extension ProgramNotStarted {
  /// The table, with a shell's exit codes.
  var report: FailureReport {
    let shown = sanitized(name, limit: 80)
    if errno == ENOENT {
      return FailureReport(
        "command_not_found", .commandNotFound, "there is no command \(shown)",
        hint: "check its name, and PATH")
    }
    return FailureReport(
      "command_not_executable", .cannotExecute,
      "\(shown) can't be executed (\(systemText(errno)))", hint: "check its permissions")
  }
}
