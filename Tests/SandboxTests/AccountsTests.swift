import Foundation
import Testing

@testable import Sandbox

@Suite("The accounts")
struct AccountsTests {
  private func login(_ trial: inout Trial, _ cookie: String?) throws -> Trial.Tokens {
    let code = Trial.parameters(trial.authorize(cookie: cookie))["code"] ?? ""
    return try Trial.tokens(trial.exchange(code))
  }

  private func name(_ trial: inout Trial, _ tokens: Trial.Tokens) -> String {
    let text = trial.account(tokens.access_token).text
    return text.components(separatedBy: #""username":""#).last.map {
      String($0.prefix { $0 != "\"" })
    }
      ?? ""
  }

  @Test("a cookie says which one the browser is signed in to; each has a grant of its own")
  func two() throws {
    var trial = Trial()
    let first = try login(&trial, nil)
    let second = try login(&trial, "a=b; sandbox-account=other_1")
    #expect(name(&trial, first) == "sandbox")
    #expect(name(&trial, second) == "other_1")
    let renewed = try Trial.tokens(trial.refresh(first.refresh_token))
    #expect(name(&trial, renewed) == "sandbox")
    #expect(trial.revoke(second.access_token, hint: "access_token").status == 200)
    #expect(trial.account(second.access_token).status == 401)
    #expect(name(&trial, renewed) == "sandbox")
    #expect(try name(&trial, login(&trial, "sandbox-account=<b>")) == "sandbox")
    #expect(
      trial.account(renewed.access_token).status == 401, "the newest login of an account counts")
  }
}
