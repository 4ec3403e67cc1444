import DurableFile
import OAuth

/// What the journal holds: the newest grant, how far its rotation got, and whatever else must not be
/// forgotten. Each record replaces the one before it.
public struct RotationRecord: Sendable, Equatable {
  /// Where `newest` is.
  enum Stage: Sendable, Equatable {
    /// It has been saved, or was in the file to begin with. It is kept, because an editor may save an
    /// older buffer over it.
    case saved
    /// It has come, and may not be in the file yet.
    case unsaved
    /// An answer has come that isn't classified yet.
    case answered(PendingAnswer)
  }

  /// The newest grant that is known; blank after a revocation.
  public internal(set) var newest: KnownGrant
  /// A grant that the file holds, or held, and that didn't come through this journal: a login by
  /// another program, a token pasted by hand, or a copy so old that `usedTokens` no longer has it.
  /// `newest` stays until this one has been accepted.
  var other: KnownGrant? = nil
  /// How far `newest` has got.
  var stage: Stage = .saved
  /// Whether a revocation of the file's grant was begun and not confirmed.
  var isRevoking = false
  /// The refresh tokens known to be used.
  var usedTokens = UsedTokens()
  /// The tokens of the grants of which the `--on-rotate` command has still to be told, the newest last. One
  /// that the file no longer holds stays owed until it comes back, or is used: what is in its place may be
  /// another account's.
  private(set) var owedToHook: [TokenHash] = []
  /// Whether the run that got `newest` has such a command: otherwise nobody may be waiting for it.
  public internal(set) var isHookWanted = false
  /// The last renewal, if it brought no new token. See `lastFailure`.
  var failure: FailedRenewal? = nil
  /// A grant that isn't in use: one that a killed run displaced.
  public internal(set) var parked: KnownGrant? = nil
  /// The state folder for which it was written (`StateFolder.identity`); nil before that was noted.
  var folder: String? = nil
  /// Logins that came and aren't in use: nobody has said yet what is to become of them.
  var undecided: [KnownGrant] = []
  /// Tokens that another account's, or another server's, have replaced, the newest last: they live on, and a
  /// copy of the file may bring them back.
  var displaced: [DisplacedToken] = []
  /// What is remembered of a grant that several machines share; nil when this machine has it alone.
  var fleet: FleetMemory? = nil
}

/// A token that isn't in use and may be alive, by its hash.
struct DisplacedToken: Sendable, Equatable {
  let token: TokenHash
  /// The account that it speaks for; nil when unknown.
  var account: Account? = nil
  /// The base URL of its server; nil when unknown.
  var server: String? = nil
  /// The client ID of its app; nil when unknown.
  var app: String? = nil
}

/// An answer as it came, and what it answers.
struct PendingAnswer: Sendable, Equatable {
  enum Request: Sendable, Equatable {
    /// A refresh by this presenter, with the token of this grant of the record.
    case refresh(of: RotationRecord.Role, clientID: String)
    /// An authorization code's exchange, over what the file held. Where the login needs a verdict, it is
    /// kept aside for this process until that is known.
    case codeExchange(over: Grant, keptBy: String?)
  }

  let answer: ServerAnswer
  /// The reason that X gave for it, without the secrets that it was sent; nil when it gave none.
  let reason: String?
  let request: Request
  /// When the request was made, in seconds since 1970.
  let time: Int
  /// When the answer came, by a clock that can't be set; nil when unknown.
  var moment: BootMoment? = nil
  /// Of a login that needs a verdict: what somebody wants with it, whatever the file holds.
  var wish: LoginWish? = nil
  /// The base URL of the server that answered; nil when unknown.
  var server: String? = nil
  /// Of a login: who presented the code; nil when unknown.
  var presenter: String? = nil

  /// Whether it is a login's, and somebody has still to say whether that may be saved.
  var needsVerdict: Bool {
    if case .codeExchange(_, keptBy: _?) = request { true } else { false }
  }
}

extension RotationRecord {
  /// Which of the two grants of a record.
  public enum Role: String, Sendable, CaseIterable {
    case newest, other
  }

  /// A record that knows nothing but that the file holds `grant`.
  init(fileHolds grant: Grant) { newest = KnownGrant(grant) }

  /// Notes that the file, which holds `grant`, sends requests to `server`, where nothing is known of the
  /// server that issued it.
  mutating func note(server: String?, of grant: Grant) {
    guard !grant.isBlank else { return }
    for role in Role.allCases where self[role]?.grant.identity == grant.identity {
      if let known = self[role], known.server == nil { self[role]?.server = server }
    }
  }

  /// What stands for a record that a disk fault took: the file's token may have been used.
  static func unreadable(beside grant: Grant) -> RotationRecord {
    var record = RotationRecord(fileHolds: grant)
    record.newest.attempts = 1
    record.newest.unansweredBy = [""]
    return record
  }

  /// The grant in this role; nil when there is none.
  subscript(role: Role) -> KnownGrant? {
    get { role == .newest ? newest : other }
    set {
      switch role {
      case .newest: newest = newValue ?? KnownGrant(.blank)
      case .other: other = newValue
      }
    }
  }

  /// In which role the file's grant is.
  func role(of file: Grant) -> Role {
    file.identity == newest.grant.identity ? .newest : .other
  }

  /// The last renewal, if it brought no new token; nil when it did, or when there was none. One that was
  /// cut off left no more than the word that it was about to be sent.
  public var lastFailure: FailedRenewal? {
    let cutOff = [newest, other].compactMap(\.self).filter { !$0.unansweredBy.isEmpty }
      .compactMap { known in
        known.presentedAt.map {
          FailedRenewal(time: $0, command: known.presentedBy, outcome: .noAnswer)
        }
      }
    // Of the same second, what was written later.
    return (cutOff + [failure].compactMap(\.self)).enumerated()
      .max { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }?.element
  }

  /// Whether it keeps a success that can't be read.
  public var hasUnreadableAnswer: Bool {
    newest.unreadableAnswer != nil || other?.unreadableAnswer != nil
  }

  /// Whether it keeps a grant that isn't in use.
  public var keepsAnother: Bool { parked != nil || !undecided.isEmpty }

  /// Whether it keeps a login that waits.
  public var hasWaitingLogin: Bool { !undecided.isEmpty }

  /// Whether it keeps one whose process is at it.
  public func hasRunningLogin(at now: Int) -> Bool { undecided.contains { !$0.isLeft(at: now) } }

  /// Whether the token of `grant` is known to be used.
  public func hasUsed(_ grant: Grant) -> Bool {
    usedTokens.find(grant, unless: newest.grant) != nil
  }

  /// Whether `grant`, which the journal has never seen, is a copy from before the oldest token that is
  /// remembered as used. Only its expiry tells.
  func isOlderCopy(_ grant: Grant) -> Bool {
    guard let reach = usedTokens.reach, let expiry = grant.expiresAt, displaced(grant) == nil
    else { return false }
    return expiry <= reach
  }
}

// MARK: The --on-rotate command

extension RotationRecord {
  /// How many grants are remembered for it: more accounts than anybody switches between.
  private static let owedLimit = 16

  /// Whether the `--on-rotate` command has still to be told of `grant`.
  public func owesHook(for grant: Grant) -> Bool {
    guard !owedToHook.isEmpty, let token = grant.identity, let hash = try? TokenHash(token) else {
      return false
    }
    return owedToHook.contains(hash)
  }

  /// Notes that it has to be told of the newest grant.
  mutating func oweHook() {
    guard let token = newest.grant.identity, let hash = try? TokenHash(token) else { return }
    oweHook(for: hash)
  }

  mutating func oweHook(for token: TokenHash) {
    owedToHook = (owedToHook.filter { $0 != token } + [token]).suffix(Self.owedLimit)
  }

  /// Notes that it has been told of `grant`, or needn't be.
  mutating func settleHook(for grant: Grant) {
    guard !owedToHook.isEmpty, let token = grant.identity, let hash = try? TokenHash(token) else {
      return
    }
    owedToHook.removeAll { $0 == hash }
  }

  /// Forgets what is owed for used tokens; returns whether anything was.
  mutating func dropUsedFromHook() -> Bool {
    let before = owedToHook.count
    owedToHook.removeAll { [usedTokens] in usedTokens.contains($0.text) }
    return owedToHook.count < before
  }
}

// MARK: Before a request

extension RotationRecord {
  /// The record in which the grant that is about to be presented by `client` has its entry: as the
  /// newest, also where the file holds another one, or as the one that the file holds.
  func presenting(_ role: Role, file: Grant) -> RotationRecord {
    var next = self
    switch role {
    case .newest:
      if file.hasSameTokens(as: newest.grant) || file.identity == newest.grant.identity {
        // The file agrees with the journal again.
        next.newest.grant = file
        next.other = nil
      } else if other?.grant.hasSameTokens(as: file) != true {
        next.other = KnownGrant(file, isOlderCopy: true)
      }
    case .other:
      if other?.grant.hasSameTokens(as: file) != true { next.other = unseen(file) }
      if newest.grant.isBlank {
        next.newest = next.other ?? newest
        next.other = nil
      }
    }
    if stage == .unsaved { next.stage = .saved }
    return next
  }
}

// MARK: What becomes of a record once the answer to its request is known

extension RotationRecord {
  /// The record with the answer in it classified: what the run that received it would have written
  /// next. Recovery reads a journal through this, so that a run killed in between changes nothing.
  var settled: RotationRecord {
    guard case .answered(let pending) = stage else { return self }
    switch pending.request {
    case .refresh: return settled(by: TokenAnswer.classify(pending.answer, to: .refresh))
    case .codeExchange: return settled(by: TokenAnswer.classify(pending.answer, to: .codeExchange))
    }
  }

  /// What becomes of this record once its answer is classified.
  ///
  /// - Parameters:
  ///   - account: the account that the new tokens speak for, where it is known.
  ///   - isVetted: whether a login may be saved that needs a verdict.
  func settled(
    by answer: TokenAnswer, account: Account? = nil, isVetted: Bool = false
  ) -> RotationRecord {
    guard case .answered(let pending) = stage else { return self }
    var next = self
    next.stage = .saved
    switch pending.request {
    case .refresh(let role, let clientID):
      next.settleRefresh(of: role, by: clientID, answer, pending)
    case .codeExchange(let file, let keptBy):
      let attempt = next.fleet?.attempt
      next.fleet?.attempt = nil
      // A code that failed leaves the grant in the file as it was.
      guard case .granted(let issued) = answer else { return next }
      let login = KnownGrant(
        login: issued, account: account, at: pending.time, moment: pending.moment,
        by: pending.server, to: pending.presenter)
      if let keptBy, !isVetted {
        next.undecided.append(login.waiting(over: file, keptBy: keptBy, pending.wish))
      } else {
        next.fleet?.attempt = attempt
        next.settleAttempt(by: answer)
        next.adopt(login, over: file)
      }
    }
    return next
  }

  private mutating func settleRefresh(
    of role: Role, by clientID: String, _ answer: TokenAnswer, _ pending: PendingAnswer
  ) {
    guard var presented = self[role] else { return }
    settleAttempt(by: answer)
    failure = FailedRenewal(
      time: pending.time, command: presented.presentedBy,
      outcome: .answered(status: pending.answer.status, reason: pending.reason))
    switch answer {
    case .granted(let issued):
      presented.app = KnownGrant.app(of: clientID) ?? presented.app
      let grant = Grant(issued, at: pending.time, keeping: presented.grant)
      // An answer without a refresh token leaves the presented one good (RFC 6749 §6).
      if grant.identity != presented.grant.identity { usedTokens.add(presented) }
      // With one of the two accepted, the other is over, and its copies are recognized from now on.
      if let over = self[role == .newest ? .other : .newest] { retire(over, for: presented) }
      displaced.removeAll { [usedTokens] in usedTokens.contains($0.token.text) }
      newest = KnownGrant(grant, account: presented.account)
      (newest.issuedAt, newest.issuedBy) = (pending.time, presented.presentedBy)
      (newest.server, newest.app) = (pending.server ?? presented.server, presented.app)
      newest.issuedMoment = pending.moment
      newest.lifetime = issued.accessToken == nil ? presented.lifetime : issued.statedLifetime
      other = nil
      stage = .unsaved
      // A token that somebody has put into the file isn't the one that others have.
      if role == .other, !isOwedToStore { fleet = nil }
      isRevoking = false
      _ = dropUsedFromHook()
      oweHook()
      failure = nil
    case .loginNeeded:
      presented.refuse(to: clientID)
      self[role] = presented
      settleHook(for: presented.grant)
    case .outcomeUnknown:
      presented.keep(pending.answer)
      self[role] = presented
    case .misconfigured, .temporary:
      presented.takeBackAttempt()
      self[role] = presented
    }
  }

  /// Makes a login's grant the newest, to be saved over `file`.
  mutating func adopt(_ login: KnownGrant, over file: Grant) {
    overtakeUndecided(by: login)
    let held = self.held(file)
    // At X a login ends the account's earlier grant from the same app.
    for ended in [newest, held] { retire(ended, for: login) }
    newest = login
    other = unseen(file)
    stage = .unsaved
    isRevoking = false
    // What was owed for a grant that this login has ended is owed for the login.
    if dropUsedFromHook() || isHookWanted { oweHook() }
    failure = nil
    // A login without the store is this machine's alone.
    if !isOwedToStore || fleet?.attempt?.login == nil { fleet = nil }
  }

  /// How many tokens that live on are remembered: more accounts than anybody switches between.
  private static let displacedLimit = 16

  /// `old` makes way for `accepted`. If that is known to be another account's, `old` lives on, and its token
  /// isn't a used one.
  private mutating func retire(_ old: KnownGrant, for accepted: KnownGrant) {
    if old.livesOn(beside: accepted) { displace(old) } else { usedTokens.add(old) }
  }

  /// Remembers that `old` isn't in use, and lives on.
  mutating func displace(_ old: KnownGrant) {
    guard let token = old.grant.identity, let hash = try? TokenHash(token) else { return }
    let entry = DisplacedToken(
      token: hash, account: old.account, server: old.server, app: old.app)
    displaced = (displaced.filter { $0.token != hash } + [entry]).suffix(Self.displacedLimit)
  }

  /// What is known of a grant that is neither of the record's two.
  private func unseen(_ grant: Grant) -> KnownGrant {
    let entry = displaced(grant)
    var known = KnownGrant(grant, account: entry?.account)
    (known.server, known.app) = (entry?.server, entry?.app)
    return known
  }

  /// Whether it is known to live on, though it isn't in use.
  func isDisplaced(_ grant: Grant) -> Bool { displaced(grant) != nil }

  /// The entry of the token of `grant`, if another one that it lives on beside has replaced it.
  private func displaced(_ grant: Grant) -> DisplacedToken? {
    guard !displaced.isEmpty, let token = grant.identity, let hash = try? TokenHash(token) else {
      return nil
    }
    return displaced.last { $0.token == hash }
  }

  /// At X a login ends the account's earlier ones from the same app, those that wait as well: they are
  /// forgotten. Of one whose account isn't known it is noted that it must not be saved any more. And what
  /// somebody wanted with an earlier one no longer counts.
  private mutating func overtakeUndecided(by login: KnownGrant) {
    for index in undecided.indices.reversed() {
      undecided[index].wish = nil
      guard !undecided[index].livesOn(beside: login) else { continue }
      if undecided[index].account != nil, login.account != nil {
        usedTokens.add(undecided.remove(at: index))
      } else {
        undecided[index].isOlderCopy = true
      }
    }
  }

  /// What is known of the grant that the file holds.
  func held(_ file: Grant) -> KnownGrant {
    if file.identity == newest.grant.identity { return newest }
    if let other, file.identity == other.grant.identity { return other }
    return unseen(file)
  }
}
