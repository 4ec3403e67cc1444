import FoundationEssentials
import OAuth

/// Why what a place holds can't be taken for a shared grant. It is never written over.
public enum SharedGrantFault: Error, Sendable, Equatable {
  /// It is somebody else's.
  case foreign
  /// A newer program wrote it, in this version.
  case newer(version: Int)
  /// It is damaged.
  case damaged
}

/// What a store keeps of a grant that several machines share.
struct SharedGrant: Sendable, Equatable {
  /// A use of the grant that a machine has begun.
  struct Intent: Sendable, Equatable {
    enum Kind: String, Sendable, CaseIterable, Codable {
      case refresh, login, revoke
      /// A machine has put back what a restored backup of the store lacked. Nothing was sent.
      case restored
    }

    /// 128 random bits, new for each attempt: the only thing by which a machine knows its own.
    let id: String
    let kind: Kind
    /// The token that is used; nil where there was none.
    let token: TokenHash?
    /// For people alone: machines are cloned, and clocks are wrong.
    let host: String
    /// The same.
    let at: Int
  }

  /// Who saved a grant. For people alone, as in an intent.
  struct Saving: Sendable, Equatable, Codable {
    let host: String
    let at: Int
  }

  /// The grant; blank after a revocation.
  var grant: Grant
  /// The machine that saved it; nil when unknown.
  private(set) var saved: Saving? = nil
  /// How many grants have been saved so far: only ever larger, unless the store was restored from a backup.
  var number: Int
  /// Which of the logins the grant comes from.
  var login = 0
  /// How many logins have been begun so far.
  var logins = 0
  /// The `CLIENT_ID` that the grant was issued to.
  let client: String
  /// The base URL of the server that issued it: it is sent to no other.
  let server: String
  /// The tokens that were exchanged last, the newest at the end.
  private(set) var spent: [TokenHash] = []
  /// What a machine has begun, and hasn't ended.
  var intent: Intent? = nil
  /// Whether the outcome of an attempt with the present token is unknown: another machine may hold its
  /// successor. Whoever takes over a renewal sets it, and only a new token clears it.
  var isUnsure = false
  /// The token that X refused; nil when it was another one than the present.
  var refused: TokenHash? = nil
  /// Entries beside ours, which stay as they are.
  private var others: [String: String] = [:]

  init(_ grant: Grant, number: Int, client: String, server: String) {
    (self.grant, self.number, self.client, self.server) = (grant, number, client, server)
  }

  /// The hash of its token; nil when it is blank.
  var token: TokenHash? { grant.token }

  /// Whether it was ended by a revocation.
  var isRevoked: Bool { grant.isBlank && number > 0 }

  /// Whether no grant was ever saved there.
  var isEmpty: Bool { grant.isBlank && number == 0 }

  /// Whether X has refused its token.
  var isRefused: Bool { refused != nil && refused == token }

  /// How many exchanged tokens are remembered: more than a machine misses that was away for a day.
  private static let spentLimit = 32

  /// Remembers that these tokens were exchanged.
  mutating func spend(_ tokens: [TokenHash]) {
    spent = (spent.filter { !tokens.contains($0) } + tokens).suffix(Self.spentLimit)
  }

  /// Puts the successor of its grant, or of what a revocation left, in its place.
  mutating func replaceGrant(by successor: Grant, _ saving: Saving) {
    if let token, token != successor.token { spend([token]) }
    (grant, saved) = (successor, saving)
    number += 1
    (isUnsure, refused) = (false, nil)
  }
}

extension Grant {
  /// The hash of the token that stands for it; nil when there is none, or where hashing fails, which is found
  /// out before a token is used.
  var token: TokenHash? { identity.flatMap { try? TokenHash($0) } }
}

// MARK: As the store keeps it

extension SharedGrant {
  private static let stateName = "XAUTH_STATE"

  /// The entries by their names.
  var entries: [String: String] {
    var entries = others
    entries[Grant.Key.accessToken.rawValue] = grant.accessToken?.reveal() ?? ""
    entries[Grant.Key.refreshToken.rawValue] = grant.refreshToken?.reveal() ?? ""
    entries[Grant.Key.expiresAt.rawValue] = grant.expiresAt.map { String($0) } ?? ""
    entries[Grant.Key.grantedScopes.rawValue] = grant.scopes?.commaSeparated ?? ""
    entries[Self.stateName] = State(self).text
    return entries
  }

  /// The grant in these entries.
  init(entries: [String: String]) throws(SharedGrantFault) {
    guard let text = entries[Self.stateName] else { throw .foreign }
    let state = try State(text)
    self.init(
      try Self.grant(in: entries), number: state.number, client: state.client, server: state.server)
    (login, logins, saved) = (state.login, state.logins, state.saved)
    spent = try state.spent.map { text throws(SharedGrantFault) in try TokenHash(stored: text) }
    intent = try state.intent.map { stored throws(SharedGrantFault) in try Intent(stored) }
    isUnsure = state.unsure
    refused = try state.refused.map { text throws(SharedGrantFault) in try TokenHash(stored: text) }
    others = entries
    for name in Grant.Key.allCases.map(\.rawValue) + [Self.stateName] { others[name] = nil }
  }

  private static func grant(in entries: [String: String]) throws(SharedGrantFault) -> Grant {
    let grant = Grant { entries[$0.rawValue] }
    for token in [grant.accessToken, grant.refreshToken].compactMap({ $0?.reveal() }) {
      guard token.utf8.allSatisfy({ 0x20...0x7E ~= $0 }) else { throw .damaged }
    }
    if let scopes = grant.scopes, scopes.wellFormed != scopes { throw .damaged }
    let expiry = entries[Grant.Key.expiresAt.rawValue] ?? ""
    guard expiry.isEmpty || grant.expiresAt != nil else { throw .damaged }
    return grant
  }
}

/// `XAUTH_STATE`.
private struct State: Codable {
  struct Version: Decodable { let version: Int }

  struct Intent: Codable {
    let id: String
    let kind: SharedGrant.Intent.Kind
    let token: String?
    let host: String
    let at: Int
  }

  static let version = 1
  /// More than there can be: what every machine's journal can hold.
  private static let largestNumber = 1_000_000_000
  /// The end of the year 9999, in seconds since 1970.
  private static let latestTime = 253_402_300_799

  var version = Self.version
  let number: Int
  let login: Int
  let logins: Int
  let client: String
  let server: String
  let spent: [String]
  let intent: Intent?
  let unsure: Bool
  let refused: String?
  let saved: SharedGrant.Saving?

  init(_ shared: SharedGrant) {
    (number, login, logins) = (shared.number, shared.login, shared.logins)
    (client, server) = (shared.client, shared.server)
    spent = shared.spent.map(\.text)
    intent = shared.intent.map {
      Intent(id: $0.id, kind: $0.kind, token: $0.token?.text, host: $0.host, at: $0.at)
    }
    unsure = shared.isUnsure
    refused = shared.refused?.text
    saved = shared.saved
  }

  init(_ text: String) throws(SharedGrantFault) {
    let data = Data(text.utf8)
    guard let version = try? JSONDecoder().decode(Version.self, from: data).version else {
      throw .damaged
    }
    guard version == Self.version else { throw .newer(version: version) }
    guard let state = try? JSONDecoder().decode(State.self, from: data),
      0...Self.largestNumber ~= state.number, 0...Self.largestNumber ~= state.logins,
      0...state.logins ~= state.login,
      [state.intent?.at, state.saved?.at].allSatisfy({ 0...Self.latestTime ~= $0 ?? 0 })
    else { throw .damaged }
    self = state
  }

  var text: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Numbers and text always have a form in JSON.
    return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }
}

extension SharedGrant.Intent {
  fileprivate init(_ stored: State.Intent) throws(SharedGrantFault) {
    (id, kind, host, at) = (stored.id, stored.kind, stored.host, stored.at)
    token = try stored.token.map { text throws(SharedGrantFault) in try TokenHash(stored: text) }
  }
}

extension TokenHash {
  fileprivate init(stored text: String) throws(SharedGrantFault) {
    guard let hash = TokenHash(text: text) else { throw .damaged }
    self = hash
  }
}
