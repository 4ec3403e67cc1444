import Rotation
import OAuth

/// The result of `login`.
struct LoginReport: Report {
  let account: String?
  let file: String
  let expiresAt: Int?
  let secondsLeft: Int?
  let hasRefreshToken: Bool
  let grantedScopes: [String]?
  let missingScopes: [String]
  private let notes: [String]
  private let next: String

  /// - Parameter answer: whose account it is; nil when there was no time to ask.
  init(_ result: Rotation.Renewal, account answer: AccountAnswer?, login: Login) {
    let grant = result.known.grant
    file = login.rotation.settings.file.target.path
    expiresAt = grant.expiresAt
    secondsLeft = result.known.secondsLeft(at: login.call.context.clock.now())
    hasRefreshToken = grant.refreshToken != nil
    grantedScopes = grant.scopes?.names
    missingScopes = grant.scopes.map { login.scopes.subtracting($0).names } ?? []
    if case .account(let known) = answer { account = known.username } else { account = nil }
    notes = Self.notes(result, answer)
    next =
      hasRefreshToken
      ? login.call.console.text(
        "next: let cron renew it (\(call: "help cron")), or serve it to programs (\(call: "help servers"))"
      )
      : "then log in again: X gave no refresh token"
  }

  var description: String {
    var lines = [
      "signed in" + (account.map { " as @\($0)" } ?? "") + ", saved in \(file.onOneLine)"
    ]
    if let expiresAt, let secondsLeft {
      lines.append(
        "valid until \(Times.local(expiresAt, left: secondsLeft)) (\(Spans.words(secondsLeft)))")
    }
    if !missingScopes.isEmpty {
      lines.append("asked for but not granted: \(missingScopes.joined(separator: " "))")
    }
    return (lines + notes + [next]).joined(separator: "\n")
  }

  private static func notes(_ result: Rotation.Renewal, _ answer: AccountAnswer?) -> [String] {
    var notes: [String] = []
    if case .renewed(_, let issued) = result { notes += issued.words }
    switch answer {
    case nil, .account: break
    case .refused(let refusal): notes.append("the account's name is unknown: \(refusal.words)")
    case .unknown: notes.append("the account's name is unknown: X did not tell it")
    }
    return notes
  }

  private enum CodingKeys: String, CodingKey {
    case account, file
    case expiresAt = "expires_at"
    case secondsLeft = "seconds_left"
    case hasRefreshToken = "has_refresh_token"
    case grantedScopes = "granted_scopes"
    case missingScopes = "missing_scopes"
  }
}

extension AccountRefusal {
  /// Why, with X's own words last; the token itself may be perfectly valid.
  var words: String { meaning + (detail.map { ": \"\($0)\"" } ?? "") }

  private var meaning: String {
    switch cause {
    case .tokenRefused: "X refuses the token"
    case .paymentRequired: "X asks for a paid plan for that call"
    case .notEnrolled:
      "X names accounts only to apps in a pay-per-use package and the Production environment"
        + " (see https://console.x.com)"
    case .forbidden: "X forbids that call to this app"
    case .rateLimited: "X is rate limiting that call"
    case .other: "X answered with HTTP \(status)"
    }
  }
}
