import OAuth
import Rotation

/// How a grant stands, as far as that is known without asking X: made once, from the file, the journal and
/// the clock. `show`, `doctor`, `token`, `exec`, `export`, the exit codes and the JSON all speak from it.
struct GrantStanding: Sendable {
  /// The grant in the settings, with its source.
  let held: SourcedGrant
  /// The grant that counts: one that waits in the journal is newer than the file's, whose refresh token was
  /// used to get it.
  let known: KnownGrant
  /// What the journal says.
  let record: RotationRecord?
  /// What the next run will do about that.
  let recovery: Recovery
  /// Until when the access token is valid.
  let access: AccessStanding
  /// Whether it can be renewed.
  let renewal: RenewalOutlook
  /// Whether the file is gone, and the journal beside it still has the newest tokens.
  var isFileGone = false
  /// Whether an unfinished login may have ended it.
  var isInDoubt = false
  /// Which logins wait in the journal.
  var waitingLogin: WaitingLogin? = nil
  /// Whether several machines share it, so that another one may have newer tokens.
  var isShared = false

  /// The same, as a grant alone.
  var newest: Grant { known.grant }
}

/// A login whose tokens are in the journal.
enum WaitingLogin: Sendable, Equatable {
  /// Its process is running: somebody is asked, or it is being saved.
  case underWay
  /// It was cut off, or failed after it was answered, and the next renewal finishes it.
  case unfinished
  /// The same, and it has expired, so that X can't be asked whose it is.
  case expired
}

/// Until when an access token is valid.
enum AccessStanding: Sendable, Equatable {
  /// There is none.
  case absent
  /// Until that time, in seconds since 1970.
  case valid(until: Int)
  /// It expired at that time, in seconds since 1970.
  case expired(at: Int)
  /// Nobody knows.
  case unknownExpiry

  init(_ known: KnownGrant, at now: Int) {
    guard known.grant.accessToken != nil else {
      self = .absent
      return
    }
    guard let left = known.secondsLeft(at: now) else {
      self = .unknownExpiry
      return
    }
    self = left > 0 ? .valid(until: now + left) : .expired(at: now + left)
  }

  var isValid: Bool { if case .valid = self { true } else { false } }

  /// Until when, in words that follow "the access token"; nil when that is unknown.
  func words(at now: Int, isDoubtful: Bool = false) -> String? {
    switch self {
    case .absent, .unknownExpiry: nil
    case .valid(let end): "\(isDoubtful ? "may work" : "works") until \(Times.local(end, now: now))"
    case .expired(let end): "expired at \(Times.local(end, now: now))"
    }
  }
}

/// Whether a grant can be renewed, and why not.
enum RenewalOutlook: String, Sendable, Encodable, CaseIterable {
  /// It can.
  case possible
  /// The outcome of the last renewal is unknown: a later run tries again, once that is safe.
  case outcomeUnknown = "outcome_unknown"
  /// There is no refresh token.
  case noRefreshToken = "no_refresh_token"
  /// X has refused the refresh token.
  case refused
  /// A revocation was sent and not confirmed.
  case revocationBegun = "revocation_begun"
  /// The file holds a used token of another account than the newest grant's.
  case otherAccount = "other_account"
  /// The newest grant came from another server than X_API_BASE_URL names.
  case otherServer = "other_server"
  /// The refresh token went to the `--on-rotate` command of an earlier job.
  case handedOn = "handed_on"
  /// Another host renews it, and a command gets what that one has.
  case followed

  init(_ grant: Grant, _ recovery: Recovery, isHandedOn: Bool) {
    switch recovery {
    case .refused: self = .refused
    case .revocationBegun: self = .revocationBegun
    case .outcomeUnknown: self = .outcomeUnknown
    case .otherAccount: self = .otherAccount
    case .otherServer: self = .otherServer
    case .goOn, .confirm, .save, .presentNewest:
      if grant.refreshToken != nil {
        self = .possible
      } else {
        self = isHandedOn ? .handedOn : .noRefreshToken
      }
    }
  }

  /// Whether it needs no login.
  var needsNoLogin: Bool {
    [.possible, .outcomeUnknown, .followed].contains(self)
  }

  /// Why it can't be renewed, or not yet; nil when it can.
  var reason: String? {
    switch self {
    case .possible, .followed: nil
    case .outcomeUnknown: "the last renewal got no clear answer"
    case .noRefreshToken: "there is no refresh token"
    case .refused: "X has refused the refresh token"
    case .revocationBegun: "a revocation was begun and not confirmed"
    case .otherAccount:
      "the refresh token was used before, and the newest tokens are another account's"
    case .otherServer: "the newest tokens came from another server than X_API_BASE_URL names"
    case .handedOn: "an earlier job's --on-rotate command has the new refresh token"
    }
  }

  /// What to do about it; nil where nothing is needed.
  var cure: Hint? {
    switch self {
    case .possible, .followed: nil
    case .outcomeUnknown: "run \(call: "refresh") again later"
    case .noRefreshToken: "run \(call: "login"), and keep offline.access among the scopes"
    case .refused, .otherAccount: "run \(call: "login")"
    case .otherServer: "correct X_API_BASE_URL, or run \(call: "login") to begin anew"
    case .revocationBegun: .finishRevoking
    case .handedOn: "start this job again, so that it gets the new values"
    }
  }
}

extension GrantStanding {
  /// Whether there is no token at all.
  var isBlank: Bool { newest.isBlank }

  /// The two halves as one stable name for programs.
  var code: String { Self.code(access, renewal) }

  static func code(_ access: AccessStanding, _ renewal: RenewalOutlook) -> String {
    switch (access.isValid, renewal) {
    case (_, .revocationBegun): "revocation_begun"
    case (true, .possible), (true, .outcomeUnknown), (true, .followed): "usable"
    case (true, .noRefreshToken): "usable_not_renewable"
    case (true, .refused): "usable_refused"
    case (true, .otherAccount): "usable_other_account"
    case (true, .otherServer): "usable_other_server"
    case (true, .handedOn): "usable_handed_on"
    case (false, .possible), (false, .followed): "renewable"
    case (false, .noRefreshToken):
      switch access {
      case .absent, .valid: "none"
      case .expired: "expired"
      case .unknownExpiry: "expiry_unknown"
      }
    case (false, .outcomeUnknown), (false, .refused), (false, .otherAccount),
      (false, .otherServer), (false, .handedOn):
      renewal.rawValue
    }
  }

  /// Until when the access token is valid and what comes then, as one line.
  func words(at now: Int) -> String {
    if isFileGone { return "the file is gone; its newest tokens are kept in the journal" }
    if isBlank { return "there is no token" }
    return switch (access, renewal.reason) {
    case (.valid(let end), _) where isInDoubt:
      "valid until \(Times.local(end, now: now)), unless an unfinished login has ended it"
    case (.valid(let end), let reason):
      "valid until \(Times.local(end, now: now)) (\(Spans.words(end - now)) left)"
        + (renewal.needsNoLogin ? "" : reason.map { "; then you must log in: \($0)" } ?? "")
    case (.expired(let end), let reason):
      "expired at \(Times.local(end, now: now))" + (reason.map { ", and \($0)" } ?? "")
    case (.unknownExpiry, let reason):
      "its expiry is unknown" + (reason.map { ", and \($0)" } ?? "")
    case (.absent, let reason):
      "there is no access token" + (reason.map { ", and \($0)" } ?? "")
    }
  }

  /// What to do; nil where nothing is needed.
  var cure: Hint? {
    if isFileGone { return "put it back, from a backup of any age" }
    if renewal == .followed { return access.isValid ? nil : "\(call: "refresh") gets one" }
    if isBlank { return isShared ? "\(call: "refresh") gets one" : "run \(call: "login")" }
    if isInDoubt, access.isValid { return "\(call: "refresh") finishes it" }
    if let cure = renewal.cure { return renewal == .outcomeUnknown && access.isValid ? nil : cure }
    if access.isValid { return nil }
    return record?.lastFailure == nil
      ? "\(call: "refresh") renews it" : "\(call: "refresh") tries again"
  }

  /// What a script that uses the access token should be told; nil when all is well.
  func warning(at now: Int) -> Warning? {
    guard case .valid(let end) = access else { return nil }
    if isInDoubt { return .endedByLogin }
    guard let reason = renewal.reason else { return nil }
    switch renewal {
    case .refused, .otherAccount, .otherServer:
      return .deadButUsable(reason, until: Times.local(end, now: now))
    case .revocationBegun: return .revocationBegun
    case .possible, .outcomeUnknown, .noRefreshToken, .handedOn, .followed: return nil
    }
  }

  /// What `show` ends with.
  ///
  /// - Parameter validity: seconds that the access token has to be valid for; nil when it only has to be
  ///   possible to get one without a login.
  func exit(needing validity: Int?, at now: Int) -> ExitCode {
    if renewal == .otherServer { return .settings }
    guard !isBlank || isShared || renewal == .followed, renewal.needsNoLogin else {
      return .loginNeeded
    }
    guard let validity else { return .done }
    return known.isValid(for: validity, at: now) && !isInDoubt ? .done : .temporary
  }
}

extension Settings {
  /// How the grant stands at `now` (seconds since 1970).
  func standing(at now: Int) throws(Failure) -> GrantStanding {
    let held = try grant()
    let view = try view(of: held)
    // Looking at the grant needs no client, so one that can't be read is not a failure here.
    let client = try? client()?.credentials
    let server = try? endpoints(sending: []).api.text
    let recovery = view.recovery(for: client, at: server)
    let newest = if case .save(let newest) = recovery { newest } else { view.grant }
    let known = view.known(of: newest)
    let isFollowing = try followed() != nil
    let isShared = try sharedPlace() != nil
    try requireNoOwnGrant(held, newest: newest)
    return GrantStanding(
      held: held, known: known, record: view.record, recovery: recovery,
      access: AccessStanding(known, at: now),
      renewal: isFollowing
        ? .followed
        : isShared && newest.isBlank && recovery == .goOn
          ? .possible
          : RenewalOutlook(
            newest, recovery, isHandedOn: try isHandedOn(held, leaving: view.grant)),
      isFileGone: held.source == .file && !file.exists && !isFollowing && !isShared
        && view.record?.newest.grant.isBlank == false,
      isInDoubt: view.record?.hasLeftLogin(mayHaveEnded: known, at: now) == true,
      waitingLogin: view.record.flatMap {
        $0.hasLeftLogin(at: now)
          ? .unfinished
          : $0.hasRunningLogin(at: now) ? .underWay : $0.hasWaitingLogin ? .expired : nil
      }, isShared: isShared)
  }

  /// Whether the environment has an older copy of a grant whose refresh token an earlier job has
  /// handed on, `leaving` the access token.
  private func isHandedOn(
    _ held: SourcedGrant, leaving current: Grant
  ) throws(Failure) -> Bool {
    guard held.source == .environment, held.grant != current, current.refreshToken == nil
    else { return false }
    do {
      let known = try GrantHome.fileFollowing(held.grant, home: environment["HOME"])
      return known.map(GrantHome.hasHandedOn) ?? false
    } catch {
      throw Failure(error)
    }
  }

  /// Why there is no token: either there is no file, or the file has none.
  func noGrant(_ source: SourcedGrant.Source) -> Failure {
    file.exists || source == .environment ? .rotation(.noGrant(path: file.target.path)) : noFile
  }

  /// Why there is no file: it never was there, or it is gone, and the journal beside it still has the
  /// newest tokens.
  var noFile: Failure {
    let path = file.target.path
    guard let record = try? GrantView(of: file.target).record, !record.newest.grant.isBlank else {
      return .file(.notFound(path: path))
    }
    return .rotation(.fileGone(path: path, journal: journalPath))
  }
}
