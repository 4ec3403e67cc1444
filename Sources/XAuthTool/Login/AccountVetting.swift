import Callback
import OAuth
import Rotation

/// Looks whose tokens a login brought, and settles what becomes of those of another account.
struct AccountVetting {
  private let login: Login
  private let rule: AccountRule
  private let network: Network
  /// The account in the file, where that is known.
  private var known: Account?
  /// Whether the file holds something else by now than when the login was answered.
  private var isFileChanged = false
  private var decision = AccountRule.Decision.save
  /// What X said; nil when there was no time to ask.
  private(set) var answer: AccountAnswer?

  /// A look that asks X through `network`.
  init(_ login: Login, _ rule: AccountRule, _ network: Network) {
    (self.login, self.rule, self.network) = (login, rule, network)
  }

  /// The verdict on `granted`.
  ///
  /// - Parameters:
  ///   - known: the account in the file.
  ///   - isHurried: whether the user wants an end: then X is asked only where something depends on it.
  mutating func verdict(on granted: Grant, known: Account?, isHurried: Bool) -> LoginVerdict {
    self.known = known
    if !isHurried || rule.needsName(known: known) {
      answer = login.account(of: granted, on: network)
    }
    let account = signedIn
    let isCut = granted.scopes.map { !login.scopes.subtracting($0).names.isEmpty } ?? false
    decision = rule.decide(signedIn: account, isCut: isCut, known: known)
    switch decision {
    case .save, .saveUnwanted: return .save(account: account)
    case .ask, .reject, .keep: return .park(account: account)
    }
  }

  /// Answers the browser once the tokens are saved. Fails if they aren't of the account that was wanted.
  func finishSaved(with waiting: LoginWait) throws(Failure) {
    guard decision == .saveUnwanted, let account = signedIn, let wanted = rule.wanted else {
      return waiting.answer(.signedIn, account: signedIn?.username)
    }
    waiting.answer(.otherAccount(account.username, isRenewed: true))
    try login.rotation.runHook()
    throw .login(.renewedOther(account.username, wanted: wanted, path: path))
  }

  /// Settles what becomes of `waits`, the login that waits, and answers the browser; returns the file's grant
  /// once it is in it.
  mutating func settle(
    _ waits: KnownGrant, with waiting: LoginWait
  ) throws(Failure) -> KnownGrant {
    let name = signedIn?.username
    let signals = login.call.context.signals
    // Should this run be cut off at the question, the next one finds it.
    let unkept = keep(waits)
    guard decision == .ask, signals.seen() == nil else {
      guard let name else {
        waiting.answer(
          unkept.map(Page.forFailedExchange) ?? .otherAccount(nil), because: unkept)
        throw unnamed(waits, unkept)
      }
      let isRevoked = revoke(waits)
      waiting.answer(.otherAccount(name))
      throw rejected(name, isRevoked)
    }
    waiting.answer(.confirm(name))
    // At the question a signal is a no. It ends the process once that is done.
    signals.restore()
    _ = signals.watch()
    var waits = waits
    while login.call.confirms(question), signals.seen() == nil {
      switch try login.rotation.saveWaiting(waits) {
      case .saved(let grant): return grant
      case .asksAgain(let again, let account):
        (waits, known, isFileChanged) = (again, account, true)
      }
    }
    guard let name else {
      var unwanted = waits
      unwanted.wish = nil
      throw unnamed(unwanted, keep(unwanted))
    }
    throw rejected(name, revoke(waits))
  }

  /// Why the tokens are nowhere but here; nil where the journal has them.
  private func keep(_ waits: KnownGrant) -> Failure? {
    do { try login.rotation.keep(waits) } catch { return error }
    return nil
  }

  private var question: String {
    let held =
      known.map { "the tokens in \(path) are @\($0.username)'s" }
      ?? (isFileChanged ? "\(path) holds other tokens by now" : nil)
    guard let name = signedIn?.username else {
      return "X doesn't say who signed in"
        + (held.map { ", and \($0). Replace them?" } ?? ". Save the tokens in \(path)?")
    }
    if isNamesake {
      return
        "You signed in as @\(name), by now another account than the one whose tokens are in \(path). Replace them?"
    }
    return "You signed in as @\(name), but \(held ?? ""). Replace them?"
  }

  private func rejected(_ name: String, _ isRevoked: Bool) -> Failure {
    if isNamesake, rule.wanted.map({ signedIn?.isNamed($0) == true }) ?? true {
      return .login(.namesake(name, path: path, isRevoked: isRevoked))
    }
    return .login(
      rule.wanted.map { .otherAccount(name, wanted: $0, isRevoked: isRevoked) }
        ?? .accountNotConfirmed(
          name, known: known?.username, path: path, isRevoked: isRevoked))
  }

  /// Whose tokens they are isn't known, so they may be all that is alive of the file's account: they aren't
  /// revoked, unless they are lost with this process.
  private func unnamed(_ waits: KnownGrant, _ unkept: Failure?) -> Failure {
    if let unkept {
      _ = revoke(waits)
      return unkept
    }
    return .login(
      .accountUnknown(
        known: known?.username, journal: login.rotation.settings.journalPath))
  }

  private var isNamesake: Bool {
    guard let known, let signedIn else { return false }
    return signedIn.isNamesake(of: known)
  }

  private var path: String { login.rotation.path ?? "" }

  private var signedIn: Account? { if case .account(let account) = answer { account } else { nil } }

  /// Whether X has confirmed that the tokens are revoked.
  private func revoke(_ waits: KnownGrant) -> Bool {
    do { try login.rotation.reject(waits, on: network) } catch { return false }
    return true
  }
}
