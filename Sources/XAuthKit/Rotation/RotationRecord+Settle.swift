import OAuth

// What becomes of a record once the answer to its request is known.

extension RotationRecord {
  /// The record with an answer in it sorted: what the run that received it would have written
  /// next. Recovery reads a journal through this, so that a run killed in between changes nothing.
  var settled: RotationRecord {
    guard kind == .answer, let unsorted else { return self }
    switch purpose {
    case .revocation: return self
    case .login: return settled(by: TokenAnswer.sort(unsorted, to: .codeExchange))
    case .refresh: return settled(by: TokenAnswer.sort(unsorted, to: .refresh))
    }
  }

  /// What becomes of this record once its answer is sorted.
  func settled(by answer: TokenAnswer) -> RotationRecord {
    var next = self
    next.unsorted = nil
    switch answer {
    case .granted(let issued):
      next.kind = .answer
      next.newest = Grant(issued, at: time, keeping: purpose == .refresh ? presented : .blank)
      next.refusedTo = []
      // An answer without a refresh token leaves the presented one good (RFC 6749 §6).
      if next.newest.identity != presented.identity { next.spent = spending(presented) }
      next.before = .none
    case .loginNeeded where purpose == .refresh:
      return refused
    case .outcomeUnknown where purpose == .refresh:
      next.kind = .intent
      next.unsorted = unreadable
    case .loginNeeded, .misconfigured, .temporary, .outcomeUnknown:
      // Nothing of ours was spent: a code that failed leaves the grant in the file as it was.
      return takenBack
    }
    return next
  }

  /// A success that nobody can read, this attempt's or an earlier one's: the new tokens may be in it.
  private var unreadable: ServerAnswer? {
    if let unsorted, 200..<300 ~= unsorted.status { return unsorted }
    return earlier?.kind == .intent ? earlier?.unsorted : nil
  }

  /// The record that stands once this attempt proves not to have happened.
  var takenBack: RotationRecord {
    earlier ?? .done(presented, spent: spent, at: time)
  }

  /// How many clients are remembered as refused: a mistyped one or two, and no more.
  private static let clientLimit = 8

  /// The record of a refusal of `presented` to `clientID`. It says nothing of what an earlier request by
  /// another client came to: that stays as unknown as it was.
  private var refused: RotationRecord {
    var next = self
    next.kind = .refused
    if let earlier, earlier.kind == .intent, earlier.clientID != clientID,
      earlier.presented.hasSameTokens(as: presented)
    {
      next = earlier
      next.spent = spent
    }
    next.unsorted = nil
    next.owesHook = false
    next.before = .none
    if let clientID, !refusedTo.contains(clientID) {
      next.refusedTo = (refusedTo + [clientID]).suffix(Self.clientLimit)
    } else {
      next.refusedTo = refusedTo
    }
    return next
  }
}

extension Grant {
  /// What an answer makes of a grant. X leaves out what doesn't change (RFC 6749 §6), so a refresh
  /// keeps the refresh token and the scopes that `old` had; a login keeps nothing.
  init(_ issued: IssuedTokens, at time: Int, keeping old: Grant) {
    self.init(
      accessToken: issued.accessToken ?? old.accessToken,
      refreshToken: issued.refreshToken ?? old.refreshToken,
      expiresAt: issued.accessToken == nil ? old.expiresAt : time + issued.lifetime,
      scopes: issued.scopes ?? old.scopes)
  }
}
