import OAuth

/// What the journal holds: how far the newest rotation got. Each record replaces the one before
/// it, and carries on whatever must not be forgotten with that one.
public struct RotationRecord: Sendable, Equatable {
  /// How far it got.
  public enum Kind: String, Sendable, CaseIterable {
    /// A request that uses up `presented` may have been sent; no answer was seen that says so.
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

  /// What the exchange was for: it decides how a raw answer is read.
  enum Purpose: String, Sendable {
    case login, refresh, revocation
  }

  /// How far it got.
  public internal(set) var kind: Kind
  var purpose: Purpose
  /// The grant whose token the request uses up (for a login: what the file held).
  var presented: Grant
  /// The newest grant that is known; empty after a revocation.
  public internal(set) var newest: Grant
  /// The server's answer as it came: with kind `answer` not yet classified, with kind `intent` a
  /// success that can't be read, kept until it is known what became of the token.
  var rawAnswer: ServerAnswer? = nil
  /// When the record's request was made, in seconds since 1970.
  var time: Int
  /// Every refresh token known to be used, the newest last.
  var usedTokens: [UsedToken]
  /// Whether the `--on-rotate` command has still to be run for the newest grant, once it has come.
  var owesHook = false
  /// A grant that came for a token which the file no longer held: kept until the next record.
  public internal(set) var parked: Grant? = nil
  /// The `CLIENT_ID` that a refresh was sent with.
  var clientID: String? = nil
  /// The `CLIENT_ID`s to which the server has refused `presented`, the newest last: what it refuses
  /// one client, it may grant another.
  var refusedTo: [String] = []
  /// The record to restore if this request provably never reached the server.
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

  /// A success that can't be read, of this attempt or an earlier one: the new tokens may be in it.
  var unreadableAnswer: ServerAnswer? {
    switch kind {
    case .intent, .refused, .revoking:
      // The one that names a token, and otherwise the first: what came later may be a gateway's page.
      [earlier?.unreadableAnswer, rawAnswer].compactMap(\.self).reduce(nil) { kept, next in
        kept == nil || next.namesToken && kept?.namesToken == false ? next : kept
      }
    case .answer: earlier?.unreadableAnswer
    case .done: nil
    }
  }

  /// Whether it keeps a success that can't be read.
  public var hasUnreadableAnswer: Bool { unreadableAnswer != nil }

  /// Whether the token of `grant` is known to be used.
  public func hasUsed(_ grant: Grant) -> Bool {
    guard let token = grant.identity, token != newest.identity, !usedTokens.isEmpty else {
      return false
    }
    return (try? UsedToken(token)).map(usedTokens.contains) ?? false
  }

  /// Whether the server has refused `presented` to this client.
  func isRefused(to client: String) -> Bool {
    refusedTo.contains(client) || kind == .refused && refusedTo.isEmpty
  }

  /// The used tokens, with that of `grant` among them.
  func usedTokens(and grant: Grant) -> [UsedToken] {
    guard let token = grant.identity, let hash = try? UsedToken(token), !usedTokens.contains(hash)
    else {
      return usedTokens
    }
    return (usedTokens + [hash]).suffix(UsedToken.limit)
  }

  /// Whether the `--on-rotate` command has still to be told of the grant that the file holds.
  public var isHookOwed: Bool {
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

  /// A copy without the tokens that were revoked.
  var withoutRevokedTokens: RotationRecord {
    var next = self
    next.presented = newest
    return next
  }

  /// The record that says: this grant is the newest, and the file holds it.
  static func done(_ grant: Grant, usedTokens: [UsedToken], at time: Int) -> RotationRecord {
    RotationRecord(
      kind: .done, purpose: .refresh, presented: grant, newest: grant, time: time,
      usedTokens: usedTokens, before: .none)
  }

  /// What stands for a record that a disk fault took: the file's token may have been used.
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
      time: time,
      usedTokens: earlier?.usedTokens ?? [], owesHook: earlier?.isHookOwed ?? false,
      refusedTo: isSameToken ? earlier?.refusedTo ?? [] : [],
      before: Before(earlier, presenting: presented))
  }
}

extension RotationRecord.Before {
  /// What to go back to: a record that still says something about the token of `presented`. One
  /// level of history is kept. Of anything older, only an unreadable answer still matters.
  fileprivate init(_ earlier: RotationRecord?, presenting presented: Grant) {
    guard var boxed = earlier, [.intent, .refused, .revoking, .done].contains(boxed.kind) else {
      self = .none
      return
    }
    let isSameToken = boxed.presented.hasSameTokens(as: presented)
    boxed.rawAnswer = isSameToken ? boxed.unreadableAnswer : nil
    // Its hash is among the used tokens; the token itself needs no room.
    if boxed.kind == .done { boxed.presented = boxed.newest }
    boxed.before = .none
    self = .record(boxed)
  }
}

// What becomes of a record once the answer to its request is known.

extension RotationRecord {
  /// The record with an answer in it classified: what the run that received it would have written
  /// next. Recovery reads a journal through this, so that a run killed in between changes nothing.
  var settled: RotationRecord {
    guard kind == .answer, let rawAnswer else { return self }
    switch purpose {
    case .revocation: return self
    case .login: return settled(by: TokenAnswer.classify(rawAnswer, to: .codeExchange))
    case .refresh: return settled(by: TokenAnswer.classify(rawAnswer, to: .refresh))
    }
  }

  /// What becomes of this record once its answer is sorted.
  func settled(by answer: TokenAnswer) -> RotationRecord {
    var next = self
    next.rawAnswer = nil
    switch answer {
    case .granted(let issued):
      next.kind = .answer
      next.newest = Grant(issued, at: time, keeping: purpose == .refresh ? presented : .blank)
      next.refusedTo = []
      // An answer without a refresh token leaves the presented one good (RFC 6749 §6).
      if next.newest.identity != presented.identity { next.usedTokens = usedTokens(and: presented) }
      next.before = .none
    case .loginNeeded where purpose == .refresh:
      return refused
    case .outcomeUnknown where purpose == .refresh:
      next.kind = .intent
      if let rawAnswer, let kept = next.keeping(rawAnswer) { next = kept }
    case .loginNeeded, .misconfigured, .temporary, .outcomeUnknown:
      // No token was used: a code that failed leaves the grant in the file as it was.
      return rolledBack
    }
    return next
  }

  /// An answer of a few hundred bytes is what is expected. A page of many kilobytes is a gateway's, and
  /// must not take the place of the next attempt's record.
  private static let longestKept = 16 * 1024

  /// The record with a success in it that can't be read; nil when it isn't worth keeping.
  func keeping(_ answer: ServerAnswer) -> RotationRecord? {
    guard 200..<300 ~= answer.status, 1...Self.longestKept ~= answer.body.count else { return nil }
    var next = self
    next.rawAnswer = answer
    return next
  }

  /// The record that stands once this attempt proves not to have happened.
  var rolledBack: RotationRecord {
    earlier ?? .done(presented, usedTokens: usedTokens, at: time)
  }

  /// How many clients are remembered as refused: a mistyped one or two, and no more.
  private static let clientLimit = 8

  /// The record of a refusal of `presented` to `clientID`. If an earlier request by another client
  /// has an unknown outcome, this refusal doesn't settle that, so its record is kept.
  private var refused: RotationRecord {
    var next = self
    next.kind = .refused
    if let earlier, earlier.kind == .intent, earlier.clientID != clientID,
      earlier.presented.hasSameTokens(as: presented)
    {
      next = earlier
      next.usedTokens = usedTokens
    } else {
      // A refusal is what follows if the first request had worked: the successor is in that answer.
      next.rawAnswer = earlier?.unreadableAnswer
    }
    next.owesHook = false
    next.before = .none
    if let clientID, !refusedTo.contains(clientID) {
      next.refusedTo = (refusedTo + [clientID]).suffix(Self.clientLimit)
    } else {
      next.refusedTo = refusedTo
    }
    return next
  }
}

extension ServerAnswer {
  /// Whether a name of the token endpoint's answers is in it (RFC 6749 §5.1), in whatever form.
  fileprivate var namesToken: Bool {
    let text = String(decoding: body, as: UTF8.self)
    return text.contains("access_token") || text.contains("refresh_token")
  }
}

/// A used token, remembered by its hash: enough to recognize it, useless for anything else.
struct UsedToken: Sendable, Hashable {
  /// The first 16 bytes of its SHA-256 in hexadecimal.
  let digest: String

  /// How many are remembered: months of putting back old copies, a few kilobytes of journal.
  static let limit = 256

  init(digest: String) { self.digest = digest }

  /// The token's hash, without which no token may be sent.
  init(_ token: Secret) throws(CryptographyUnavailable) {
    digest = Hexadecimal.text(try token.sha256().prefix(16))
  }
}
