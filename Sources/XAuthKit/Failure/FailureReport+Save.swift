extension SaveObstacle {
  /// The table.
  func report(recovery: String?) -> FailureReport {
    let reason =
      switch self {
      case .anotherGrantInFile: "the file was changed meanwhile"
      case .because(.hook(let failure)), .hookInCI(.hook(let failure)): failure.words
      case .hookInCI(let failure): failure.report.message
      case .because(let failure): failure.report.message
      }
    guard let recovery else {
      return FailureReport(
        "lost", .notSaved,
        "a new token came but could not be written anywhere, so it is lost: \(reason)",
        hint: "free space or repair the disk, then run \(call: "login")")
    }
    if case .anotherGrantInFile = self {
      return FailureReport(
        "not_saved", .notSaved, "a new token came, but \(reason), and was left as it is",
        hint: "the new token is in \(recovery) until the next renewal")
    }
    if case .hookInCI = self {
      return FailureReport(
        "not_saved", .notSaved, "a new token came, but nothing stored it: \(reason)",
        hint: "copy it out now, before this CI job ends: it is in \(recovery)")
    }
    if case .because(.file(.notFound)) = self {
      return FailureReport(
        "not_saved", .notSaved, "a new token came but could not be saved: \(reason)",
        hint: "it is safe in \(recovery): put the file back as it was, and the next run saves it")
    }
    return FailureReport(
      "not_saved", .notSaved, "a new token came but could not be saved: \(reason)",
      hint: "it is safe in \(recovery): fix the cause, and the next run saves it")
  }
}

extension FailureReport {
  /// The grant is ended, and the file still shows it.
  init(notBlanked reason: Failure, path: String) {
    self.init(
      "not_blanked", .settings,
      "the tokens could not be removed from \(path): \(reason.report.message)",
      hint: "fix the cause, and the next run removes them")
  }
}

extension HookFailure {
  /// The table.
  var report: FailureReport {
    let code =
      switch self {
      case .failed: "hook_failed"
      case .cannotStart: "hook_not_started"
      }
    return FailureReport(
      code, .unexpected, "the tokens are saved, but \(words)",
      hint: "the next run runs it again")
  }

  /// What happened, in words.
  var words: String {
    switch self {
    case .failed(let end): "the --on-rotate command \(end.words)"
    case .cannotStart(let errno): "the --on-rotate command can't be started (\(systemText(errno)))"
    }
  }
}

extension ProgramOutcome.End {
  /// How a program ended, in words.
  var words: String {
    switch self {
    case .exited(let status): "ended with status \(status)"
    case .signalled(let signal): "was ended by signal \(signal)"
    case .timedOut: "did not end in time"
    case .unknown: "ended, nobody knows how"
    }
  }
}
