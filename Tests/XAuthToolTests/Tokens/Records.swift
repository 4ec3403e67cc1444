@testable import OAuth
@testable import Rotation
@testable import XAuthTool

extension Grant {
  /// A grant by its two tokens.
  static func of(_ access: String?, _ refresh: String?, expiresAt: Int? = nil) -> Grant {
    Grant(
      accessToken: access.map(Secret.init), refreshToken: refresh.map(Secret.init),
      expiresAt: expiresAt)
  }
}

extension RotationRecord {
  /// A record of `kind` in which `presented` was sent, and `newest` came if it is not nil.
  static func of(
    _ kind: Kind, _ presented: Grant, _ newest: Grant? = nil, purpose: Purpose = .refresh,
    spent: [Grant] = [], at time: Int = 1_800_000_000
  ) -> RotationRecord {
    RotationRecord(
      kind: kind, purpose: purpose, presented: presented, newest: newest ?? presented,
      time: time,
      usedTokens: spent.compactMap { $0.identity.flatMap { try? UsedToken($0) } }, before: .none)
  }
}

extension ServerAnswer {
  /// An answer of the token endpoint.
  init(_ status: Int, _ body: String) {
    self.init(status: status, headers: [:], body: [UInt8](body.utf8))
  }
}
