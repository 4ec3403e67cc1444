import Glibc
import Testing

@testable import DurableFile
@testable import OAuth
@testable import Rotation

@Suite("RotationRecord: what becomes of it")
struct RotationRecordTests {
  private let ours = Grant.of("a1", "r1", expiresAt: 1_800_000_000)
  private let theirs = Grant.of("b0", "s0", expiresAt: 1_800_000_500)

  /// A record whose token was sent, and answered so.
  private func answered(
    _ answer: ServerAnswer, to record: RotationRecord, of role: RotationRecord.Role = .newest
  ) -> RotationRecord {
    var next = record
    let attempt = (record[role]?.attempts ?? 0) + 1
    next[role]?.begin(attempt: attempt, by: "app", for: "refresh", at: 1_800_000_000)
    next.stage = .answered(
      PendingAnswer(
        answer: answer, reason: answer.reason(), request: .refresh(of: role, clientID: "app"),
        time: 1_800_000_000))
    return next.settled
  }

  private func issued(refresh: String?) -> ServerAnswer {
    let refresh = refresh.map { #","refresh_token":"\#($0)""# } ?? ""
    return ServerAnswer(200, #"{"access_token":"a2","expires_in":7200\#(refresh)}"#)
  }

  private let refusal = ServerAnswer(400, #"{"error":"invalid_grant"}"#)

  @Test("a granted answer makes the new pair the newest, and the presented token a used one")
  func granted() {
    let next = answered(issued(refresh: "r2"), to: RotationRecord(fileHolds: ours))
    #expect(next.stage == .unsaved)
    #expect(next.newest.grant.hasSameTokens(as: .of("a2", "r2")))
    #expect(next.newest.grant.expiresAt == 1_800_007_200)
    #expect(next.newest.attempts == 0 && next.newest.unansweredBy.isEmpty)
    #expect(next.hasUsed(ours) && !next.hasUsed(next.newest.grant))
    #expect(next.owesHook(for: next.newest.grant) && next.owedToHook.count == 1)
  }

  @Test("without a new refresh token the old one stays, and isn't used (RFC 6749 §6)")
  func keptRefreshToken() {
    let next = answered(issued(refresh: nil), to: RotationRecord(fileHolds: ours))
    #expect(next.newest.grant.hasSameTokens(as: .of("a2", "r1")))
    #expect(!next.hasUsed(ours))
  }

  @Test("the account goes on to the tokens that come for it")
  func account() {
    var record = RotationRecord(fileHolds: ours)
    record.newest.account = Account("alice")
    #expect(answered(issued(refresh: "r2"), to: record).newest.account == Account("alice"))
  }

  @Test("a refused token is remembered as such, and the hook is told of nothing more")
  func refused() {
    var record = RotationRecord(fileHolds: ours)
    record.oweHook()
    let next = answered(refusal, to: record)
    #expect(next.newest.outcome(for: "app") == .refused)
    #expect(next.newest.grant == ours && next.stage == .saved)
    #expect(next.owedToHook.isEmpty)
  }

  @Test(
    "an answer that says nothing leaves the outcome unknown; a busy server takes the attempt back")
  func unknownAndBusy() {
    let record = RotationRecord(fileHolds: ours)
    #expect(
      answered(ServerAnswer(502, "<html>"), to: record).newest.outcome(for: "app") == .unknown)
    for answer in [ServerAnswer(429, ""), ServerAnswer(401, #"{"error":"invalid_client"}"#)] {
      let next = answered(answer, to: record)
      #expect(next.newest == record.newest && next.stage == .saved)
      #expect(
        next.lastFailure?.outcome == .answered(status: answer.status, reason: answer.reason()))
    }
  }

  @Test("taking an attempt back leaves an older unknown outcome unknown")
  func takenBack() {
    let earlier = answered(ServerAnswer(502, "<html>"), to: RotationRecord(fileHolds: ours))
    let next = answered(ServerAnswer(429, ""), to: earlier)
    #expect(next.newest.outcome(for: "app") == .unknown)
    #expect(next.newest.attempts == 1)
  }

  @Test("what can't be read is kept until there is an answer that can")
  func unreadable() {
    let kept = ServerAnswer(200, "access_token=a2&refresh_token=r2")
    let record = answered(kept, to: RotationRecord(fileHolds: ours))
    #expect(record.newest.unreadableAnswer == kept)
    let page = answered(ServerAnswer(200, "<html>"), to: record)
    #expect(page.newest.unreadableAnswer == kept)
    #expect(answered(refusal, to: page).newest.unreadableAnswer == kept)
    #expect(answered(issued(refresh: "r2"), to: page).newest.unreadableAnswer == nil)
  }

  // MARK: Somebody's token in the file

  @Test("beside somebody's token ours stays, with its attempts, until that one is accepted")
  func keepsOurs() {
    let unanswered = RotationRecord.of(.of(ours, .unknown))
    for record in [unanswered, RotationRecord(fileHolds: ours)] {
      let presenting = record.presenting(.other, file: theirs)
      #expect(presenting.newest == record.newest)
      #expect(presenting.other?.grant == theirs && presenting.other?.isOlderCopy == false)
      let refused = answered(refusal, to: presenting, of: .other)
      #expect(refused.newest == record.newest)
      #expect(refused.other?.outcome(for: "app") == .refused)
      let accepted = answered(issued(refresh: "s1"), to: presenting, of: .other)
      #expect(accepted.newest.grant.hasSameTokens(as: .of("a2", "s1")) && accepted.other == nil)
      #expect(accepted.hasUsed(ours) && accepted.hasUsed(theirs))
    }
  }

  @Test("nor does it go when X has refused it: a corrected CLIENT_ID may be all it needs")
  func keepsRefused() {
    let record = RotationRecord.of(.of(ours, .refused))
    let presenting = record.presenting(.other, file: theirs)
    #expect(presenting.newest == record.newest)
    let refused = answered(refusal, to: presenting, of: .other)
    #expect(Recovery.decide(refused, file: theirs, for: "app") == .refused)
    #expect(Recovery.decide(refused, file: ours, for: "another") == .goOn)
  }

  @Test("ours that is refused over an older copy makes way for it, and isn't forgotten")
  func olderCopyAfterAll() {
    let presenting = RotationRecord(fileHolds: ours).presenting(.newest, file: theirs)
    #expect(presenting.newest.grant == ours && presenting.other?.isOlderCopy == true)
    let refused = answered(refusal, to: presenting)
    #expect(refused.newest.grant == ours && !refused.hasUsed(ours))
    #expect(Recovery.decide(refused, file: theirs, for: "app") == .goOn)
    let both = answered(refusal, to: refused, of: .other)
    #expect(Recovery.decide(both, file: theirs, for: "app") == .refused)
    #expect(Recovery.decide(both, file: theirs, for: "app", trustingFile: true) == .refused)
  }

  @Test("ours that is accepted over an older copy makes that a used one")
  func olderCopySaved() {
    let presenting = RotationRecord(fileHolds: ours).presenting(.newest, file: theirs)
    let next = answered(issued(refresh: "r2"), to: presenting)
    #expect(next.hasUsed(theirs) && next.hasUsed(ours) && next.other == nil)
  }

  // MARK: What is owed to the --on-rotate command

  @Test(
    "what is owed goes on to the grant that takes a token's place, and not to another account's")
  func owed() {
    var record = RotationRecord(fileHolds: ours)
    record.newest.account = Account("alice")
    record.oweHook()
    // Bob's, renewed beside it, owes for itself.
    let bob = KnownGrant(theirs, account: Account("bob"))
    var beside = record
    beside.other = bob
    beside = answered(issued(refresh: "s1"), to: beside, of: .other)
    #expect(beside.owesHook(for: ours) && beside.owesHook(for: beside.newest.grant))
    // A login owes only where it is told, unless it ends what is owed for.
    for (account, isOwed) in [("bob", false), ("alice", true)] {
      var next = record
      next.adopt(KnownGrant(theirs, account: Account(account)), over: ours)
      #expect(next.owesHook(for: theirs) == isOwed && next.owesHook(for: ours) != isOwed)
    }
  }

  // MARK: A login

  private func login(
    _ answer: ServerAnswer, after record: RotationRecord, keptBy: String? = nil
  ) -> RotationRecord {
    var next = record
    next.isHookWanted = true
    next.stage = .answered(
      PendingAnswer(
        answer: answer, reason: nil,
        request: .codeExchange(over: ours, keptBy: keptBy),
        time: 1_800_000_000))
    return next.settled
  }

  @Test("a login takes the place of all that was there, and of its troubles")
  func loginReplaces() {
    var record = RotationRecord.of(.of(ours, .unknown), other: .of(theirs, .refused))
    record.isRevoking = true
    let next = login(issued(refresh: nil), after: record)
    #expect(next.newest.grant == Grant.of("a2", nil, expiresAt: 1_800_007_200))
    #expect(next.newest.attempts == 0 && next.newest.lifetime == 7200)
    #expect(next.other?.grant == ours && next.stage == .unsaved)
    #expect(next.hasUsed(ours) && !next.isRevoking && next.owesHook(for: next.newest.grant))
  }

  @Test("the token of another account isn't used by a login")
  func loginOfAnotherAccount() {
    var record = RotationRecord(fileHolds: ours)
    record.newest.account = Account("alice")
    for (account, isUsed) in [("Alice", true), ("bob", false), (nil, true)] {
      var next = record
      next.adopt(KnownGrant(theirs, account: account.map { Account($0) }), over: ours)
      #expect(next.hasUsed(ours) == isUsed)
    }
  }

  @Test("a login at another server ends nothing: the same name is another account there")
  func loginElsewhere() {
    var record = RotationRecord(fileHolds: ours)
    record.newest.account = Account("alice")
    record.note(server: Rotation.standardAPI, of: ours)
    record.undecided = [KnownGrant(.of("a3", "r3"), account: Account("alice"))]
    record.undecided[0].server = Rotation.standardAPI
    var login = KnownGrant(theirs, account: Account("alice"))
    login.server = "https://elsewhere.example"
    record.adopt(login, over: ours)
    #expect(!record.hasUsed(ours) && record.undecided.count == 1)
    #expect(record.held(ours).server == Rotation.standardAPI)
  }

  @Test("two accounts whose files are swapped by hand go on being told apart, whichever is renewed")
  func swapped() {
    let (alice, bob) = (Account("alice"), Account("bob"))
    var record = RotationRecord(fileHolds: ours)
    record.newest.account = alice
    record.adopt(KnownGrant(theirs, account: bob), over: ours)
    (record.stage, record.other) = (.saved, nil)
    // Alice's comes back, and is renewed.
    #expect(record.held(ours).account == alice)
    record = record.presenting(.other, file: ours)
    record = answered(issued(refresh: "r2"), to: record, of: .other)
    #expect(record.newest.account == alice && record.hasUsed(ours))
    record.stage = .saved
    // Then Bob's, which was never sent.
    #expect(!record.hasUsed(theirs) && record.held(theirs).account == bob)
    record.usedTokens = UsedTokens(record.usedTokens.entries, reach: 1_900_000_000)
    #expect(Recovery.decide(record, file: theirs, for: "app") == .goOn)
    record = record.presenting(.other, file: theirs)
    // Should X refuse it, nothing of Alice's takes its place.
    let refused = answered(refusal, to: record, of: .other)
    #expect(Recovery.decide(refused, file: theirs, for: "app") == .refused)
    record = answered(issued(refresh: "s1"), to: record, of: .other)
    #expect(record.newest.account == bob && record.hasUsed(theirs))
    #expect(record.displaced.map(\.account) == [alice])
  }

  @Test("a login that was cut off before its verdict is parked, and replaces nothing")
  func loginWithoutVerdict() {
    let record = RotationRecord(fileHolds: ours)
    let next = login(issued(refresh: "r2"), after: record, keptBy: "")
    #expect(next.undecided.map(\.grant.refreshToken) == [Secret("r2")])
    #expect(next.newest == record.newest && next.stage == .saved && !next.hasUsed(ours))
  }

  @Test("a login that was cut off isn't forgotten over the next")
  func twoLoginsWithoutVerdict() {
    let first = login(
      issued(refresh: "r2"), after: RotationRecord(fileHolds: ours), keptBy: "")
    let both = login(issued(refresh: "r3"), after: first, keptBy: "")
    #expect(both.undecided.map(\.grant.refreshToken) == [Secret("r2"), Secret("r3")])
    #expect(both.keepsAnother && both.leftLogins(at: 0).count == 2)
  }

  @Test("a login is left alone while its process may be alive, or once a revocation was begun")
  func leftLogin() {
    let here = ProcessIdentity.current
    let elsewhere = here.text.replacing(here.host, with: "elsewhere")
    let parent = "\(here.host)\n\(here.boot)\n\(here.namespace)\n\(getppid())\n0\n"
    for (keptBy, after, isLeft) in [
      (elsewhere, 3600, false), (elsewhere, 3601, true), (parent, 0, true), ("", 0, true),
    ] {
      var record = login(
        issued(refresh: "r2"), after: RotationRecord(fileHolds: ours), keptBy: keptBy)
      #expect(record.leftLogins(at: 1_800_000_000 + after).isEmpty != isLeft)
      record.isRevoking = true
      #expect(record.leftLogins(at: 1_800_000_000 + after).isEmpty)
    }
  }

  @Test(
    "how long a login is left alone is counted by a clock that can't be set, where one is known")
  func leftLoginByBootClock() {
    let elsewhere = ProcessIdentity.current.text
      .replacing(ProcessIdentity.current.host, with: "elsewhere")
    var record = login(
      issued(refresh: "r2"), after: RotationRecord(fileHolds: ours), keptBy: elsewhere)
    let now = BootMoment.now
    for (ago, isLeft) in [(3500, false), (3700, true)] {
      record.undecided[0].issuedMoment = BootMoment(boot: now.boot, seconds: now.seconds - ago)
      for error in [-7200, 0, 7200] {
        #expect(record.leftLogins(at: 1_800_000_000 + ago + error).isEmpty != isLeft)
      }
    }
    // After a reboot only the wall clock is left.
    record.undecided[0].issuedMoment = BootMoment(boot: "another", seconds: 0)
    #expect(record.leftLogins(at: 1_800_000_000 + 3700).count == 1)
  }

  @Test(
    "a login ends its account's logins that wait, and none whose account isn't known is saved later"
  )
  func loginOvertakes() {
    var record = RotationRecord(fileHolds: ours)
    record.newest.account = Account("alice")
    record.undecided = [
      KnownGrant(.of("a1", "r1"), account: Account("bob")),
      KnownGrant(.of("a2", "r2"), account: Account("carol")),
      KnownGrant(.of("a3", "r3")),
    ]
    record.adopt(KnownGrant(theirs, account: Account("bob")), over: ours)
    #expect(record.undecided.map(\.grant.refreshToken) == [Secret("r2"), Secret("r3")])
    #expect(record.undecided.map(\.isOlderCopy) == [false, true])
    #expect(record.hasUsed(.of("a1", "r1")) && !record.hasUsed(.of("a2", "r2")))
  }

  @Test("a code that fails leaves the record as it was")
  func loginFails() {
    let record = RotationRecord.of(.of(ours, .refused))
    for answer in [refusal, ServerAnswer(502, "<html>"), ServerAnswer(429, "")] {
      var after = record
      after.isHookWanted = true
      #expect(login(answer, after: record) == after)
    }
  }

  // MARK: Used tokens

  @Test("three thousand used tokens are known, and how far they reach")
  func limit() {
    var used = UsedTokens()
    for number in 0..<UsedTokens.limit {
      used.add(KnownGrant(.of(nil, "\(number)", expiresAt: number)))
    }
    #expect(used.entries.count == 3072 && used.reach == nil)
    let first = Grant.of(nil, "0")
    #expect(used.find(first, unless: .blank) != nil)
    used.add(KnownGrant(.of(nil, "one more", expiresAt: 9000)))
    #expect(used.entries.count == 3072 && used.reach == 0)
    #expect(used.find(first, unless: .blank) == nil)
    for number in 0..<5 { used.add(KnownGrant(.of(nil, "more \(number)"))) }
    #expect(used.reach == 5)
  }

  @Test("a token is added once, and the newest grant's own is never a used one")
  func once() {
    var used = UsedTokens()
    for _ in 0..<3 { used.add(KnownGrant(ours)) }
    used.add(KnownGrant(.blank))
    #expect(used.entries.count == 1)
    #expect(used.find(ours, unless: ours) == nil)
    #expect(used.find(.of("x", "r1"), unless: .blank)?.expiresAt == 1_800_000_000)
  }

  @Test("only an expiry tells an older copy, and only once something was dropped")
  func olderCopies() {
    var record = RotationRecord(fileHolds: ours)
    #expect(!record.isOlderCopy(.of("ax", "rx", expiresAt: 1)))
    record.usedTokens = UsedTokens([], reach: 1_700_000_000)
    #expect(record.isOlderCopy(.of("ax", "rx", expiresAt: 1_700_000_000)))
    #expect(!record.isOlderCopy(.of("ax", "rx", expiresAt: 1_700_000_001)))
    #expect(!record.isOlderCopy(.of("ax", "rx")))
  }
}
