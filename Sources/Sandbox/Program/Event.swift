/// One line of the log: what a request came to. Tokens appear as SHA-256 digests only.
struct Event: Codable, Sendable, Equatable {
  /// What happened.
  enum Outcome: String, Codable, Sendable {
    /// A page without consequence, or the account that `/2/users/me` names.
    case answered
    /// No such route, or not with this method.
    case notFound = "not_found"
    /// The consent page was shown.
    case asked
    /// Consent was given: a code went back to the client.
    case approved
    /// Consent was denied.
    case denied
    /// Wrong client id, redirect URI or state: "Something went wrong", and no redirect.
    case accessNotGiven = "access_not_given"
    /// The authorization request was refused by redirect.
    case authorizationRefused = "authorization_refused"
    /// The form of the consent page was stale, or not ours.
    case consentRefused = "consent_refused"
    /// A code was exchanged for tokens.
    case exchanged
    /// A refresh token was exchanged for its successor.
    case refreshed
    /// The code was unknown, used, expired, or issued for another redirect URI.
    case codeRefused = "code_refused"
    /// PKCE: the verifier doesn't fit the challenge.
    case verifierMismatch = "verifier_mismatch"
    /// A spent refresh token was presented, of the grant that lives.
    case replayed
    /// A refresh token of a grant that has ended, or that was revoked, was presented.
    case tokenEnded = "token_ended"
    /// A token that was never issued, or an access token that is no longer good.
    case tokenUnknown = "token_unknown"
    /// An access token was revoked.
    case accessRevoked = "access_revoked"
    /// A refresh token was revoked.
    case refreshRevoked = "refresh_revoked"
    /// A revocation found nothing alive to revoke, which is success (RFC 7009 §2.2).
    case nothingRevoked = "nothing_revoked"
    /// The client didn't authenticate as it must.
    case clientRefused = "client_refused"
    /// The grant lacks the scopes for the call.
    case scopeRefused = "scope_refused"
    /// A parameter is missing, repeated or unsupported.
    case requestRefused = "request_refused"
    /// The sandbox itself failed.
    case broken
  }

  /// When the request was handled, in seconds since 1970.
  var time: Double
  /// The request's path when it is one of the sandbox's own, else `other`.
  var route: String
  /// What happened.
  var outcome: Outcome
  /// The status code of the answer.
  var status: Int
  /// The grant that the request was about: 1 for the sandbox's first.
  var grant: Int?
  /// Which of its grant's refresh tokens was presented: 1 for the one a login gave.
  var presentedGeneration: Int?
  /// The SHA-256 of the token that was presented, in hexadecimal.
  var presentedSHA256: String?
  /// Which of its grant's refresh tokens was issued.
  var issuedGeneration: Int?
  /// The SHA-256 of the refresh token that was issued, in hexadecimal.
  var refreshSHA256: String?
  /// The SHA-256 of the access token that was issued, in hexadecimal.
  var accessSHA256: String?

  enum CodingKeys: String, CodingKey {
    case time, route, outcome, status, grant
    case presentedGeneration = "presented_generation"
    case presentedSHA256 = "presented_sha256"
    case issuedGeneration = "issued_generation"
    case refreshSHA256 = "refresh_sha256"
    case accessSHA256 = "access_sha256"
  }

  init(time: Double, route: String) {
    self.time = time
    self.route = route
    self.outcome = .answered
    self.status = 0
  }
}
