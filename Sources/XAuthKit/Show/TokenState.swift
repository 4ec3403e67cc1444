import Rotation

/// How a grant stands, as far as it can be told without asking X.
enum TokenState: String, Sendable, Encodable, CaseIterable {
  /// The access token is valid, and can be renewed.
  case usable
  /// The access token is valid, and X has refused the refresh token: it ends with its clock.
  case usableRefused = "usable_refused"
  /// The access token is valid, and there is no refresh token.
  case usableNotRenewable = "usable_not_renewable"
  /// It is due, and a renewal needs nobody.
  case renewable
  /// It is due, and a renewal's outcome is unknown: tried again when that is safe.
  case outcomeUnknown = "outcome_unknown"
  /// It is due, and there is no refresh token.
  case expired
  /// There is an access token, nobody knows how long it is good, and nothing renews it.
  case expiryUnknown = "expiry_unknown"
  /// X has refused the refresh token.
  case refused
  /// A revocation was begun and not confirmed.
  case revocationBegun = "revocation_begun"
  /// There is no token.
  case none

  /// Whether the access token is valid.
  var isUsable: Bool {
    [.usable, .usableRefused, .usableNotRenewable].contains(self)
  }

  /// Whether a token can be had from now on without a person.
  var needsNoPerson: Bool {
    switch self {
    case .usable, .renewable, .outcomeUnknown: true
    case .usableRefused, .usableNotRenewable, .expired, .expiryUnknown, .refused, .revocationBegun,
      .none:
      false
    }
  }

  /// The state of `grant` beside what the journal says.
  init(_ grant: Grant, _ recovery: Recovery, at now: Int) {
    let isGood = grant.isGood(for: 0, at: now)
    switch recovery {
    case .refused: self = isGood ? .usableRefused : .refused
    case .revocationBegun: self = .revocationBegun
    case .outcomeUnknown where !isGood: self = .outcomeUnknown
    case .save(let newest):
      self = TokenState(newest, .goOn, at: now)
    case .goOn, .confirm, .park, .outcomeUnknown:
      if grant.isBlank {
        self = .none
      } else if isGood {
        self = grant.refreshToken == nil ? .usableNotRenewable : .usable
      } else if grant.refreshToken != nil {
        self = .renewable
      } else {
        self = grant.secondsLeft(at: now) == nil ? .expiryUnknown : .expired
      }
    }
  }

  /// The state in words.
  var words: String {
    switch self {
    case .usable, .usableNotRenewable, .usableRefused: "usable"
    case .renewable: "has to be renewed, which needs no login"
    case .outcomeUnknown: "has to be renewed, but the answer to the last renewal never came"
    case .expired: "expired, and there is no refresh token"
    case .expiryUnknown: "its expiry is unknown, and there is no refresh token"
    case .refused: "X has refused the refresh token"
    case .revocationBegun: "a revocation was begun and not confirmed"
    case .none: "there is no token"
    }
  }

  /// Why nobody but a person can go on once a valid token has ended; nil for other states.
  var ending: String? {
    switch self {
    case .usableRefused: "then a person must log in: X has refused the refresh token"
    case .usableNotRenewable: "then a person must log in: there is no refresh token"
    default: nil
    }
  }

  /// What a person should do about it; nil where nothing is needed.
  var cure: Hint? {
    switch self {
    case .usable, .renewable: nil
    case .usableRefused, .usableNotRenewable: "run \(call: "login") before then"
    case .outcomeUnknown: "run \(call: "refresh") again later"
    case .expired, .expiryUnknown, .refused, .none: "run \(call: "login")"
    case .revocationBegun:
      "run \(call: "revoke") again, or \(call: "refresh --force") to keep the grant"
    }
  }
}
