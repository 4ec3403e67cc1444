import OAuth

/// Why a person must log in.
enum LoginFailure: Sendable, Equatable {
  /// There is no token, neither in the file nor in the environment.
  case noGrant(path: String)
  /// The access token has ended, and nothing can renew it.
  case noRefreshToken
  /// X refuses the refresh token for good.
  case refused(ErrorResponse)
  /// It did so in an earlier run, which the journal remembers.
  case refusedBefore(path: String)
  /// The environment has a token whose successor is known to the journal of a file without tokens.
  case spentInEnvironment(journal: String)
  /// A revocation was begun and not confirmed.
  case revocationBegun
  /// X sent the browser back with an error (RFC 6749 §4.1.2.1).
  case denied(error: String, description: String?)
  /// Nobody came back in time.
  case timedOut(seconds: Int, redirect: String)
  /// X refuses the authorization code.
  case codeRefused(ErrorResponse)
  /// The person at the terminal decided against it.
  case declined
  /// The terminal's input ended where only pasting was left.
  case nothingPasted
}
