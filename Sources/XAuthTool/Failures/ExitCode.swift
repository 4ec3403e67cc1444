import CommandTable

/// What the process says to the program that ran it. The numbers are a contract: see `help
/// exit-codes`.
enum ExitCode: Sendable, Equatable {
  case done
  case unexpected
  case usage
  case loginNeeded
  case settings
  case notSaved
  case temporary
  case cannotExecute
  case commandNotFound
  /// That of a command which was run to its end.
  case child(Int32)

  /// All but those of a command that was run.
  static let own: [ExitCode] = [
    .done, .unexpected, .usage, .loginNeeded, .settings, .notSaved, .temporary, .cannotExecute,
    .commandNotFound,
  ]

  /// The number.
  var rawValue: Int32 {
    switch self {
    case .done: 0
    case .unexpected: 1
    case .usage: 2
    case .loginNeeded: 3
    case .settings: 4
    case .notSaved: 5
    case .temporary: 75  // EX_TEMPFAIL of sysexits.h.
    case .cannotExecute: 126  // POSIX XCU 2.8.2.
    case .commandNotFound: 127
    case .child(let code): code
    }
  }

  /// What it means, as help says it.
  var meaning: String {
    switch self {
    case .done: "done, or nothing was due"
    case .unexpected:
      """
      something unexpected, such as a closed standard output; or the --on-rotate command failed \
      (the tokens are saved)
      """
    case .usage: "the command line is wrong"
    case .loginNeeded: "a person must log in, or the login was refused or timed out"
    case .settings: "settings or files are wrong; no token was used"
    case .notSaved:
      "a new token could not be saved where it belongs; the recovery file holds it"
    case .temporary: "temporary: run it again later"
    case .cannotExecute: "exec, proxy: the command is there and can't be executed"
    case .commandNotFound: "exec, proxy: there is no such command"
    case .child: "the command's own"
    }
  }
}

extension ExitCode {
  /// A process that a signal ended has this plus the signal's number as its exit code in a shell.
  private static let signal = 128

  /// The codes of a command: those that every command has, and its `own`.
  static func list(_ own: ExitCode..., orSignal: Bool = false) -> [Int] {
    ([.done, .unexpected, .usage] + own).map { Int($0.rawValue) } + (orSignal ? [signal] : [])
  }

  /// The codes of a command that renews or revokes tokens.
  static let ofRenewing = list(.loginNeeded, .settings, .notSaved, .temporary, orSignal: true)

  /// All of them, as help lists them.
  static let documentation =
    own.map { ExitCodeDoc(Int($0.rawValue), $0.meaning) }
    + [ExitCodeDoc(signal, label: "128+n", "ended by signal n")]
}
