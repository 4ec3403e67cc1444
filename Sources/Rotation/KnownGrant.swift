import DurableFile
import OAuth

/// A grant, and what is known of its refresh token at X.
public struct KnownGrant: Sendable, Equatable {
  /// The grant.
  public internal(set) var grant: Grant
  /// The account that it speaks for; nil when unknown.
  public internal(set) var account: Account? = nil
  /// Seconds for which X said that its access token lives; nil when unknown.
  var lifetime: Int? = nil
  /// Whether it is older than what the journal remembers, so that the newest grant is tried first.
  var isOlderCopy = false
  /// How often its refresh token may have been presented. The number names the claim of an attempt.
  var attempts = 0
  /// Whether it was presented again after an attempt whose outcome was unknown: what it is refused then,
  /// it may have been granted before.
  var wasUnanswered = false
  /// When it came, in seconds since 1970; nil when unknown.
  public internal(set) var issuedAt: Int? = nil
  /// The same by a clock that can't be set; nil when unknown.
  var issuedMoment: BootMoment? = nil
  /// The command that got it; nil when unknown.
  public internal(set) var issuedBy: String? = nil
  /// When it was last presented, in seconds since 1970; nil when never, or when that isn't known.
  var presentedAt: Int? = nil
  /// The command that presented it; nil when unknown.
  var presentedBy: String? = nil
  /// The presenters (`presenter(_:at:)`) of attempts whose outcome is unknown.
  var unansweredBy: [String] = []
  /// The presenters to which the token was refused, the newest last: what is refused to one client, or by
  /// one server, another may be granted, or by another.
  var refusedTo: [String] = []
  /// A success that can't be read: the successor may be in it. It is kept until it is known what became
  /// of the token.
  var unreadableAnswer: ServerAnswer? = nil

  /// The process whose login it is and that has still to say what becomes of it, as its claim names it.
  var keptBy: String? = nil
  /// For a waiting login: what the user decided about it; nil while undecided.
  public var wish: LoginWish? = nil
  /// For a waiting login: the hash of the token in the file when the login came, or when the question was
  /// last asked; nil when unknown.
  var cameOver: String? = nil

  /// The base URL of the server that issued it, or to which a file that held it had it sent; nil when
  /// unknown, as from before that was noted.
  var server: String? = nil
  /// The client ID of the app that it was issued to; nil when unknown.
  var app: String? = nil

  /// What a login brought.
  init(
    login issued: IssuedTokens, account: Account?, at time: Int, moment: BootMoment? = .now,
    by server: String? = nil, to presenter: String? = nil
  ) {
    self.init(Grant(issued, at: time, keeping: .blank), account: account)
    lifetime = issued.statedLifetime
    (issuedAt, issuedMoment, issuedBy) = (time, moment, "login")
    self.server = server
    app = presenter.flatMap(Self.app(of:))
  }

  /// A grant of which nothing else is known.
  init(_ grant: Grant, account: Account? = nil, isOlderCopy: Bool = false) {
    self.grant = grant
    self.account = account
    self.isOlderCopy = isOlderCopy
  }
}

extension KnownGrant {
  /// Seconds by which two clocks may differ.
  private static let clockSlack = 300

  /// How long its access token can live, in seconds: as the last answer said, or else as X documents.
  public var longestLife: Int { lifetime ?? IssuedTokens.usualLifetime }

  /// Whether the expiry is further ahead than its access token can live: it was written with a wrong
  /// clock, or in another unit.
  public func hasImpossibleExpiry(at now: Int) -> Bool {
    guard let expiresAt = grant.expiresAt else { return false }
    return expiresAt > now + longestLife + Self.clockSlack || isOlderThanItSeems(at: now)
  }

  /// Whether the clock has been set back since it came: the expiry is one by the clock before.
  private func isOlderThanItSeems(at now: Int) -> Bool {
    guard let issuedAt, let age = issuedMoment?.secondsAgo else { return false }
    return age - (now - issuedAt) > Self.clockSlack
  }

  /// Seconds until the access token expires, negative once it has; nil when unknown, as with an
  /// impossible expiry: a token that seems to live longer than it does would be renewed too late.
  public func secondsLeft(at now: Int) -> Int? {
    guard grant.accessToken != nil, let expiresAt = grant.expiresAt, !hasImpossibleExpiry(at: now)
    else { return nil }
    return expiresAt - now
  }

  /// Whether there is an access token that isn't known to have expired.
  public func serves(at now: Int) -> Bool {
    grant.accessToken != nil && secondsLeft(at: now).map { $0 > 0 } ?? true
  }

  /// Whether the access token is valid for `validity` more seconds. One with an unknown expiry is not.
  public func isValid(for validity: Int, at now: Int) -> Bool {
    secondsLeft(at: now).map { $0 >= validity && $0 > 0 } ?? false
  }

  /// Whether it is an access token and nothing else: its expiry is unknown, nothing renews it, and
  /// whoever set that one variable wants it used.
  public func isOnlyToken(at now: Int) -> Bool {
    grant.accessToken != nil && grant.refreshToken == nil && secondsLeft(at: now) == nil
  }
}

extension KnownGrant {
  /// What became of the token when it was last presented.
  enum Outcome: Sendable, Equatable, CaseIterable {
    /// Nothing speaks against presenting it.
    case none
    /// It was presented, and no answer told what became of it.
    case unknown
    /// X has refused it for good.
    case refused
  }

  /// The outcome for a run that presents the token as `client`. X accepts a token only from the app it
  /// was issued to (RFC 6749 §5.2), so a refusal counts only for the client IDs it was given to. A nil
  /// client looks, and presents nothing: for it any refusal counts.
  func outcome(for client: String?) -> Outcome {
    if let client {
      if isRefused(to: client) { return .refused }
    } else if !refusedTo.isEmpty, unansweredBy.isEmpty {
      return .refused
    }
    return unansweredBy.isEmpty ? .none : .unknown
  }

  /// Whether X has refused the token to this client.
  func isRefused(to client: String) -> Bool {
    refusedTo.contains { Self.stands($0, for: client) }
  }

  /// Whether what was noted of one presenter is true of another. 0.1.0 didn't write down which server it
  /// was, and not always which client: an empty name stands for every one.
  private static func stands(_ noted: String, for presenter: String) -> Bool {
    if noted.isEmpty || noted == presenter { return true }
    return noted == self.presenter(ofAnyServer: app(of: presenter) ?? "")
  }

  /// Seconds after which nobody is believed to be at a login's question any more, where its process can't
  /// be looked for.
  private static let longestQuestion = 3600

  /// Whether it is a login whose process has ended, and nobody will say what becomes of it.
  func isLeft(at now: Int) -> Bool {
    guard let keptBy else { return false }
    return switch ProcessIdentity(keptBy)?.holder ?? .ended {
    case .running: false
    case .ended: true
    case .unknown: (issuedMoment?.secondsAgo ?? now - (issuedAt ?? 0)) > Self.longestQuestion
    }
  }

  /// The name under which attempts count that the client with this ID makes at a server: what a wrong base
  /// URL refused says nothing of X. At X it is the ID alone, as in journals from before servers were told
  /// apart.
  static func presenter(_ clientID: String, at server: String?) -> String {
    guard let server, server != Rotation.standardAPI else { return clientID }
    return clientID + atServer + server
  }

  /// The name under which 0.1.0's attempts count: at which server they were made isn't known. An empty ID
  /// stays empty.
  static func presenter(ofAnyServer clientID: String) -> String {
    clientID.isEmpty ? "" : clientID + atServer + "any server"
  }

  private static let atServer = " at "

  /// The client ID in the name of a presenter; nil when it isn't known.
  static func app(of presenter: String) -> String? {
    let end = presenter.firstRange(of: atServer)?.lowerBound ?? presenter.endIndex
    return end == presenter.startIndex ? nil : String(presenter[..<end])
  }

  /// Whether it is known to have been issued to another app than this client's, at whatever server: X accepts
  /// it from that one alone (RFC 6749 §6).
  func isOfAnotherApp(than presenter: String?) -> Bool {
    guard let app, let theirs = presenter.flatMap(Self.app(of:)) else { return false }
    return app != theirs
  }

  /// Whether both are known to come from different servers.
  func isOfAnotherServer(than other: KnownGrant) -> Bool {
    !mayBeSent(to: other.server)
  }

  /// Whether the server is the one that issued it, as far as that is known. A nil one is none: nothing is
  /// sent.
  public func mayBeSent(to server: String?) -> Bool {
    guard let server, let issuer = self.server else { return true }
    return issuer == server
  }

  /// Whether it must not be used with `server`. What the file holds, and what didn't come through this
  /// journal, goes where the settings lead: the server that was noted for it may be the wrong one.
  func isForeign(to server: String?, beside file: Grant) -> Bool {
    let isOwn = grant.identity != nil && grant.identity == file.identity
    return !grant.isBlank && !mayBeSent(to: server) && !(isOwn && issuedAt == nil)
  }

  /// Whether it is known to live on when `other` takes its place.
  func livesOn(beside other: KnownGrant) -> Bool {
    isOfAnotherAccount(than: other) || isOfAnotherServer(than: other)
      || isOfAnotherApp(than: other.app)
  }

  /// Whether both are known to speak for different accounts.
  func isOfAnotherAccount(than other: KnownGrant) -> Bool {
    guard let account, let theirs = other.account else { return false }
    return !account.isSame(as: theirs)
  }

  /// An attempt, the one with this number, is about to be made.
  mutating func begin(attempt: Int, by client: String, for command: String?, at time: Int) {
    attempts = attempt
    (presentedAt, presentedBy) = (time, command)
    if !unansweredBy.isEmpty { wasUnanswered = true }
    if !unansweredBy.contains(client) {
      unansweredBy = (unansweredBy + [client]).suffix(Self.clientLimit)
    }
  }

  /// The last attempt didn't happen: the request never left, or X didn't look at the token. An older one
  /// whose outcome is unknown stays unknown.
  mutating func takeBackAttempt() {
    attempts = max(0, attempts - 1)
    if attempts == 0 {
      unansweredBy = []
      (presentedAt, presentedBy) = (nil, nil)
    }
  }

  /// X has refused the token to `client`: that settles this client's attempts, and no other's.
  mutating func refuse(to client: String) {
    unansweredBy.removeAll { Self.stands($0, for: client) }
    if !isRefused(to: client) {
      refusedTo = (refusedTo + [client]).suffix(Self.clientLimit)
    }
  }

  /// How many clients are remembered: a mistyped one or two, and no more.
  private static let clientLimit = 8

  /// An answer of a few hundred bytes is what is expected. A page of many kilobytes is a gateway's, and
  /// must not take the place of the next attempt's record.
  private static let longestKept = 16 * 1024

  /// Keeps a success that can't be read, if it is worth it: the one that names a token, and otherwise
  /// the first, because what came later may be a gateway's page.
  mutating func keep(_ answer: ServerAnswer) {
    guard 200..<300 ~= answer.status, 1...Self.longestKept ~= answer.body.count else { return }
    if let kept = unreadableAnswer, kept.namesToken || !answer.namesToken { return }
    unreadableAnswer = answer
  }
}

extension ServerAnswer {
  /// Whether a name of the token endpoint's answers is in it (RFC 6749 §5.1), in whatever form.
  fileprivate var namesToken: Bool {
    let text = String(decoding: body, as: UTF8.self)
    return text.contains("access_token") || text.contains("refresh_token")
  }
}
