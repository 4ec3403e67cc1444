import Testing

@testable import OAuth
@testable import XAuthTool

@Suite("Whose grant a login saves")
struct AccountRuleTests {
  private func verdict(
    _ signedIn: String?, file known: String? = nil, wanted: String? = nil, isForced: Bool = false,
    canAsk: Bool = true
  ) -> LoginVerdict {
    AccountRule(wanted: wanted, isForced: isForced, canAsk: canAsk).verdict(
      signedIn: signedIn.map(Account.init), known: known.map(Account.init))
  }

  @Test("with --account, that one's, in any case, and no other's, whatever else is said")
  func wanted() {
    #expect(verdict("Bob", wanted: "bOB") == .save(Account(username: "Bob")))
    #expect(verdict("bob", file: "alice", wanted: "bob") == .save(Account(username: "bob")))
    for (isForced, canAsk) in [(true, true), (true, false), (false, true), (false, false)] {
      #expect(
        verdict("bob", file: "bob", wanted: "bo", isForced: isForced, canAsk: canAsk)
          == .reject(Account(username: "bob")))
    }
  }

  @Test(
    "without, the one of the file's grant; another is asked about, or refused without a terminal")
  func known() {
    #expect(verdict("Alice", file: "alice") == .save(Account(username: "Alice")))
    #expect(verdict("bob") == .save(Account(username: "bob")))
    #expect(verdict("bob", file: "alice") == .park(Account(username: "bob")))
    #expect(verdict("bob", file: "alice", canAsk: false) == .reject(Account(username: "bob")))
    #expect(
      verdict("bob", file: "alice", isForced: true, canAsk: false)
        == .save(Account(username: "bob")))
  }

  @Test("one that X doesn't name is saved")
  func unknown() {
    #expect(verdict(nil, file: "alice", wanted: "bob") == .save(nil))
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
