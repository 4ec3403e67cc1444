/// Other programs, as commands start them: always by an argument vector, never through a shell.
///
/// A set of closures, so that a test can give another world; `live()` is the real one. A name
/// without a slash is looked up on the `PATH` of the environment that is passed. Of our own
/// descriptors a program gets 0 to 2 and no others: all are opened with O_CLOEXEC.
struct Programs: Sendable {
  /// The path of the program `name` on a `PATH` value (nil: the system's default), or of `name` itself
  /// if it has a slash. Throws why there is none: EACCES if one was there and may not be executed, else
  /// ENOENT.
  var locate: @Sendable (_ name: String, _ path: String?) throws(ProgramNotStarted) -> String

  /// Starts a program and leaves it alone: in a session of its own, its streams on /dev/null,
  /// every signal at its default.
  var start:
    @Sendable (_ arguments: [String], _ environment: [String: String]) throws(ProgramNotStarted)
      -> StartedProgram

  /// Runs a program to its end with `input` on its standard input. After `timeout` seconds (nil:
  /// never) it is told to terminate, and a second later killed.
  var run:
    @Sendable (
      _ arguments: [String], _ environment: [String: String], _ input: [UInt8],
      _ output: ProgramOutput, _ timeout: Double?
    ) throws(ProgramNotStarted) -> ProgramOutcome

  /// Becomes another program (execve(2)), with the signals as this process was given them; comes
  /// back only on failure, with the errno. A file without an executable format is given to
  /// /bin/sh, as POSIX asks of a shell (XCU 2.9.1.4).
  var replace: @Sendable (_ arguments: [String], _ environment: [String: String]) -> Int32

  /// As `locate`; nil if there is no such program that may be executed.
  func find(_ name: String, _ path: String?) -> String? { try? locate(name, path) }
}

/// A program that could not be started.
struct ProgramNotStarted: Error, Equatable, Sendable {
  /// Its name, as it was asked for.
  let name: String
  /// Why: ENOENT, EACCES and so on.
  let errno: Int32
}
