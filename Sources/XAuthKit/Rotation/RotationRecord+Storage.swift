import OAuth

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

// The one place where tokens leave `Secret` for the journal, whose file only its owner can read.

extension RotationRecord {
  /// The record as the journal keeps it.
  func encoded() throws -> [UInt8] {
    let encoder = JSONEncoder()
    // A journal record is short of room, and Base64 has many slashes.
    encoder.outputFormatting = .withoutEscapingSlashes
    return [UInt8](try encoder.encode(Stored(self)))
  }

  /// The record that the journal kept; nil when this program can't read it.
  init?(stored bytes: [UInt8]) {
    guard let stored = try? JSONDecoder().decode(Stored.self, from: Data(bytes)) else { return nil }
    self.init(stored)
  }
}

private struct Stored: Codable {
  var kind: RotationRecord.Kind
  var purpose: RotationRecord.Purpose
  var presented: StoredGrant
  /// None: the same as `presented`. Two tokens of 16 KiB are too long to be kept twice.
  var newest: StoredGrant?
  var unsorted: ServerAnswer?
  var attempts: Int
  var time: Int
  var spent: [String]
  var owesHook: Bool
  var aside: StoredGrant?
  var client: String?
  /// None or one: an array, because a structure can't contain itself.
  var before: [Stored]

  init(_ record: RotationRecord) {
    kind = record.kind
    purpose = record.purpose
    presented = StoredGrant(record.presented)
    newest = record.newest == record.presented ? nil : StoredGrant(record.newest)
    unsorted = record.unsorted
    attempts = record.attempts
    time = record.time
    spent = record.spent.map(\.digest)
    owesHook = record.owesHook
    aside = record.aside.map(StoredGrant.init)
    client = record.client
    if case .record(let earlier) = record.before {
      before = [Stored(earlier)]
      // Both know the same spent tokens; once is enough.
      before[0].spent = []
    } else {
      before = []
    }
  }
}

private struct StoredGrant: Codable {
  var access: String?
  var refresh: String?
  var expires: Int?
  var scopes: String?

  init(_ grant: Grant) {
    access = grant.accessToken?.reveal()
    refresh = grant.refreshToken?.reveal()
    expires = grant.expiresAt
    scopes = grant.scopes?.commaSeparated
  }
}

extension Grant {
  fileprivate init(_ stored: StoredGrant) {
    self.init(
      accessToken: stored.access.map(Secret.init), refreshToken: stored.refresh.map(Secret.init),
      expiresAt: stored.expires, scopes: stored.scopes.map(Scopes.init(parsing:)))
  }
}

extension RotationRecord {
  fileprivate init(_ stored: Stored) {
    let spent = stored.spent.map(SpentToken.init(digest:))
    var before = Before.none
    if var earlier = stored.before.first {
      earlier.spent = stored.spent
      before = .record(RotationRecord(earlier))
    }
    self.init(
      kind: stored.kind, purpose: stored.purpose, presented: Grant(stored.presented),
      newest: Grant(stored.newest ?? stored.presented), unsorted: stored.unsorted,
      attempts: stored.attempts,
      time: stored.time, spent: spent, owesHook: stored.owesHook,
      aside: stored.aside.map(Grant.init), client: stored.client, before: before)
  }
}
