import OAuth
import Testing

@testable import XAuthTool

@Suite("Whose grant a login saves")
struct AccountRuleTests {
  private func decision(
    _ signedIn: String?, file known: String? = nil, wanted: String? = nil, isForced: Bool = false,
    canAsk: Bool = true
  ) -> AccountRule.Decision {
    AccountRule(wanted: wanted, isForced: isForced, canAsk: canAsk).decide(
      signedIn: signedIn.map { Account($0) }, known: known.map { Account($0) })
  }

  @Test("with --account, that one's, in any case, and no other's, whatever else is said")
  func wanted() {
    #expect(decision("Bob", wanted: "bOB") == .save)
    #expect(decision("bob", file: "alice", wanted: "bob") == .save)
    for (isForced, canAsk) in [(true, true), (true, false), (false, true), (false, false)] {
      #expect(
        decision("bob", file: "bo", wanted: "bo", isForced: isForced, canAsk: canAsk)
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

  @Test("that of the file's grant, which it has ended, also where another is wanted")
  func renewed() {
    for canAsk in [true, false] {
      #expect(decision("Alice", file: "alice", wanted: "bob", canAsk: canAsk) == .saveUnwanted)
    }
  }

  @Test("a renamed account is the same, and a name that changed hands is another's")
  func ids() {
    func decision(_ signedIn: Account, wanted: String? = nil) -> AccountRule.Decision {
      AccountRule(wanted: wanted, isForced: false, canAsk: true)
        .decide(signedIn: signedIn, known: Account("alice", id: "1"))
    }
    #expect(decision(Account("alice_new", id: "1")) == .save)
    #expect(decision(Account("alice_new", id: "1"), wanted: "alice") == .save)
    #expect(decision(Account("alice_new", id: "1"), wanted: "bob") == .saveUnwanted)
    #expect(decision(Account("alice", id: "2")) == .ask)
    #expect(decision(Account("alice")) == .save)
    #expect(decision(Account("alice", id: "2"), wanted: "alice") == .ask)
    #expect(decision(Account("alice", id: "2"), wanted: "bob") == .reject)
  }

  @Test(
    "one that X doesn't name is saved, unless one is wanted or scopes were taken out: then it is kept"
  )
  func unnamed() {
    func decision(
      cut: Bool = true, file known: String? = nil, wanted: String? = nil, canAsk: Bool = true
    ) -> AccountRule.Decision {
      AccountRule(wanted: wanted, isForced: false, canAsk: canAsk)
        .decide(signedIn: nil, isCut: cut, known: known.map { Account($0) })
    }
    #expect(decision() == .save)
    #expect(decision(cut: false, file: "a") == .save)
    #expect(decision(file: "a") == .ask)
    #expect(decision(file: "a", canAsk: false) == .keep)
    for cut in [true, false] {
      #expect(decision(cut: cut, wanted: "a") == .ask)
      #expect(decision(cut: cut, file: "a", wanted: "a", canAsk: false) == .keep)
    }
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
