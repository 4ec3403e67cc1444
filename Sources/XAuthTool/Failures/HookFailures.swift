/// How the `--on-rotate` command failed.
enum HookFailure: Sendable, Equatable {
  /// It ran and did not succeed.
  case failed(ProgramOutcome.End)
  /// Its shell could not be started.
  case cannotStart(errno: Int32)
  /// Another run's command is still running, after a wait of so many seconds.
  case anotherIsRunning(seconds: Int)

  /// The table.
  var report: FailureReport {
    let hint: Hint =
      "correct it; each run tries it again, and until then servers have the old token"
    return switch self {
    case .failed:
      FailureReport("hook_failed", .unexpected, "the tokens are saved, but \(phrase)", hint: hint)
    case .cannotStart:
      FailureReport(
        "hook_not_started", .unexpected, "the tokens are saved, but \(phrase)", hint: hint)
    case .anotherIsRunning:
      FailureReport(
        "hook_running", .temporary, "the tokens are saved, but \(phrase)",
        hint: "if that command fails, the next run tries it again")
    }
  }

  /// What happened, as part of a message.
  var phrase: String {
    switch self {
    case .failed(let end): "the --on-rotate command \(end.phrase(limit: HookCommand.limit))"
    case .cannotStart(let errno): "the --on-rotate command can't start (\(systemText(errno)))"
    case .anotherIsRunning(let seconds):
      "another run's --on-rotate command still runs after \(Spans.words(seconds))"
    }
  }
}

extension ProgramOutcome.End {
  /// How a program ended that may run for `limit` seconds, to follow its name.
  func phrase(limit: Double) -> String {
    switch self {
    case .exited(let status): "ended with status \(status)"
    case .signalled(let signal): "was ended by signal \(signal)"
    case .timedOut: "was stopped after \(Int(limit)) s"
    case .unknown: "ended for an unknown reason"
    }
  }
}

extension FailureReport {
  /// The rows of `Failure.notStored`. A hook's own row would say that the tokens are saved, but here
  /// only the recovery file has them.
  init(notStored failure: Failure, recovery: String, inCI: Bool) {
    let reason = if case .hook(let hook) = failure { hook.phrase } else { failure.report.message }
    self =
      inCI
      ? FailureReport(
        "not_saved", .notSaved, "a new token came, but nothing stored it: \(reason)",
        hint: "copy it out now, before this CI job ends: it is in \(recovery)")
      : FailureReport(
        "not_saved", .notSaved, "a new token came but could not be saved: \(reason)",
        hint: "it is safe in \(recovery): fix the cause, and the next run saves it")
  }
}
