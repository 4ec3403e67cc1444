import OAuth

// A login that waits in the journal: its tokens came, and what is to become of them depends on whose they
// are, or on what somebody says.

/// What somebody wants with a login whose answer is in the journal.
public enum LoginWish: Sendable, Equatable {
  /// It is saved, whosever tokens it brought: somebody has said yes.
  case anyone
  /// It is saved if X says that it is the account of this user name.
  case named(String)
}

/// What X says of a login that waits, asked with that login's own access token.
public enum LoginWord: Sendable, Equatable {
  /// It is alive, and this account's.
  case account(Account)
  /// Nothing: X doesn't name its account, or refuses the access token, or that has expired and can't be used
  /// to ask. Whether the login is alive only its refresh token tells.
  case nothing
}

/// What becomes of a login that waits.
enum LoginFate: Sendable, Equatable {
  /// It is saved over what the file holds.
  case save
  /// It is revoked at X: it is another account's, and nobody wants it.
  case revoke
  /// It waits on.
  case stay
}

extension KnownGrant {
  /// The same as a login that waits over what `file` holds, on behalf of the process that `keptBy` names.
  func waiting(over file: Grant, keptBy: String, _ wish: LoginWish?) -> KnownGrant {
    var login = self
    (login.keptBy, login.wish, login.cameOver) = (keptBy, wish, file.mark)
    return login
  }

  fileprivate func isWanted(of account: Account?) -> Bool {
    switch wish {
    case .anyone: true
    case .named(let name): account?.isNamed(name) == true
    case nil: false
    }
  }
}

extension RotationRecord {
  /// What becomes of `login`, after X has said `word` of it, where the file holds `held`.
  ///
  /// Whatever somebody wants with it, or doesn't want, was said over what the file held then: as long as that
  /// isn't there, it waits. And without a word from X it may have ended long ago, and what the file holds may
  /// be what came after it: so it is saved only over the very tokens that it came over. At worst those of
  /// another account are replaced, as somebody wanted.
  func fate(
    of login: KnownGrant, after word: LoginWord, over held: KnownGrant
  ) -> LoginFate {
    guard isUnchanged(held, since: login) else { return .stay }
    let named: Account?
    switch word {
    case .account(let account): named = account
    case .nothing: named = login.account
    }
    let isFiles = held.account.flatMap { named?.isSame(as: $0) }
    guard login.isWanted(of: named) || isFiles == true else {
      // Where it isn't known that they are two accounts, it may be all that is alive of the file's.
      return isFiles == false ? .revoke : .stay
    }
    return word != .nothing || login.cameOver == held.grant.mark ? .save : .stay
  }

  /// Whether the file, which holds `held`, still has what `login` came over, or what has come of that: the
  /// same account's, with the token from then among the used ones.
  func isUnchanged(_ held: KnownGrant, since login: KnownGrant) -> Bool {
    guard let before = login.cameOver else { return false }
    if before == held.grant.mark { return true }
    guard let account = held.account, let earlier = usedTokens.account(of: before) else {
      return false
    }
    return account.isSame(as: earlier)
  }

  /// Whether a yes to `login` is good for a file that holds `held`: it was said over that, or the file has
  /// nothing that could be lost.
  func isYesGood(to login: KnownGrant, over held: KnownGrant) -> Bool {
    held.grant.isBlank || isOver(login.grant) || isUnchanged(held, since: login)
      || login.account.flatMap { held.account?.isSame(as: $0) } == true
  }
}

extension Grant {
  /// What it is recognized by later: the hash of its token; nil where hashing fails.
  var mark: String? {
    guard let identity else { return "none" }
    return try? TokenHash(identity).text
  }
}

extension RotationRecord {
  /// The logins whose processes have ended before anybody said what becomes of them. Of a revocation that
  /// was begun they are a part.
  func leftLogins(at now: Int) -> [KnownGrant] {
    isRevoking ? [] : undecided.filter { $0.isLeft(at: now) }
  }

  /// Whether a login waits for another run to ask X whose it is.
  public func hasLeftLogin(at now: Int) -> Bool {
    leftLogins(at: now).contains { $0.serves(at: now) }
  }

  /// Whether such a login may have ended `held`: it is later, and not known to be another account's.
  public func hasLeftLogin(mayHaveEnded held: KnownGrant, at now: Int) -> Bool {
    leftLogins(at: now).contains {
      !$0.isOfAnotherAccount(than: held) && ($0.issuedAt ?? .max) >= (held.issuedAt ?? 0)
    }
  }

  /// Whether another run has ended a login that waited, or saved it.
  func isOver(_ login: Grant) -> Bool { newest.grant.hasSameTokens(as: login) || hasUsed(login) }

  /// Whether it has these tokens.
  func keeps(_ grant: Grant) -> Bool {
    ([newest] + [other, parked].compactMap(\.self) + undecided)
      .contains { $0.grant.hasSameTokens(as: grant) }
  }

  /// Whether it has this login, waiting, with what somebody wants with it.
  func keeps(waiting login: KnownGrant) -> Bool {
    undecided.contains {
      $0.grant.hasSameTokens(as: login.grant) && $0.account == login.account
        && $0.wish == login.wish && $0.cameOver == login.cameOver
    }
  }
}
