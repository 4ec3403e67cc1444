import OAuth

/// What the journal holds: how far the newest rotation got. Each record replaces the one before
/// it, and carries on whatever must not be forgotten with that one.
struct RotationRecord: Sendable, Equatable {
  /// How far it got.
  enum Kind: String, Sendable, CaseIterable {
    /// A request that spends `presented` may have been sent; no answer was seen.
    case intent
    /// `newest` has come in place of `presented`; it may not be in the file yet.
    case answer
    /// `newest` is in the file. Kept, because an editor may save an older buffer over it.
    case done
    /// The server refused `presented` for good: it isn't sent again.
    case refused
    /// A revocation of `presented` was begun and not confirmed.
    case revoking
  }

  /// What the exchange was for: it decides how an unsorted answer is read.
  enum Purpose: String, Sendable {
    case login, refresh, revocation
  }

  var kind: Kind
  var purpose: Purpose
  /// The grant whose token the request spends (for a login: what the file held).
  var presented: Grant
  /// The newest grant that is known; blank after a revocation.
  var newest: Grant
  /// The server's answer as it came: with kind `answer` not yet sorted, with kind `intent` a success
  /// that nobody could read, kept until it is known what became of the token.
  var unsorted: ServerAnswer? = nil
  /// When the record's request was made, in seconds since 1970.
  var time: Int
  /// SHA-256 of every refresh token known to be spent, the newest last.
  var spent: [SpentToken]
  /// Whether the `--on-rotate` command has still to be run for the newest grant, once it has come.
  var owesHook = false
  /// A grant that came for a token which the file no longer held: kept until the next record.
  var aside: Grant? = nil
  /// The `CLIENT_ID` that a refresh was sent with.
  var clientID: String? = nil
  /// The `CLIENT_ID`s to which the server has refused `presented`, the newest last: what it refuses
  /// one client, it may grant another.
  var refusedTo: [String] = []
  /// The record to go back to if this attempt proves not to have happened.
  var before: Before

  /// A record in a box, so that a record can hold one.
  indirect enum Before: Sendable, Equatable {
    case none
    case record(RotationRecord)
  }
}

extension RotationRecord {
  /// The record to go back to; nil when nothing of it matters any more.
  var earlier: RotationRecord? {
    if case .record(let record) = before { record } else { nil }
  }

  /// Whether it keeps a success that nobody could read.
  var hasUnreadableAnswer: Bool { kind == .intent && unsorted != nil }

  /// Whether the token of `grant` is known to be spent.
  func isSpent(_ grant: Grant) -> Bool {
    guard let token = grant.identity, token != newest.identity, !spent.isEmpty else { return false }
    return SpentToken(token).map(spent.contains) ?? false
  }

  /// Whether the server has refused `presented` to this client.
  func isRefused(to client: String) -> Bool {
    refusedTo.contains(client) || kind == .refused && refusedTo.isEmpty
  }

  /// The spent tokens, with that of `grant` among them.
  func spending(_ grant: Grant) -> [SpentToken] {
    guard let token = grant.identity, let hash = SpentToken(token), !spent.contains(hash) else {
      return spent
    }
    return (spent + [hash]).suffix(SpentToken.limit)
  }

  /// Whether the `--on-rotate` command has still to be told of the grant that the file holds.
  var isHookOwed: Bool {
    switch (kind, before) {
    case (.answer, _), (.done, _): owesHook
    case (_, .record(let earlier)): earlier.isHookOwed
    case (_, .none): false
    }
  }

  /// The record once the `--on-rotate` command has been told.
  var withHookSettled: RotationRecord {
    var next = self
    switch (kind, before) {
    case (.answer, _), (.done, _): next.owesHook = false
    case (_, .record(let earlier)): next.before = .record(earlier.withHookSettled)
    case (_, .none): break
    }
    return next
  }

  /// The record that says: this grant is the newest, and the file holds it.
  static func done(_ grant: Grant, spent: [SpentToken], at time: Int) -> RotationRecord {
    RotationRecord(
      kind: .done, purpose: .refresh, presented: grant, newest: grant, time: time,
      spent: spent, before: .none)
  }

  /// What stands for a record that a disk fault took: the file's token may have been spent.
  static func unreadable(beside grant: Grant) -> RotationRecord {
    .beginning(.intent, .refresh, presenting: grant, after: nil, at: 0)
  }

  /// The record of a request that is about to be made with `presented`, after `earlier`.
  static func beginning(
    _ kind: Kind, _ purpose: Purpose, presenting presented: Grant, after earlier: RotationRecord?,
    at time: Int
  ) -> RotationRecord {
    let isSameToken = earlier?.presented.hasSameTokens(as: presented) == true
    return RotationRecord(
      kind: kind, purpose: purpose, presented: presented, newest: presented,
      unsorted: kind == .intent && isSameToken && earlier?.kind == .intent
        ? earlier?.unsorted : nil,
      time: time,
      spent: earlier?.spent ?? [], owesHook: earlier?.isHookOwed ?? false,
      refusedTo: isSameToken ? earlier?.refusedTo ?? [] : [],
      before: Before(earlier))
  }
}

extension RotationRecord.Before {
  /// What to go back to: a record that still says something about the file's token. One step is
  /// kept: what stood before that is settled.
  fileprivate init(_ earlier: RotationRecord?) {
    guard var earlier, [.intent, .refused, .revoking, .done].contains(earlier.kind) else {
      self = .none
      return
    }
    earlier.before = .none
    self = .record(earlier)
  }
}
