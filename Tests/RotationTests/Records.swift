@testable import OAuth
@testable import Rotation

extension Grant {
  /// A grant by its two tokens.
  static func of(_ access: String?, _ refresh: String?, expiresAt: Int? = nil) -> Grant {
    Grant(
      accessToken: access.map(Secret.init), refreshToken: refresh.map(Secret.init),
      expiresAt: expiresAt)
  }
}

extension KnownGrant {
  /// A grant whose token was presented by client `app`, with this outcome the last time.
  static func of(
    _ grant: Grant, _ outcome: Outcome = .none, attempts: Int = 1, isOlderCopy: Bool = false
  ) -> KnownGrant {
    var known = KnownGrant(grant, isOlderCopy: isOlderCopy)
    for attempt in 1...attempts where outcome != .none {
      known.begin(attempt: attempt, by: "app", for: "refresh", at: 1_800_000_000)
    }
    if outcome == .refused { known.refuse(to: "app") }
    return known
  }
}

extension RotationRecord {
  /// A record with these in it.
  static func of(
    _ newest: KnownGrant, other: KnownGrant? = nil, _ stage: Stage = .saved, used: [Grant] = [],
    reach: Int? = nil
  ) -> RotationRecord {
    var record = RotationRecord(fileHolds: newest.grant)
    (record.newest, record.other, record.stage) = (newest, other, stage)
    record.usedTokens = UsedTokens(
      used.compactMap { grant in
        grant.identity.flatMap { try? TokenHash($0) }.map { UsedTokens.Entry(token: $0) }
      }, reach: reach)
    return record
  }
}

extension ServerAnswer {
  /// An answer of the token endpoint.
  init(_ status: Int, _ body: String) {
    self.init(status: status, headers: [:], body: [UInt8](body.utf8))
  }
}
