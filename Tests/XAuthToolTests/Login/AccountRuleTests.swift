import Testing

@testable import XAuthTool

@Suite("Whose grant a login saves")
struct AccountRuleTests {
  private func decision(
    _ signedIn: String?, file known: String? = nil, wanted: String? = nil, isForced: Bool = false,
    canAsk: Bool = true
  ) -> AccountRule.Decision {
    AccountRule(wanted: wanted, isForced: isForced, canAsk: canAsk).decide(
      signedIn: signedIn, known: known)
  }

  @Test("with --account, that one's, in any case, and no other's, whatever else is said")
  func wanted() {
    #expect(decision("Bob", wanted: "bOB") == .save)
    #expect(decision("bob", file: "alice", wanted: "bob") == .save)
    for (isForced, canAsk) in [(true, true), (true, false), (false, true), (false, false)] {
      #expect(
        decision("bob", file: "bob", wanted: "bo", isForced: isForced, canAsk: canAsk)
          == .reject)
    }
  }

  @Test(
    "without, the one of the file's grant; another is asked about, or refused without a terminal")
  func known() {
    #expect(decision("Alice", file: "alice") == .save)
    #expect(decision("bob") == .save)
    #expect(decision("bob", file: "alice") == .ask)
    #expect(decision("bob", file: "alice", canAsk: false) == .reject)
    #expect(
      decision("bob", file: "alice", isForced: true, canAsk: false)
        == .save)
  }

  @Test("one that X doesn't name is not, if somebody may have taken the scopes for that out")
  func cutScopes() {
    func decision(known: String? = nil, wanted: String? = nil, canAsk: Bool = true)
      -> AccountRule.Decision
    {
      AccountRule(wanted: wanted, isForced: false, canAsk: canAsk)
        .decide(signedIn: nil, isCut: true, known: known)
    }
    #expect(decision() == .save)
    #expect(decision(wanted: "a") == .reject)
    #expect(decision(known: "a") == .ask)
    #expect(decision(known: "a", canAsk: false) == .reject)
  }

  @Test("one that X doesn't name is saved")
  func unknown() {
    #expect(decision(nil, file: "alice", wanted: "bob") == .save)
  }

  @Test("--account takes a name with or without the @, and nothing that X wouldn't call an account")
  func names() {
    for name in ["", "@", "a b", "@@a", "ä", "a-b", "sixteen_letters_"] {
      #expect(
        World().run("login", "--json", "--account", name).errorCode == "not_an_account", "\(name)")
    }
    for name in ["a", "@a", "@Fifteen_Letters"] {
      let outcome = World().run("login", "--json", "--paste", "--account", name)
      #expect(outcome.errorCode == "paste_without_terminal", "\(name)")
    }
  }
}
