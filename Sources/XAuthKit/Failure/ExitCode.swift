/// What the process says to the program that ran it. The numbers are a contract: see `help
/// exit-codes`.
enum ExitCode: Int32, Sendable, CaseIterable {
  /// Done, or nothing was due.
  case done = 0
  /// Something nobody foresaw, or the `--on-rotate` hook failed (the tokens are saved).
  case unexpected = 1
  /// The command line makes no sense.
  case usage = 2
  /// A person must log in.
  case loginNeeded = 3
  /// Settings or files are wrong; no token was spent.
  case settings = 4
  /// A new token could not be saved where it belongs; the recovery file holds it.
  case notSaved = 5
  /// Temporary: run it again later (`EX_TEMPFAIL` of sysexits.h).
  case temporary = 75
  /// `exec`: the command is there and can't be executed (POSIX XCU 2.8.2).
  case cannotExecute = 126
  /// `exec`: there is no such command (POSIX XCU 2.8.2).
  case commandNotFound = 127
}
