/// How a grant stands, as far as it can be told without asking X.
enum TokenState: String, Sendable, Encodable, CaseIterable {
  /// The access token is good.
  case usable
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

  /// Whether it serves, or can be renewed without a person.
  var needsNoPerson: Bool {
    switch self {
    case .usable, .renewable, .outcomeUnknown: true
    case .expired, .expiryUnknown, .refused, .revocationBegun, .none: false
    }
  }

  /// The state of `grant` beside what the journal says.
  init(_ grant: Grant, _ recovery: Recovery, at now: Int) {
    let isGood = grant.isGood(for: 0, at: now)
    switch recovery {
    case .refused where !isGood: self = .refused
    case .revocationBegun: self = .revocationBegun
    case .outcomeUnknown where !isGood: self = .outcomeUnknown
    case .save(let newest):
      self = TokenState(newest, .goOn, at: now)
    case .goOn, .confirm, .setAside, .outcomeUnknown, .refused:
      if grant.isBlank {
        self = .none
      } else if isGood {
        self = .usable
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
    case .usable: "usable"
    case .renewable: "has to be renewed, which needs no login"
    case .outcomeUnknown: "has to be renewed, but the answer to the last renewal never came"
    case .expired: "expired, and there is no refresh token"
    case .expiryUnknown: "its expiry is unknown, and there is no refresh token"
    case .refused: "X has refused the refresh token"
    case .revocationBegun: "a revocation was begun and not confirmed"
    case .none: "there is no token"
    }
  }

  /// What a person should do about it; nil where nothing is needed.
  var cure: Hint? {
    switch self {
    case .usable, .renewable: nil
    case .outcomeUnknown: "run \(call: "refresh") again later"
    case .expired, .expiryUnknown, .refused, .none: "run \(call: "login")"
    case .revocationBegun:
      "run \(call: "revoke") again, or \(call: "refresh --force") to keep the grant"
    }
  }
}
