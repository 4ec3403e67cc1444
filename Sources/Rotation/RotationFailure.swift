import DotEnv
import DurableFile
import OAuth

/// Why a rotation ended without doing what it was asked.
public indirect enum RotationFailure: Error, Sendable {
  /// The `.env`, or what belongs to it on the disk.
  case file(FileFailure)
  /// The document in the `.env`.
  case dotEnv(DotEnvFailure, path: String)
  /// OpenSSL, without which no token can be remembered as used.
  case cryptography(CryptographyUnavailable)
  /// What the caller has to have ready before a token is used isn't: its own error.
  case notReady(any Error)
  /// A token in the file, on this line, has a control character: it isn't sent.
  case controlCharacter(Grant.Key, line: Int)
  /// Another program changes the file again and again.
  case keepsChanging(path: String)

  /// There is no token.
  case noGrant(path: String)
  /// The file is gone, and its newest tokens are in the journal.
  case fileGone(path: String, journal: String)
  /// The access token has to be renewed, and there is no refresh token.
  case noRefreshToken
  /// X refuses the refresh token for good. An earlier answer that can't be read, and may hold its
  /// successor, is in the journal, where that is `kept`.
  case refused(ErrorResponse, kept: String?)
  /// It did so in an earlier run (nil: nothing else is known of that).
  case refusedBefore(FailedRenewal?, path: String)
  /// A revocation was begun and not confirmed.
  case revocationBegun
  /// The file holds an old token of another account than the journal's newest grant.
  case otherAccount(file: String, newest: String?, path: String)
  /// The newest grant came from the server with this base URL, and the settings name another one: it isn't
  /// sent.
  case issuedElsewhere(by: String, path: String)
  /// The journal has no login that waits for a person's word: another run has ended it.
  case nothingParked(path: String)
  /// X refuses the authorization code.
  case codeRefused(ErrorResponse)
  /// X refuses the client, not what it presented.
  case clientRefused(ErrorResponse)

  /// The client or the server that the settings name has changed since this run read them.
  case settingsChanged(path: String)
  /// The process was stopped, or the machine asleep, before the request was sent. It wasn't sent.
  case heldUp
  /// No answer came.
  case unanswered(Unanswered, Exchange)
  /// X is too busy to look at the request, as this HTTP status says; no token was used.
  case busy(RetryAdvice?, status: Int = 429)
  /// X's answer says neither yes nor no; the reason that it gave is `said`. A success that can't be read
  /// is kept in the journal, where that is `kept`.
  case unusableAnswer(TokenAnswer.Reason, Exchange, said: String?, kept: String?)
  /// X didn't confirm a revocation; the reason that it gave is `said`.
  case notConfirmed(status: Int, said: String?)
  /// The outcome of an earlier renewal (nil: nothing else is known of it) is unknown. Its answer can't be
  /// read and is `kept`, or there was none that helps; it isn't time for the second try.
  case outcomeStillUnknown(FailedRenewal?, kept: String?, tryingAgainAt: Int)
  /// One of the two tokens is revoked, the other isn't.
  case halfRevoked(revoked: TokenTypeHint, left: TokenTypeHint, reason: RotationFailure)

  /// A new token that isn't where it belongs, because of `reason` (nil: the file holds another grant
  /// by now). The file `recovery` holds it; nil when the disk took nothing at all.
  case notSaved(reason: RotationFailure?, recovery: String?)
  /// Tokens that are revoked, and still in their file.
  case notCleared(reason: RotationFailure, path: String)

  /// The place that the grant is shared through can't be used.
  case store(StoreFailure, place: String)
  /// What it holds isn't a grant that this program can use; it is never written over.
  case sharedUnusable(SharedGrantFault, place: String)
  /// It holds the grant of this other client ID.
  case otherClient(String, place: String)
  /// It holds the grant of this other server.
  case otherServer(String, place: String)
  /// The file holds a grant that the store doesn't know: neither is sent or written over.
  case unknownToStore(place: String, path: String)
  /// The store says that X refused the refresh token.
  case refusedInStore(place: String)
  /// The store says that the grant was revoked.
  case revokedInStore(place: String)
  /// Another machine's use of the grant stands.
  case usedElsewhere(SharedUse, place: String)
  /// A renewal was taken over from a machine that may hold its answer.
  case answerElsewhere(place: String)
  /// A login that was begun later has won; the tokens of this one are in the journal.
  case loginOvertaken(place: String, journal: String)
  /// The grant is revoked, and this use of it may have brought a newer token to another machine.
  case successorElsewhere(SharedUse, place: String)
  /// The journal knows the grant as one that is shared through this place, and the run has no store.
  case sharedElsewhere(place: String, path: String)
  /// The newest grant is on this machine alone, and is to be forgotten here.
  case onlyHere(place: String, path: String)
  /// The grant is revoked, and the store couldn't be told.
  case revokedNotInStore(reason: RotationFailure, place: String)
  /// A new token is in the file and the journal, and the store didn't take it.
  case notInStore(reason: RotationFailure, journal: String, path: String)

  /// What a request was for, which decides what a missing answer means.
  public enum Exchange: Sendable, Equatable {
    case refresh, codeExchange, revocation
  }

  /// Whether it is certain that nothing happened at X.
  var provablyChangedNothing: Bool {
    switch self {
    case .unanswered(let failure, _): !failure.mayHaveReachedServer
    case .clientRefused, .busy: true
    default: false
    }
  }
}

/// A request without an answer.
public struct Unanswered: Error, Sendable, Equatable {
  /// False only when it is certain that not a byte of the request left.
  public let mayHaveReachedServer: Bool
  /// The transport's own failure.
  public let cause: any Error
  /// What of an answer had come; nil when that wasn't even a whole head.
  public let partialAnswer: ServerAnswer?

  /// A request that ended with `cause`.
  public init(
    mayHaveReachedServer: Bool, cause: any Error, partialAnswer: ServerAnswer? = nil
  ) {
    self.mayHaveReachedServer = mayHaveReachedServer
    self.cause = cause
    self.partialAnswer = partialAnswer
  }

  /// Whether both say the same of the request.
  public static func == (left: Unanswered, right: Unanswered) -> Bool {
    left.mayHaveReachedServer == right.mayHaveReachedServer
  }
}
