import CommandTable

/// What to do next, in one line. The calls of this program in it are named as the program was called,
/// so that they can be copied: X11 has another `xauth`, and ours may be installed as `x-auth`.
///
///     "nothing was changed; run \(call: "login") again"
struct Hint: Sendable, Equatable, ExpressibleByStringInterpolation {
  fileprivate enum Part: Sendable, Equatable {
    case text(String)
    case call(String)
  }

  private let parts: [Part]

  init(stringLiteral text: String) { parts = [.text(text)] }

  init(stringInterpolation: StringInterpolation) { parts = stringInterpolation.parts }

  /// The line for a program that was called `tool`, with `--env-file` if that named a file: the same
  /// call without it would work on another one.
  func text(tool: String, file: String? = nil) -> String {
    let named = file.map { " --env-file \(ShellWord.quotedIfNeeded($0))" } ?? ""
    return parts.map { part in
      switch part {
      case .text(let text): text
      case .call(let arguments): "`\(tool) \(arguments)\(named)`"
      }
    }.joined()
  }

  /// Text, values in it, and calls of this program.
  struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var parts: [Part] = []

    init(literalCapacity: Int, interpolationCount: Int) {}

    mutating func appendLiteral(_ text: String) { parts.append(.text(text)) }

    /// A value, as it is.
    mutating func appendInterpolation(_ value: some CustomStringConvertible) {
      parts.append(.text(value.description))
    }

    /// A call of this program with these arguments.
    mutating func appendInterpolation(call arguments: String) { parts.append(.call(arguments)) }
  }
}
