import FoundationEssentials
import Glibc

/// One line of the log: a request and its outcome. Tokens appear as SHA-256 digests only.
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
    /// The form wasn't from a consent page that still waits for an answer.
    case consentRefused = "consent_refused"
    /// A code was exchanged for tokens.
    case exchanged
    /// A refresh token was exchanged for its successor.
    case refreshed
    /// The code was unknown, used, expired, or issued for another redirect URI.
    case codeRefused = "code_refused"
    /// PKCE: the verifier doesn't match the challenge.
    case verifierMismatch = "verifier_mismatch"
    /// A used refresh token of the current grant was presented.
    case replayed
    /// A refresh token was presented that was revoked or whose grant has ended.
    case tokenEnded = "token_ended"
    /// A token that was never issued, or an access token that is no longer valid.
    case tokenUnknown = "token_unknown"
    /// An access token was revoked.
    case accessRevoked = "access_revoked"
    /// A refresh token was revoked.
    case refreshRevoked = "refresh_revoked"
    /// The token to revoke wasn't valid any more, which counts as success (RFC 7009 §2.2).
    case nothingRevoked = "nothing_revoked"
    /// The client didn't authenticate as required.
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
  /// The request's path if the sandbox has such a route, else `other`.
  var route: String
  /// What happened.
  var outcome: Outcome
  /// The status code of the answer.
  var status: Int
  /// The grant that the request concerned: 1 for the sandbox's first.
  var grant: Int?
  /// Which of its grant's refresh tokens was presented: 1 for the one from the login.
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

/// A file with one event a line, in JSON. Each line is appended by one write, so that readers never
/// see half a line, and none is lost when the sandbox is killed.
struct EventLog: ~Copyable, Sendable {
  private let descriptor: Int32

  /// Opens `path` for appending; a new file is accessible only to its owner.
  init(path: String) throws(StartFailure) {
    descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .log(path, errno: errno) }
  }

  deinit { close(descriptor) }

  /// Adds `event`.
  func append(_ event: Event) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Numbers and strings always encode.
    guard let line = try? encoder.encode(event) else { return }
    writeText(String(decoding: line, as: UTF8.self) + "\n", to: descriptor)
  }
}
