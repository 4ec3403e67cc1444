import OAuth
import Rotation

/// The grant as a command sees it without the lock, and its state.
struct GrantStanding: Sendable {
  /// The grant in the settings, with its source.
  let held: SourcedGrant
  /// What this program's own files hold in its place: if the environment has an older copy, these have
  /// its successor.
  let current: Grant
  /// What the journal says about it.
  let record: RotationRecord?
  /// What the next run will do about that.
  let recovery: Recovery
  let state: TokenState

  /// Whether a renewal may bring a new access token, or has brought one that still has to be saved.
  var canRenew: Bool { state.needsNoPerson }

  /// What the user of the access token should know; nil when all is well.
  func warning(at now: Int) -> Warning? {
    switch state {
    case .usableRefused:
      guard let end = newest.expiresAt else { return nil }
      return .refusedButUsable(until: Times.local(end, now: now))
    case .revocationBegun: return .revocationBegun
    default: return nil
    }
  }

  /// The newest grant: one that waits in the journal is newer than the file's, whose refresh token was
  /// used to get it.
  var newest: Grant { known.grant }

  /// The same, with what the journal knows of it.
  var known: KnownGrant {
    let view = GrantView(grant: current, record: record)
    if case .save(let newest) = recovery { return view.known(of: newest) }
    return view.known
  }
}

extension Settings {
  /// The grant and its state at `now` (seconds since 1970).
  func standing(at now: Int) throws(Failure) -> GrantStanding {
    let held = try grant()
    let view = try view(of: held)
    let (current, record) = (view.grant, view.record)
    // Looking at the grant needs no client, so one that can't be read is not a failure here.
    let client = try? client()?.credentials
    let recovery = Recovery.decide(record, file: current, for: client?.id)
    return GrantStanding(
      held: held, current: current, record: record, recovery: recovery,
      state: TokenState(
        view, recovery, at: now, isHandedOn: try isHandedOn(held, leaving: current)))
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
    file.exists || source == .environment
      ? .rotation(.noGrant(path: file.target.path)) : .file(.notFound(path: file.target.path))
  }
}

/// The state of a grant, as far as it is known without asking X.
enum TokenState: String, Sendable, Encodable, CaseIterable {
  /// The access token is valid, and can be renewed.
  case usable
  /// The access token is valid, but X has refused the refresh token, so it can't be renewed.
  case usableRefused = "usable_refused"
  /// The access token is valid, and there is no refresh token.
  case usableNotRenewable = "usable_not_renewable"
  /// The access token is valid; the refresh token went to the `--on-rotate` command of an earlier job.
  case usableHandedOn = "usable_handed_on"
  /// The same, and the access token has expired, or its expiry is unknown.
  case handedOn = "handed_on"
  /// The access token has expired, or its expiry is unknown, and it can be renewed without a login.
  case renewable
  /// The same, but the outcome of the last renewal is unknown: it is tried again when that is safe.
  case outcomeUnknown = "outcome_unknown"
  /// The access token has expired, and there is no refresh token.
  case expired
  /// There is an access token whose expiry is unknown, and no refresh token.
  case expiryUnknown = "expiry_unknown"
  /// X has refused the refresh token.
  case refused
  /// A revocation was sent and not confirmed.
  case revocationBegun = "revocation_begun"
  /// The file holds a used token of another account than the newest grant's.
  case otherAccount = "other_account"
  /// There is no token.
  case none

  /// The state of `grant`, given what the journal says.
  init(_ view: GrantView, _ recovery: Recovery, at now: Int, isHandedOn: Bool = false) {
    let grant = view.grant
    let isGood = view.known.isValid(for: 0, at: now)
    switch recovery {
    case .refused: self = isGood ? .usableRefused : .refused
    case .revocationBegun: self = .revocationBegun
    case .outcomeUnknown where !isGood: self = .outcomeUnknown
    case .save(let newest):
      self = TokenState(GrantView(grant: newest, record: view.record), .goOn, at: now)
    case .otherAccount where !isGood: self = .otherAccount
    case .goOn, .confirm, .presentNewest, .otherAccount, .outcomeUnknown:
      if grant.isBlank {
        self = .none
      } else if isHandedOn {
        self = isGood ? .usableHandedOn : .handedOn
      } else if isGood {
        self = grant.refreshToken == nil ? .usableNotRenewable : .usable
      } else if grant.refreshToken != nil {
        self = .renewable
      } else {
        self = view.known.secondsLeft(at: now) == nil ? .expiryUnknown : .expired
      }
    }
  }

  /// Whether the access token is valid.
  var isUsable: Bool {
    [.usable, .usableRefused, .usableNotRenewable, .usableHandedOn].contains(self)
  }

  /// Whether a valid access token can be had now and later without a login.
  var needsNoPerson: Bool {
    switch self {
    case .usable, .renewable, .outcomeUnknown: true
    case .usableRefused, .usableNotRenewable, .usableHandedOn, .handedOn, .expired, .expiryUnknown,
      .refused, .revocationBegun, .otherAccount, .none:
      false
    }
  }

  /// The state, as `show` and `doctor` print it.
  var phrase: String {
    switch self {
    case .usable, .usableNotRenewable, .usableRefused, .usableHandedOn: "usable"
    case .handedOn: "expired, and an earlier job's --on-rotate command has the new refresh token"
    case .renewable: "has to be renewed, which needs no login"
    case .outcomeUnknown: "has to be renewed, but the answer to the last renewal never came"
    case .expired: "expired, and there is no refresh token"
    case .expiryUnknown: "its expiry is unknown, and there is no refresh token"
    case .refused: "X has refused the refresh token"
    case .revocationBegun: "a revocation was begun and not confirmed"
    case .otherAccount: "it was used before, and the newest tokens are another account's"
    case .none: "there is no token"
    }
  }

  /// Why a login is needed once the valid token has expired; nil for other states.
  var ending: String? {
    switch self {
    case .usableRefused: "then a person must log in: \(Self.refused.phrase)"
    case .usableNotRenewable: "then a person must log in: there is no refresh token"
    case .usableHandedOn: "an earlier job's --on-rotate command has the new refresh token"
    default: nil
    }
  }

  /// What to do about it; nil where nothing is needed.
  var cure: Hint? {
    switch self {
    case .usable, .renewable: nil
    case .usableRefused, .usableNotRenewable: "run \(call: "login") before then"
    case .usableHandedOn, .handedOn: "start this job again, so that it gets the new values"
    case .outcomeUnknown: "run \(call: "refresh") again later"
    case .expired, .expiryUnknown, .refused, .otherAccount, .none: "run \(call: "login")"
    case .revocationBegun: .finishRevoking
    }
  }
}
