/// The exit codes. The numbers are a contract with scripts: see `help exit-codes`.
enum ExitCode: Int32, Sendable, CaseIterable {
  /// Done, or nothing was due.
  case done = 0
  /// An unexpected failure, or the `--on-rotate` hook failed (the tokens are saved).
  case unexpected = 1
  /// The command line makes no sense.
  case usage = 2
  /// A login is needed.
  case loginNeeded = 3
  /// Settings or files are wrong; no token was used.
  case settings = 4
  /// A new token could not be saved where it belongs; the recovery file holds it.
  case notSaved = 5
  /// Temporary: run it again later (`EX_TEMPFAIL` of sysexits.h).
  case temporary = 75
  /// `exec`: the command exists but can't be executed (POSIX XCU 2.8.2).
  case cannotExecute = 126
  /// `exec`: there is no such command (POSIX XCU 2.8.2).
  case commandNotFound = 127
}
