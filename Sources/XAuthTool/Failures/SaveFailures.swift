/// Why a new token is not in its file.
indirect enum SaveObstacle: Sendable {
  /// Somebody else put another grant into the file, which is left alone.
  case anotherGrantInFile
  /// The disk failed, or the `--on-rotate` command where that is the only store.
  case because(Failure)
  /// The `--on-rotate` command failed in a CI job, whose disk is lost when it ends.
  case hookInCI(Failure)

  /// The table. `recovery` is the file that holds the token; nil when it could not be written
  /// anywhere.
  func report(recovery: String?) -> FailureReport {
    guard let recovery else {
      return FailureReport(
        "lost", .notSaved,
        "a new token came but could not be written anywhere, so it is lost: \(reason)",
        hint: "free space or repair the disk, then run \(call: "login")")
    }
    return switch self {
    case .anotherGrantInFile:
      FailureReport(
        "not_saved", .notSaved, "a new token came, but \(reason), and was left as it is",
        hint: "the new token is in \(recovery) until the next renewal")
    case .hookInCI:
      FailureReport(
        "not_saved", .notSaved, "a new token came, but nothing stored it: \(reason)",
        hint: "copy it out now, before this CI job ends: it is in \(recovery)")
    case .because(.file(.notFound)):
      FailureReport(
        "not_saved", .notSaved, "a new token came but could not be saved: \(reason)",
        hint: "it is safe in \(recovery): put the file back as it was, and the next run saves it")
    case .because:
      FailureReport(
        "not_saved", .notSaved, "a new token came but could not be saved: \(reason)",
        hint: "it is safe in \(recovery): fix the cause, and the next run saves it")
    }
  }

  private var reason: String {
    switch self {
    case .anotherGrantInFile: "the file was changed meanwhile"
    // Its own row says that the tokens are saved, and here they aren't.
    case .because(.hook(let failure)), .hookInCI(.hook(let failure)): failure.words
    case .because(let failure), .hookInCI(let failure): failure.report.message
    }
  }
}

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
    let hint: Hint = "the next run runs it again"
    return switch self {
    case .failed:
      FailureReport("hook_failed", .unexpected, "the tokens are saved, but \(words)", hint: hint)
    case .cannotStart:
      FailureReport(
        "hook_not_started", .unexpected, "the tokens are saved, but \(words)", hint: hint)
    case .anotherIsRunning:
      FailureReport(
        "hook_running", .temporary, "the tokens are saved, but \(words)",
        hint: "if that command fails, the next run runs it again")
    }
  }

  /// What happened, as part of a message.
  var words: String {
    switch self {
    case .failed(let end): "the --on-rotate command \(end.phrase)"
    case .cannotStart(let errno): "the --on-rotate command can't be started (\(systemText(errno)))"
    case .anotherIsRunning(let seconds):
      "the --on-rotate command of another run has not ended within \(Spans.words(seconds))"
    }
  }
}

extension ProgramOutcome.End {
  /// How a program ended, to follow its name.
  var phrase: String {
    switch self {
    case .exited(let status): "ended with status \(status)"
    case .signalled(let signal): "was ended by signal \(signal)"
    case .timedOut:
      "did not end within \(Int(HookCommand.limit)) s, so it was stopped with everything it had started"
    case .unknown: "ended, nobody knows how"
    }
  }
}

extension FailureReport {
  /// The row of `Failure.notBlanked`: the grant is revoked, but its tokens are still in the file.
  init(notBlanked reason: Failure, path: String) {
    self.init(
      "not_blanked", .settings,
      "the tokens could not be removed from \(path): \(reason.report.message)",
      hint: "fix the cause, and the next run removes them")
  }
}
