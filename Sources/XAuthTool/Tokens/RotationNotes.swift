import OAuth
import DotEnv
import Rotation
import Synchronization

/// What a rotation has to tell while its file is locked: at once where standard error surely takes it,
/// and otherwise when the lock is released. A reader that doesn't read must not keep the lock.
final class PendingNotes: Sendable {
  private let console: Console
  private let endpoints: Endpoints?
  private let pending = Mutex<[RotationNote]>([])

  init(_ console: Console, _ endpoints: Endpoints? = nil) {
    (self.console, self.endpoints) = (console, endpoints)
  }

  /// Takes a note.
  func add(_ note: RotationNote) {
    pending.withLock { $0.append(note) }
    if console.takesTextAtOnce { tell() }
  }

  /// Tells what was noted, once.
  func tell() {
    let notes = pending.withLock { notes in
      defer { notes = [] }
      return notes
    }
    for note in notes { note.tell(console, endpoints) }
  }
}

extension RotationNote {
  fileprivate func tell(_ console: Console, _ endpoints: Endpoints?) {
    switch self {
    case .step(let step):
      if let words = step.words { console.detail(words) }
    case .sending:
      if let notice = endpoints?.foreignHostNotice { console.sayOnce(notice) }
    case .finishingEarlierRun:
      console.say("finishing what a run that was cut off had begun")
    case .finishingLogin: console.say("finishing an earlier login")
    case .replacedOlderCopy(let path):
      console.warn(
        "older tokens were put back into \(path); the newest are saved again",
        hint: "an editor that had the file open does that: have it read the file again")
    case .parked(let path, let journal):
      console.warn(
        "a renewed token came for a grant that \(path) no longer holds; the file stays as it is",
        hint: "the token is kept in \(journal) until the next renewal")
    case .presentingNewest(let path, let account):
      console.warn(
        "\(path) holds an older token; the newest\(account.map { ", @\($0)'s," } ?? "") is tried first",
        hint: "a restored backup or an old copy does that")
    case .refusedTryingAnother(let role, let path):
      console.say(
        role == .newest
          ? "X refused the newest token; trying the one in \(path)"
          : "X refused the token in \(path); trying the newest that came for it")
    case .tryingOnceMore(let failure):
      console.detail("\(Failure(failure.cause).report.message); trying once more")
    case .notRevoked(let account):
      let whose = account.map { "@\($0)'s tokens" } ?? "tokens of another server"
      console.warn(
        "\(whose), which were in use here too, stay valid",
        hint: "to revoke them as well, put their .env back and run \(call: "revoke")")
    case .storeAway(let failure, let place):
      let report = RotationFailure.store(failure, place: place).report(RotationCircumstances())
      console.say("\(report.message); the current token is valid")
    case .watching(let use, _):
      console.say("waiting: \(use.words(at: use.begun))")
    case .successorMayLive:
      console.warn(
        "no answer came to an earlier renewal: a token that nobody saw may still be valid",
        hint: "end the app's access at https://x.com/settings/connected_apps to be sure")
    }
  }
}

extension RotationStep {
  /// What has just been done; nil where it's of no interest.
  var words: String? {
    switch self {
    case .locked: "locked the file"
    case .recovered: "looked for what an earlier run left to be finished"
    case .proved: "proved that a save will work"
    case .claimed: "claimed the token, so that no other run sends it"
    case .intentWritten: "wrote down what is about to be done"
    case .sent, .unlocked: nil
    case .answerWritten: "wrote down what came of it"
    case .saved: "saved the file"
    case .markedDone: "marked it done in the journal"
    }
  }
}

extension RotationEffects {
  /// The effects of a command.
  init(_ call: Call, _ notes: PendingNotes) {
    let (context, console) = (call.context, call.console)
    self.init(
      command: call.command,
      hasHook: call.options.onRotate(in: context.environment) != nil,
      lockTimeout: context.lockTimeout, now: context.clock.now, uptime: context.clock.uptime,
      timeSinceBoot: context.clock.timeSinceBoot, sleep: context.clock.sleep,
      waiting: {
        // Part of the lock may be held: a reader that doesn't read must not keep it.
        guard console.isOnTerminal, console.isReady else { return }
        console.say("waiting for another run that holds the lock…")
      },
      holdSignals: { context.signals.hold($0.message) }, note: notes.add, reached: context.reached)
  }
}

extension RotationEffects.Stake {
  /// What a signal prints while it is held.
  fileprivate var message: StaticString {
    switch self {
    case .renewal: "\na token is being renewed and saved; this ends by itself within seconds\n"
    case .login: "\ntokens are being fetched and saved; this ends by itself within seconds\n"
    case .revocation:
      "\ntokens are being revoked and cleared; this ends by itself within seconds\n"
    }
  }
}

extension Rotation.Renewal {
  /// What this run has done, in words; nil when that is nothing.
  var done: String? {
    switch self {
    case .renewed: "the tokens were renewed and are saved"
    case .copied: "a new access token was copied and is saved"
    case .notDue, .byAnother: nil
    }
  }
}

extension IssuedFacts {
  /// What isn't as it should be with the tokens that came.
  var words: [String] {
    (lacksAccessToken
      ? [
        "X sent a new refresh token without an access token; the one from before is used while it is valid"
      ]
      : [])
      + (lifetimeIsAssumed
        ? ["X did not say how long the access token lives; two hours are assumed"] : [])
      + (arePortable
        ? []
        : ["a token has quotes or backslashes that programs read in different ways from a .env"])
  }

  /// Whether every program reads the tokens from a `.env` alike: all of RFC 6750's are read so.
  private var arePortable: Bool {
    tokens.allSatisfy {
      DotEnvChange(Grant.Key.accessToken.rawValue, $0.reveal(), origin: .server).isPortable
    }
  }

  /// Prints these warnings, and one if the new token is valid for less than `--min-validity`.
  func warn(_ console: Console, need: Rotation.Need) {
    for words in words { console.warn(words) }
    if !lacksAccessToken, lifetime < need.validity {
      console.warn(
        "the new token lives only \(Spans.words(lifetime)), less than --min-validity",
        hint: "every run will renew it; ask for less with --min-validity")
    }
  }
}
