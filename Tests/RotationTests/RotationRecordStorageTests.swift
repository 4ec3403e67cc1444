import Testing

@testable import DurableFile
@testable import OAuth
@testable import Rotation

@Suite("RotationRecord in the journal")
struct RotationRecordStorageTests {
  private static let ours = Grant(
    accessToken: Secret("a2"), refreshToken: Secret("r2"), expiresAt: 1_800_007_200,
    scopes: Scopes(parsing: "users.read offline.access"))
  private static let theirs = Grant.of("a1", "r1", expiresAt: 1_800_000_000)
  private static let raw = ServerAnswer(
    status: 200, headers: ["Retry-After": "3", "x-rate-limit-reset": "9"], body: [0, 0xFF, 0x7B])

  private static var all: [RotationRecord] {
    var full = RotationRecord.of(
      .of(ours, .unknown, attempts: 3), other: .of(theirs, .refused, isOlderCopy: true),
      used: [.of("a0", "r0"), .of("u", "v")], reach: 1_700_000_000)
    full.newest.account = Account("alice", id: "7")
    full.newest.lifetime = 7200
    (full.newest.issuedAt, full.newest.issuedBy) = (1_800_000_000, "refresh")
    full.newest.issuedMoment = BootMoment(boot: "a@b", seconds: 77)
    (full.newest.presentedAt, full.newest.presentedBy) = (1_800_000_001, "token")
    full.newest.unreadableAnswer = raw
    full.usedTokens.add(
      KnownGrant(.of("b", "s", expiresAt: 1_799_999_999), account: Account("bob", id: "8")))
    full.parked = KnownGrant(.of("c", "t"), account: Account("carol"))
    full.undecided = ["d", "e"].map { KnownGrant(.of($0, $0)) }
    full.undecided[1].keptBy = "process"
    full.displaced = [DisplacedToken(token: TokenHash(value: 9), account: Account("dan", id: "9"))]
    full.undecided[0].wish = .anyone
    (full.undecided[1].wish, full.undecided[1].cameOver) = (.named("bob"), "none")
    full.displaced.append(DisplacedToken(token: TokenHash(value: 10), server: "https://elsewhere"))
    full.newest.server = "https://elsewhere"
    full.displaced.append(DisplacedToken(token: TokenHash(value: 12), app: "another"))
    full.newest.app = "app"
    full.isRevoking = true
    full.folder = "66305.1234"
    full.isHookWanted = true
    full.oweHook(for: TokenHash(value: 11))
    full.oweHook()
    var refresh = full
    refresh.stage = .answered(
      PendingAnswer(
        answer: raw, reason: "Out of order", request: .refresh(of: .other, clientID: "app"),
        time: 1_800_000_000, moment: BootMoment(boot: "a", seconds: 78),
        server: "https://elsewhere"))
    var login = RotationRecord(fileHolds: theirs)
    login.stage = .answered(
      PendingAnswer(
        answer: raw, reason: nil, request: .codeExchange(over: .blank, keptBy: "process"),
        time: 1_800_000_000, wish: .named("bob"), presenter: "app"))
    let failed = [
      FailedRenewal.Outcome.answered(status: 403, reason: "Out of order"),
      .answered(status: 500, reason: nil), .noAnswer, .notSent,
    ].map { outcome in
      var record = RotationRecord(fileHolds: ours)
      record.failure = FailedRenewal(time: 1_800_000_002, command: "exec", outcome: outcome)
      return record
    }
    return failed + [
      full, refresh, login, .of(.of(ours), other: .of(theirs), .unsaved),
      RotationRecord(fileHolds: .blank), .unreadable(beside: ours),
    ]
  }

  @Test("every record is read back as it was written", arguments: all)
  func roundTrip(record: RotationRecord) {
    #expect(RotationRecord(stored: record.encoded) == record)
  }

  @Test("any bytes of an answer, and any text of a file, are read back as they were")
  func anyBytes() {
    let odd = "\n3:a b é\u{0}time 1:1\n"
    var record = RotationRecord(fileHolds: .of(odd, odd))
    record.newest.begin(attempt: 1, by: odd, for: odd, at: 5)
    record.newest.account = Account(odd)
    record.newest.unreadableAnswer = ServerAnswer(
      status: 200, headers: ["Retry-After": odd], body: Array(0...255) + [10, 10])
    #expect(RotationRecord(stored: record.encoded) == record)
  }

  @Test(
    "what isn't a record of this program is none",
    arguments: [
      "", "{}", "rotation-2", "rotation-2 0:\n", "rotation-2 -1:\n", "rotation-2 9:\n",
      "rotation-2 99999999999999999999:\n", "rotation-1 12:kind 4:done\n\n", "rotation-3 0:\n",
    ])
  func unreadable(text: String) {
    #expect(RotationRecord(stored: [UInt8](text.utf8)) == nil)
  }

  @Test(
    "a record that lost or gained a byte is none, nor one of which a byte is missing",
    arguments: all)
  func damaged(record: RotationRecord) {
    let bytes = record.encoded
    for index in bytes.indices {
      #expect(RotationRecord(stored: Array(bytes[..<index])) == nil)
      #expect(RotationRecord(stored: Array(bytes[..<index] + bytes[(index + 1)...])) == nil)
    }
    #expect(RotationRecord(stored: bytes + [10]) == nil)
  }

  @Test("a record with numbers that overflow is none")
  func uncountable() {
    for absurd in [-1, 1_000_000_000_000, Int.max] {
      var record = RotationRecord(fileHolds: Self.ours)
      record.newest.presentedAt = absurd
      #expect(RotationRecord(stored: record.encoded) == nil)
      record = RotationRecord(fileHolds: .of("a", "r", expiresAt: absurd))
      #expect(RotationRecord(stored: record.encoded) == nil)
    }
  }

  @Test("tokens are in the journal and in no description", arguments: all)
  func secrets(record: RotationRecord) {
    var dumped = ""
    dump(record, to: &dumped)
    for text in ["\(record)", String(reflecting: record), dumped] {
      for token in ["\"a1", "\"a2", "\"r1", "\"r2", "\"t\"", "\"c\""] {
        #expect(!text.contains(token))
      }
    }
  }

  @Test("the longest tokens that are accepted fit at every step, beside a full list")
  func longest() {
    func token(_ mark: String) -> String { String(repeating: "/", count: 16 * 1024 - 1) + mark }
    func grant(_ mark: String) -> Grant { .of(token("a" + mark), token("r" + mark), expiresAt: 5) }
    var record = RotationRecord(fileHolds: grant("1"))
    for number in 0..<4000 {
      record.usedTokens.add(
        KnownGrant(.of(nil, "\(number)", expiresAt: 1_800_000_000), account: Account("a")))
    }
    let presenting = record.presenting(.other, file: grant("2"))
    var granted = presenting
    granted.newest = KnownGrant(grant("3"))
    granted.stage = .unsaved
    for record in [record, presenting, granted] {
      #expect(record.encoded.count <= Journal.capacity)
    }
  }
}

@Suite("The journal of 0.1.0")
struct Version1Tests {
  private static func fields(_ pairs: [(String, String)]) -> String {
    pairs.map { "\($0.0) \($0.1.utf8.count):\($0.1)\n" }.joined()
  }

  private static func grant(_ access: String, _ refresh: String) -> String {
    fields([("access", access), ("refresh", refresh), ("expires", "1800000000")])
  }

  private static func stored(
    _ kind: String, purpose: String = "refresh", _ more: [(String, String)] = [],
    newest: String? = nil, client: String? = nil, refusedTo: [String] = [], used: [String] = [],
    before: String? = nil
  ) -> String {
    var pairs = [("kind", kind), ("purpose", purpose), ("presented", grant("a1", "r1"))]
    if let newest { pairs.append(("newest", newest)) }
    pairs += more + [("time", "1799999000")]
    if let client { pairs.append(("client", client)) }
    pairs += refusedTo.map { ("refused-to", $0) }
    pairs += used.map { ("spent", $0) }
    if let before { pairs.append(("before", before)) }
    return fields(pairs)
  }

  private func read(_ stored: String) throws -> RotationRecord {
    let whole = Self.fields([("rotation-1", stored)])
    return try #require(RotationRecord(stored: [UInt8](whole.utf8)))
  }

  private let newest = Grant.of("a2", "r2", expiresAt: 1_800_000_000)
  private let presented = Grant.of("a1", "r1", expiresAt: 1_800_000_000)
  private static let digest = "0123456789abcdef0123456789abcdef"

  @Test("what is done has a newest grant, and its used tokens")
  func done() throws {
    let record = try read(
      Self.stored("done", newest: Self.grant("a2", "r2"), used: [Self.digest]))
    #expect(record.newest == KnownGrant(newest) && record.stage == .saved && record.other == nil)
    #expect(record.usedTokens.contains("0123456789abcdef") && record.usedTokens.reach == nil)
  }

  @Test("an answer is saved over what was presented")
  func answer() throws {
    let login = try read(
      Self.stored("answer", purpose: "login", newest: Self.grant("a2", "r2")))
    #expect(Recovery.decide(login, file: presented, for: "app") == .save(newest))
    let raw = Self.fields([
      ("status", "200"), ("body", #"{"access_token":"a2","refresh_token":"r2"}"#),
    ])
    let refresh = try read(Self.stored("answer", [("unsorted", raw)], client: "app")).settled
    #expect(refresh.newest.grant.hasSameTokens(as: newest) && refresh.hasUsed(presented))
    guard case .save = Recovery.decide(refresh, file: presented, for: "app") else {
      Issue.record("a granted answer isn't saved")
      return
    }
  }

  @Test("an intent leaves the outcome unknown, a refusal and a revocation stay")
  func others() throws {
    func decide(_ stored: String) throws -> Recovery {
      Recovery.decide(try read(stored), file: presented, for: "app")
    }
    #expect(try decide(Self.stored("intent", client: "app")) == .outcomeUnknown(.newest))
    #expect(try decide(Self.stored("refused", refusedTo: ["app"])) == .refused)
    #expect(try decide(Self.stored("refused", refusedTo: ["typo"])) == .goOn)
    #expect(try decide(Self.stored("refused")) == .refused)
    #expect(try decide(Self.stored("revoking", purpose: "revocation")) == .revocationBegun)
  }

  @Test("a refusal counts for its client at every server: which one refused isn't in the journal")
  func refusedSomewhere() throws {
    let elsewhere = KnownGrant.presenter("app", at: "http://127.0.0.1:8080")
    let refused = try read(Self.stored("refused", client: "app"))
    #expect(Recovery.decide(refused, file: presented, for: elsewhere) == .refused)
    let other = KnownGrant.presenter("other", at: "http://127.0.0.1:8080")
    #expect(Recovery.decide(refused, file: presented, for: other) == .goOn)
    var settled = try read(Self.stored("intent", client: "app")).newest
    settled.refuse(to: elsewhere)
    #expect(settled.outcome(for: nil) == .refused)
  }

  @Test("an intent keeps the grant that was the newest before it")
  func before() throws {
    let done = Self.fields([
      ("kind", "done"), ("purpose", "refresh"), ("presented", Self.grant("a0", "r0")),
      ("newest", Self.grant("a2", "r2")), ("time", "1799990000"),
    ])
    let record = try read(Self.stored("intent", client: "app", before: done))
    #expect(record.newest == KnownGrant(newest))
    #expect(record.other?.outcome(for: "app") == .unknown)
    #expect(Recovery.decide(record, file: presented, for: "app") == .outcomeUnknown(.other))
  }
}
