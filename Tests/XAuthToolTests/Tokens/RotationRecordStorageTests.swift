import Testing

@testable import DurableFile
@testable import OAuth
@testable import Rotation
@testable import XAuthTool

@Suite("RotationRecord in the journal")
struct RotationRecordStorageTests {
  private let old = Grant.of("a0", "r0")
  private let sent = Grant.of("a1", "r1", expiresAt: 1_800_000_000)
  private let new = Grant(
    accessToken: Secret("a2"), refreshToken: Secret("r2"), expiresAt: 1_800_007_200,
    scopes: Scopes(parsing: "users.read offline.access"))

  private var all: [RotationRecord] {
    let done = RotationRecord.of(.done, old, sent, spent: [old])
    var intent = RotationRecord.beginning(
      .intent, .refresh, presenting: sent, after: done, at: 1_800_000_000)
    intent.owesHook = true
    intent.clientID = "app"
    var unsorted = intent
    unsorted.kind = .answer
    unsorted.rawAnswer = ServerAnswer(
      status: 200, headers: ["Retry-After": "3", "x-rate-limit-reset": "9"], body: [0, 0xFF, 0x7B])
    var aside = RotationRecord.of(.done, new, new, spent: [old, sent])
    aside.parked = old
    return [
      done, intent, unsorted, aside, .of(.answer, sent, new, spent: [old, sent]),
      .of(.answer, .blank, new, purpose: .login), .of(.done, sent, .blank, purpose: .revocation),
      .beginning(.revoking, .revocation, presenting: sent, after: intent, at: 5),
      .of(.refused, .of("a", nil)),
    ]
  }

  @Test("every record is read back as it was written")
  func roundTrip() {
    for record in all { #expect(RotationRecord(stored: record.encoded) == record) }
  }

  @Test("any bytes of an answer, and any text of a file, are read back as they were")
  func anyBytes() {
    let odd = "\n3:a b é\u{0}time 1:1\n"
    var record = RotationRecord.of(.answer, .of(odd, odd), purpose: .login)
    record.clientID = odd
    record.rawAnswer = ServerAnswer(
      status: 200, headers: ["Retry-After": odd], body: Array(0...255) + [10, 10])
    #expect(RotationRecord(stored: record.encoded) == record)
  }

  @Test(
    "what isn't a record of this program is none",
    arguments: [
      "", "{}", "rotation-1", "rotation-1 0:\n", "rotation-1 -1:\n", "rotation-1 9:\n",
      "rotation-1 99999999999999999999:\n", "rotation-1 12:kind 4:done\n\n", "rotation-2 0:\n",
    ])
  func unreadable(text: String) {
    #expect(RotationRecord(stored: [UInt8](text.utf8)) == nil)
  }

  @Test("a record that lost or gained a byte is none")
  func damaged() {
    for record in all {
      let bytes = record.encoded
      for index in bytes.indices {
        #expect(RotationRecord(stored: Array(bytes[..<index])) == nil)
        #expect(RotationRecord(stored: Array(bytes[..<index] + bytes[(index + 1)...])) == nil)
      }
      #expect(RotationRecord(stored: bytes + [10]) == nil)
    }
  }

  @Test("a record keeps one before it, and that one none")
  func depth() {
    var first = RotationRecord.of(.intent, old)
    first.before = .record(.of(.done, old))
    var second = RotationRecord.of(.intent, sent)
    second.before = .record(first)
    #expect(RotationRecord(stored: second.encoded) == nil)
  }

  @Test("a record with numbers that overflow is none")
  func uncountable() throws {
    let record = try #require(all.first { $0.kind == .intent })
    for absurd in [-1, 1_000_000_000_000, Int.max] {
      var changed = record
      changed.time = absurd
      #expect(RotationRecord(stored: changed.encoded) == nil)
      changed = record
      changed.presented.expiresAt = absurd
      #expect(RotationRecord(stored: changed.encoded) == nil)
    }
  }

  @Test("tokens are in the journal and in no description")
  func secrets() {
    for record in all where record.newest.refreshToken == Secret("r2") {
      #expect(String(decoding: record.encoded, as: UTF8.self).contains("refresh 2:r2\n"))
    }
    for record in all {
      var dumped = ""
      dump(record, to: &dumped)
      for text in ["\(record)", String(reflecting: record), dumped] {
        for token in ["\"a0", "\"a1", "\"a2", "\"r0", "\"r1", "\"r2"] {
          #expect(!text.contains(token))
        }
      }
    }
  }

  @Test("the longest tokens that are accepted fit at every step")
  func longest() {
    func token(_ mark: String) -> String { String(repeating: "/", count: 16 * 1024 - 1) + mark }
    var earlier = RotationRecord.of(.done, .of(token("a"), token("b")), .of(token("c"), token("d")))
    for number in 0..<300 { earlier.usedTokens = earlier.usedTokens(and: .of(nil, "\(number)")) }
    let intent = RotationRecord.beginning(
      .intent, .refresh, presenting: earlier.newest, after: earlier, at: 1_800_000_000)
    let answer = intent.settled(
      by: .granted(
        IssuedTokens(
          accessToken: Secret(token("e")), refreshToken: Secret(token("f")), lifetime: nil,
          scopes: nil)))
    for record in [earlier, intent, answer] {
      #expect(record.encoded.count <= Journal.capacity)
    }
  }
}
