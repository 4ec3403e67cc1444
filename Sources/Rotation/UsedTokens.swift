import OAuth

/// The refresh tokens known to be used, by their hashes: enough to recognize an old copy of the file,
/// useless for anything else.
struct UsedTokens: Sendable, Equatable {
  /// How many are remembered: three months of renewals every 40 minutes, in 40 KiB of journal.
  static let limit = 3072

  /// A used token.
  struct Entry: Sendable, Equatable {
    let token: TokenHash
    /// When its access token expired, in seconds since 1970; nil when unknown.
    var expiresAt: Int? = nil
    /// The account that it spoke for; nil when unknown.
    var account: Account? = nil
  }

  /// The newest last.
  private(set) var entries: [Entry] = []
  /// The latest expiry among the entries that were dropped; nil while none was, or while none of them
  /// had an expiry. What expired by then, and isn't in the list, may be one of those.
  private(set) var reach: Int? = nil

  init(_ entries: [Entry] = [], reach: Int? = nil) {
    self.reach = reach
    self.entries = entries
    dropOldest()
  }

  /// Adds the token of `known`, if it has one.
  mutating func add(_ known: KnownGrant) {
    // What can't be hashed was never sent.
    guard let token = known.grant.identity, let hash = try? TokenHash(token),
      !entries.contains(where: { $0.token == hash })
    else { return }
    entries.append(Entry(token: hash, expiresAt: known.grant.expiresAt, account: known.account))
    dropOldest()
  }

  /// The entry of the token of `grant`, unless that is the token of `newest` too.
  func find(_ grant: Grant, unless newest: Grant) -> Entry? {
    guard !entries.isEmpty, let token = grant.identity, token != newest.identity,
      let hash = try? TokenHash(token)
    else { return nil }
    return entries.last { $0.token == hash }
  }

  /// The account of the used token with this hash; nil when unknown.
  func account(of hash: String) -> Account? {
    let hash = TokenHash(text: hash)
    return entries.last { $0.token == hash }?.account
  }

  /// Whether this is the hash of a used token.
  func contains(_ hash: String) -> Bool {
    let hash = TokenHash(text: hash)
    return entries.contains { $0.token == hash }
  }

  /// Forgets how far the list reaches: only the tokens in it count.
  mutating func forgetReach() { reach = nil }

  private mutating func dropOldest() {
    let surplus = entries.count - Self.limit
    guard surplus > 0 else { return }
    reach = ([reach] + entries.prefix(surplus).map(\.expiresAt)).compactMap(\.self).max()
    entries.removeFirst(surplus)
  }
}

/// The first 8 bytes of a token's SHA-256.
struct TokenHash: Sendable, Hashable {
  let value: UInt64

  init(value: UInt64) { self.value = value }

  /// The token's hash, without which no token may be sent.
  init(_ token: Secret) throws(CryptographyUnavailable) {
    value = try token.sha256().prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// In hexadecimal.
  var text: String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// The hash with this text; nil when it isn't one.
  init?(text: String) {
    guard text.utf8.count == 16, let value = UInt64(text, radix: 16) else { return nil }
    self.value = value
  }
}
