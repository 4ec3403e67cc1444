import CommandTable

/// What a failure says: one row of the failure tables.
struct FailureReport: Sendable, Equatable {
  /// A stable name for programs, such as `port_in_use`.
  let code: String
  /// What happened and why, in one line.
  let message: String
  /// What to do next, in one line.
  let hint: Hint?
  /// The exit code.
  let exit: ExitCode

  init(_ code: String, _ exit: ExitCode, _ message: String, hint: Hint? = nil) {
    self.code = code
    self.exit = exit
    self.message = message
    self.hint = hint
  }

  /// Whether the same call may succeed later without any change.
  var isRetryable: Bool { exit == .temporary }
}

/// What to do next, in one line. It names this program by the name it was called by, so that its
/// commands can be pasted: X11 has another `xauth`, and this one may be installed as `x-auth`.
///
///     "nothing was changed; run \(call: "login") again"
struct Hint: Sendable, Equatable, ExpressibleByStringInterpolation, StringInterpolationProtocol {
  private enum Part: Sendable, Equatable {
    case text(String)
    case call(String)
  }

  private var parts: [Part] = []

  init(stringLiteral text: String) { parts = [.text(text)] }

  /// The hint is built up as it is interpolated, so it is its own `StringInterpolation`.
  init(stringInterpolation hint: Hint) { self = hint }
  init(literalCapacity: Int, interpolationCount: Int) {}

  mutating func appendLiteral(_ text: String) { parts.append(.text(text)) }

  /// A value, as it is.
  mutating func appendInterpolation(_ value: some CustomStringConvertible) {
    parts.append(.text(value.description))
  }

  /// A call of this program with these arguments.
  mutating func appendInterpolation(call arguments: String) { parts.append(.call(arguments)) }

  /// The line for a program that was called `tool`. If `--env-file` named a file, each command in the
  /// hint names it too: without it, the command would work on another file.
  func text(tool: String, file: String? = nil) -> String {
    let named = file.map { " --env-file \(ShellWord.path($0))" } ?? ""
    return parts.map { part in
      switch part {
      case .text(let text): text
      case .call(let arguments): "`\(tool) \(arguments)\(named)`"
      }
    }.joined()
  }
}

extension Hint {
  /// For a revocation that was begun and not confirmed.
  static let finishRevoking: Hint =
    "run \(call: "revoke") again to finish it, or \(call: "refresh --force") to keep the grant"
}
