/// What became of the `--on-rotate` command.
enum HookFailure: Sendable, Equatable {
  /// It ran, and not to a good end.
  case failed(ProgramOutcome.End)
  /// Its shell didn't start.
  case cannotStart(errno: Int32)
}
