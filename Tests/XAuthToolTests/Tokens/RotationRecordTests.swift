import Testing

@testable import OAuth
@testable import Rotation
@testable import XAuthTool

@Suite("RotationRecord: how far the newest rotation got")
struct RotationRecordTests {
  private let old = Grant.of("a0", "r0")
  private let sent = Grant.of("a1", "r1", expiresAt: 1_800_000_000)

  private func intent(after earlier: RotationRecord? = nil) -> RotationRecord {
    .beginning(.intent, .refresh, presenting: sent, after: earlier, at: 1_800_000_000)
  }

  private func issued(refresh: String?) -> TokenAnswer {
    .granted(
      IssuedTokens(
        accessToken: Secret("a2"), refreshToken: refresh.map { Secret($0) }, lifetime: 7200,
        scopes: Scopes(parsing: "users.read")))
  }

  private let words = TokenAnswer.classify(
    ServerAnswer(400, #"{"error":"invalid_grant"}"#), to: .refresh)

  @Test("a granted answer makes the new pair the newest and the presented one spent")
  func granted() {
    let next = intent().settled(by: issued(refresh: "r2"))
    #expect(next.kind == .answer)
    #expect(next.newest.hasSameTokens(as: .of("a2", "r2")))
    #expect(next.newest.expiresAt == 1_800_007_200)
    #expect(next.hasUsed(sent))
    #expect(!next.hasUsed(next.newest))
  }

  @Test("without a new refresh token the old one stays, and isn't spent (RFC 6749 §6)")
  func keptRefreshToken() {
    let next = intent().settled(by: issued(refresh: nil))
    #expect(next.newest.hasSameTokens(as: .of("a2", "r1")))
    #expect(!next.hasUsed(sent))
  }

  @Test("a login keeps nothing of the grant before it")
  func loginKeepsNothing() {
    let begun = RotationRecord.beginning(
      .answer, .login, presenting: sent, after: nil, at: 1_800_000_000)
    let next = begun.settled(by: issued(refresh: nil))
    #expect(next.newest.hasSameTokens(as: .of("a2", nil)))
    #expect(next.hasUsed(sent))
  }

  @Test("a refused refresh token is remembered as such")
  func refused() {
    #expect(intent().settled(by: words).kind == .refused)
  }

  @Test("a refused code leaves the journal as it was")
  func refusedCode() {
    let earlier = RotationRecord.of(.refused, sent)
    let begun = RotationRecord.beginning(.answer, .login, presenting: sent, after: earlier, at: 1)
    #expect(begun.settled(by: words) == earlier)
  }

  @Test("an unknown outcome stays an intent, a busy server takes the attempt back")
  func unknownAndBusy() {
    #expect(intent().settled(by: .outcomeUnknown(.noAccessToken)).kind == .intent)
    #expect(intent().settled(by: .temporary(retryAfter: nil)).kind == .done)
  }

  @Test("taking an attempt back leaves an older unknown outcome unknown")
  func takenBack() {
    let earlier = intent()
    let second = intent(after: earlier)
    #expect(second.rolledBack == earlier)
    #expect(intent().rolledBack.kind == .done)
    #expect(intent(after: .of(.refused, sent)).rolledBack.kind == .refused)
    #expect(intent(after: .of(.revoking, sent)).rolledBack.kind == .revoking)
  }

  @Test("an unsorted answer is read as the run that received it would have read it")
  func settledLater() {
    var record = intent()
    record.kind = .answer
    record.rawAnswer = ServerAnswer(200, #"{"access_token":"a2","refresh_token":"r2"}"#)
    #expect(record.settled.newest.hasSameTokens(as: .of("a2", "r2")))
    record.rawAnswer = ServerAnswer(502, "<html>")
    #expect(record.settled.kind == .intent)
    record.rawAnswer = ServerAnswer(429, "")
    #expect(record.settled.kind == .done)
    record.rawAnswer = ServerAnswer(400, #"{"error":"invalid_grant"}"#)
    #expect(record.settled.kind == .refused)
    record.purpose = .login
    #expect(record.settled.kind == .done)
  }

  @Test("the hook is owed for a grant that came, not for one that may come")
  func hook() {
    var begun = intent()
    begun.owesHook = true
    #expect(!begun.isHookOwed)
    #expect(begun.settled(by: issued(refresh: "r2")).isHookOwed)
    #expect(!begun.settled(by: words).isHookOwed)

    var done = RotationRecord.of(.done, old, sent)
    done.owesHook = true
    let after = intent(after: done)
    #expect(after.isHookOwed)
    #expect(!after.withHookSettled.isHookOwed)
    #expect(after.rolledBack.isHookOwed)
    #expect(!done.withHookSettled.isHookOwed)
  }

  @Test("spent tokens are known by hash, the newest 256 of them")
  func spentLimit() {
    var record = RotationRecord.of(.done, old, sent)
    for number in 0..<300 {
      record.usedTokens = record.usedTokens(and: .of("a", "token-\(number)"))
    }
    #expect(record.usedTokens.count == UsedToken.limit)
    #expect(record.hasUsed(.of("x", "token-299")))
    #expect(!record.hasUsed(.of("x", "token-0")))
    #expect(record.usedTokens(and: .of("a", "token-299")) == record.usedTokens)
    #expect(record.usedTokens(and: .blank) == record.usedTokens)
  }
}
