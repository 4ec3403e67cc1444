import Testing

@testable import OAuth

@Suite struct AccountTests {
  @Test("X's answer names the account")
  func usual() {
    let known = answer(200, #"{"data":{"id":"12","name":"Ada L.","username":"ada"}}"#)
    #expect(Account.parse(known) == Account("ada", id: "12"))
    #expect(AccountRefusal.parse(known) == nil)
    #expect(Account.url(api: "https://api.x.com/") == "https://api.x.com/2/users/me")
  }

  @Test("Names reach the terminal clean and short")
  func clean() {
    let long = String(repeating: "n", count: 500)
    let account = Account.parse(
      answer(200, #"{"data":{"username":"\u001b[2Ja\u202eb\#(long)"}}"#))
    #expect(account?.username.hasPrefix("[2Jabnnn") == true)
    #expect(account?.username.unicodeScalars.count == 50)
  }

  @Test(
    "What names no account is a refusal",
    arguments: [
      (200, "{}"), (200, "<html>"), (200, #"{"data":{"username":""}}"#), (500, ""),
      (500, #"{"data":{"username":"ada"}}"#),
    ])
  func none(status: Int, body: String) {
    #expect(Account.parse(answer(status, body)) == nil)
    #expect(
      AccountRefusal.parse(answer(status, body))
        == AccountRefusal(status: status, cause: .other, detail: nil))
  }

  @Test("Each cause that X gives is told apart; only a 401 speaks against the token")
  func causes() {
    func cause(_ status: Int, _ body: String = "") -> AccountRefusal.Cause? {
      AccountRefusal.parse(answer(status, body))?.cause
    }
    #expect(cause(403, #"{"reason":"client-not-enrolled"}"#) == .notEnrolled)
    #expect(cause(403, #"{"reason":"user-not-enrolled"}"#) == .notEnrolled)
    #expect(cause(403, "<html>") == .forbidden)
    #expect(cause(402) == .paymentRequired)
    #expect(cause(401) == .tokenRefused)
    #expect(cause(429) == .rateLimited)
    #expect(cause(503) == .other)
  }

  @Test("X's explanation is kept, clean")
  func detail() {
    let refusal = AccountRefusal.parse(
      answer(403, #"{"title":"Client Forbidden","detail":"Attach the App\nto a Project"}"#))
    #expect(refusal?.detail == "Attach the App to a Project")
    #expect(AccountRefusal.parse(answer(402, #"{"title":"Pay"}"#))?.detail == "Pay")
  }

  @Test("A token that X's explanation repeats is kept out of it")
  func echo() {
    let body = #"{"detail":"No user for a-token"}"#
    let refusal = AccountRefusal.parse(answer(403, body), withholding: [Secret("a-token")])
    #expect(refusal?.detail?.contains("a-token") == false)
  }
}
