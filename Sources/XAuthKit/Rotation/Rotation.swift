import DurableFile
import OAuth

/// Renews a grant so that a rotated token is never lost, and never spent again while its successor
/// may be alive.
///
/// The order of the steps in `renew` is the protocol; each has its reason beside it. What can go
/// wrong at each of them is in `Recovery`: every run begins by finishing what an earlier one left.
struct Rotation: Sendable {
  /// What a command needs of the access token.
  struct Need: Sendable, Equatable {
    /// Seconds that must be left.
    let validity: Int
    /// Renew whatever is left.
    let force: Bool

    /// Whether `grant` has to be renewed for it.
    func isDue(_ grant: Grant, at now: Int) -> Bool {
      force || !grant.isGood(for: validity, at: now)
    }
  }

  /// How the grant came to be good.
  enum Renewal: Sendable, Equatable {
    /// Nothing was due.
    case notDue(Grant)
    /// Renewed by this run.
    case renewed(Grant, IssuedNotes)
    /// Renewed by another run while this one waited.
    case byAnother(Grant)

    var grant: Grant {
      switch self {
      case .notDue(let grant), .byAnother(let grant), .renewed(let grant, _): grant
      }
    }

    /// What this run has done, in words; nil when that is nothing.
    var done: String? {
      if case .renewed = self { "the tokens were renewed and are saved" } else { nil }
    }
  }

  /// Seconds for the whole request: well below the wait for the lock, so that whoever waits for another
  /// run's request sees its end.
  static let requestDeadline = 12.0
  /// Seconds to wait for the lock.
  static let lockTimeout = 30.0
  /// Seconds after which no request of an earlier run can still be under way: its deadline, and
  /// minutes for whatever a network may hold back.
  static let lateRequests = 300
  /// Seconds that an access token is waited for at most: what says that it ends later is a wrong
  /// clock's.
  static let longestWaitForExpiry = 86_400

  let context: Context
  let settings: Settings
  let console: Console
  let client: ClientCredentials
  let endpoints: Endpoints
  let store: Store
  /// What was seen before a first wait for the lock; nil when there was none.
  var seen: UnlockedView? = nil
  /// The environment's grant, when it isn't due and no file of ours knows it: it stays where it is, and
  /// nothing is locked or written.
  var resting: Grant? = nil

  /// Where a new grant belongs.
  enum Store: Sendable, Equatable {
    /// In the file.
    case file
    /// Where the environment's came from: only the `--on-rotate` command knows how to put it there.
    case hook
  }

  /// Makes sure that the file's access token is good for `need`.
  func renew(_ need: Need) throws(Failure) -> Renewal {
    if let resting { return .notDue(resting) }
    let seen = if let seen { seen } else { try UnlockedView(settings) }

    // 1. One at a time. The lock is held from the read of the token that is sent to the end of its
    //    successor's save: anything shorter lets a second run send the same token.
    var locked = try lock()
    let change = seen.change(to: locked)

    // 2. Finish what an earlier run left; only then is what the file holds the truth.
    let recovery = try locked.recover(telling: console)
    let presented = try locked.fitGrant()
    if change.hasNewGrant, presented.serves(at: now()) {
      // Somebody renewed while we waited: theirs is fresh, whatever was asked for.
      return .byAnother(presented)
    }
    if let grant = try grantThatServes(despite: recovery, need, change, locked) {
      return .notDue(grant)
    }
    guard need.isDue(presented, at: now()) else { return .notDue(presented) }
    guard let refreshToken = presented.refreshToken else {
      throw .login(presented.isBlank ? .noGrant(path: locked.path) : .noRefreshToken)
    }
    try checkRotationIsAllowed()

    // 3. Prove the save before anything is spent: from a full disk to a missing library, what can
    //    be known beforehand is known now.
    try locked.prove()
    try checkHookCanRun()
    // A token that can't be remembered as spent would be sent again when an old copy comes back.
    _ = try SpentToken(required: refreshToken)
    let network = try openNetwork()

    // 4. From here to the end of the save no signal ends the run: it would leave a token that may be
    //    spent, and nobody waiting for its successor. They are let through in `runHook`, once it has
    //    been said what became of it.
    context.signals.hold(
      "\na token is being renewed and saved; this ends by itself within seconds\n")

    // 5. Say on the disk that the token is about to be spent: a run that finds this and no answer
    //    knows that it knows nothing.
    try locked.writeIntent(of: client)

    // 6. Send it, once.
    let answer = try send(refreshToken, on: network, &locked)
    context.reached(.sent)

    // 7. The answer is on the disk before anybody looks into it: from here on nothing is lost.
    locked.writeAnswer(answer)
    context.reached(.answerWritten)

    // 8. Sort it, save what was granted, and only then let the next one in.
    let sorted = TokenAnswer.sort(answer, to: .refresh, withholding: secrets(of: presented))
    return try finish(sorted, &locked)
  }

  /// Ends a run whose renewal brought a refresh token alone, once the `--on-rotate` command has been
  /// told of it: what was asked for is an access token.
  func requireAccessToken(_ result: Renewal) throws(Failure) {
    guard case .renewed(_, let notes) = result, notes.lacksAccessToken else { return }
    try runHook()
    throw .temporary(.noAccessToken(path: settings.file.target.path))
  }

  /// What X knows of this client and `grant`, and might echo in an error's words.
  func secrets(of grant: Grant) -> [Secret] {
    [client.secret, grant.refreshToken, grant.accessToken].compactMap { $0 }
  }

  /// Locks the file, waiting as long as was asked for, and for `limit` seconds at most.
  func lock(limit: Double = .infinity, creating: Bool = false) throws(Failure) -> LockedGrant {
    try .open(settings, creating: creating, limit: limit, context: context, telling: console)
  }

  private func now() -> Int { context.clock.now() }
}
