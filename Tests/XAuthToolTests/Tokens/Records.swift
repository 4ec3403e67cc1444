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
  /// Where an earlier run ended.
  enum End {
    case intent, answer, done, refused, revoking
  }

  /// What a run leaves that ended there: `presented` is the token that the file held, and `newest`
  /// came if it is not nil.
  static func of(
    _ end: End, _ presented: Grant, _ newest: Grant? = nil, spent: [Grant] = [],
    at time: Int = 1_800_000_000
  ) -> RotationRecord {
    var record = RotationRecord(fileHolds: newest ?? presented)
    for grant in spent { record.usedTokens.add(KnownGrant(grant)) }
    switch end {
    case .done: break
    case .intent: record.newest.begin(attempt: 1, by: "app", for: "refresh", at: time)
    case .refused: record.newest.refuse(to: "app")
    case .revoking: record.isRevoking = true
    case .answer:
      record.stage = .unsaved
      record.other = KnownGrant(presented)
    }
    return record
  }

  /// Where the run that wrote it ended.
  var end: End {
    if stage != .saved { return .answer }
    if isRevoking { return .revoking }
    let known = [newest, other].compactMap(\.self)
    if known.contains(where: { !$0.unansweredBy.isEmpty }) { return .intent }
    return known.contains { !$0.refusedTo.isEmpty } ? .refused : .done
  }

  /// The answer that can't be read and is kept.
  var unreadableAnswer: ServerAnswer? { newest.unreadableAnswer ?? other?.unreadableAnswer }
}

extension ServerAnswer {
  /// An answer of the token endpoint.
  init(_ status: Int, _ body: String) {
    self.init(status: status, headers: [:], body: [UInt8](body.utf8))
  }
}
