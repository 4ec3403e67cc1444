import OAuth

/// What a rotation did that a person should hear of. The module prints nothing: printing while the
/// file is locked could block on a slow reader and keep the lock.
public enum RotationNote: Sendable, Equatable {
  /// A step is done: what `--verbose` tells.
  case step(RotationStep)
  /// A request is about to be sent.
  case sending
  /// What an earlier run had begun is being finished.
  case finishingEarlierRun
  /// The same of a login.
  case finishingLogin
  /// Older tokens had come back into the file; the newest are saved again.
  case replacedOlderCopy(path: String)
  /// A new token came for a grant that the file no longer holds: it stays in the journal.
  case parked(path: String, journal: String)
  /// The newest grant is presented although the file holds another one: an older copy, or one that X
  /// has refused.
  case presentingNewest(path: String, account: String?)
  /// X refused a token, and there is another one to try: the journal's after the file's, or the file's
  /// after the journal's.
  case refusedTryingAnother(RotationRecord.Role, path: String)
  /// A request provably never left, and is sent once more.
  case tryingOnceMore(Unanswered)
  /// A grant of this account, or of one that isn't known, is in the journal and wasn't revoked: it is another
  /// one than the file's, or another server's.
  case notRevoked(account: String?)
  /// The store can't be asked now, and the current token is good enough.
  case storeAway(StoreFailure, place: String)
  /// Another machine's use of the shared grant stands, and is waited for.
  case watching(SharedUse, place: String)
  /// The grant that was revoked may have a successor that no answer told of.
  case successorMayLive
}

/// The steps of a rotation, in their order. A run can be cut off between any two, so tests end it
/// there.
public enum RotationStep: String, Sendable, CaseIterable {
  case locked
  case recovered
  case proved
  case claimed
  case intentWritten
  case sent
  case answerWritten
  case saved
  case markedDone
  case unlocked
}

/// What a person should know about the tokens that came.
public struct IssuedFacts: Sendable, Equatable {
  /// The refresh token came alone.
  public let lacksAccessToken: Bool
  /// X didn't say how long the access token is valid.
  public let lifetimeIsAssumed: Bool
  /// Seconds for which the access token is valid.
  public let lifetime: Int
  /// The tokens that came.
  public let tokens: [Secret]

  init(_ issued: IssuedTokens) {
    lacksAccessToken = issued.accessToken == nil
    lifetimeIsAssumed = issued.lifetimeIsAssumed && !lacksAccessToken
    lifetime = issued.lifetime
    tokens = [issued.accessToken, issued.refreshToken].compactMap(\.self)
  }
}
