@testable import XAuthTool

/// The `--on-rotate` command: what it was given is kept.
final class RecordedHook: @unchecked Sendable {
  struct Call {
    let arguments: [String]
    let environment: [String: String]
    let input: String
    let timeout: Double?
  }

  var calls: [Call] = []
  var end = ProgramOutcome.End.exited(0)
  var shellExists = true
  /// What a shell says of a command that it reads (`-n`) or looks for (`command -v`), and runs nothing.
  var check: (_ arguments: [String]) -> ProgramOutcome.End = { _ in .exited(0) }
  /// What the command of `X_OAUTH2_STORE` prints; nil where the one that is run is another.
  var follow: (_ command: String) -> ProgramOutcome? = { _ in nil }
  /// How it was run.
  var follows: [Call] = []
  /// What the command does while it runs.
  var action: () -> Void = {}

  /// Runs it, or checks it.
  func run(
    _ arguments: [String], _ environment: [String: String], _ input: [UInt8], _ timeout: Double?
  ) -> ProgramOutcome {
    if arguments.count > 3 { return ProgramOutcome(end: check(arguments)) }
    let call = Call(
      arguments: arguments, environment: environment,
      input: String(decoding: input, as: UTF8.self), timeout: timeout)
    if let outcome = follow(arguments[2]) {
      follows.append(call)
      return outcome
    }
    calls.append(call)
    action()
    return ProgramOutcome(end: end)
  }
}
