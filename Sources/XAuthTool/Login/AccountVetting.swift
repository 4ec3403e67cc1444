import Callback
import OAuth
import Rotation

/// Looks whose tokens a login brought, and settles what becomes of those of another account.
struct AccountVetting {
  private let login: Login
  private let rule: AccountRule
  private let network: Network
  private var granted = Grant.blank
  /// The account in the file, where that is known.
  private var known: String?
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
  mutating func verdict(on granted: Grant, known: String?, isHurried: Bool) -> LoginVerdict {
    (self.granted, self.known) = (granted, known)
    if !isHurried || rule.needsName(known: known) {
      answer = login.account(of: granted, on: network)
    }
    let name = signedIn
    let isCut = granted.scopes.map { !login.scopes.subtracting($0).names.isEmpty } ?? false
    decision = rule.decide(signedIn: name, isCut: isCut, known: known)
    return decision == .save ? .save(account: name) : .park(account: name)
  }

  /// Settles what becomes of tokens that are kept aside, and answers the browser; returns the file's
  /// grant once they are in it.
  func settle(with waiting: LoginWait) throws(Failure) -> KnownGrant {
    let (name, path) = (signedIn, login.rotation.path ?? "")
    guard decision == .ask else {
      let isRevoked = revoke()
      waiting.answer(.otherAccount(name))
      throw .login(
        rule.wanted.map { .otherAccount(name, wanted: $0, isRevoked: isRevoked) }
          ?? .accountNotConfirmed(name, known: known ?? "", path: path, isRevoked: isRevoked))
    }
    waiting.answer(.confirm(name))
    login.call.context.signals.release()
    let who = name.map { "@\($0)" } ?? "an account that X doesn't name"
    let question =
      "You signed in as \(who), but the tokens in \(path) are @\(known ?? "")'s. Replace them?"
    if login.call.confirms(question) { return try login.rotation.saveParked(granted) }
    throw .login(
      .accountNotConfirmed(name, known: known ?? "", path: path, isRevoked: revoke()))
  }

  private var signedIn: String? {
    if case .account(let account) = answer { account.username } else { nil }
  }

  /// Whether X has confirmed that the tokens are revoked.
  private func revoke() -> Bool {
    do { try login.rotation.rejectParked(granted, on: network) } catch { return false }
    return true
  }
}
