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

  /// What becomes of this login, after X has said `word` of it, where the file holds `held`.
  ///
  /// Without a word from X it may have ended long ago, and what the file holds may be what came after it:
  /// so it is saved only over the very tokens that it came over. At worst those of another account are
  /// replaced, as somebody wanted.
  func fate(after word: LoginWord, over held: KnownGrant) -> LoginFate {
    let named: Account?
    switch word {
    case .account(let account): named = account
    case .nothing: named = account
    }
    let isFiles = held.account.flatMap { named?.isSame(as: $0) }
    guard isWanted(of: named) || isFiles == true else {
      // Where it isn't known that they are two accounts, it may be all that is alive of the file's.
      return isFiles == false ? .revoke : .stay
    }
    return word != .nothing || cameOver != nil && cameOver == held.grant.mark ? .save : .stay
  }

  private func isWanted(of account: Account?) -> Bool {
    switch wish {
    case .anyone: true
    case .named(let name): account?.isNamed(name) == true
    case nil: false
    }
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
    undecided.contains { $0.grant.hasSameTokens(as: login.grant) && $0.wish == login.wish }
  }
}
