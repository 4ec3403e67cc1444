import Testing

@testable import OAuth
@testable import Rotation

@Suite("What becomes of a login that waits")
struct LoginFateTests {
  /// What the file holds, seen from the login.
  private enum File: CaseIterable {
    /// What it came over.
    case same
    /// The successor of that.
    case renewed
    /// What has nothing to do with it.
    case another
  }

  private let alice = Account("alice")
  private let bob = Account("bob")

  /// A record after a renewal of what a login came over, and the grant in the file.
  private func record(_ file: File, _ account: Account?) -> (RotationRecord, KnownGrant) {
    var record = RotationRecord(fileHolds: .of("a0", "r0"))
    record.newest.account = account
    if file != .same {
      record.usedTokens.add(record.newest)
      record.newest = KnownGrant(.of("a1", "r1"), account: account)
    }
    let another = KnownGrant(.of("c0", "t0"), account: Account("carol"))
    return (record, file == .another ? another : record.newest)
  }

  @Test("nothing becomes of it but over what it came over, and what comes of that, in every case")
  func table() {
    var count = 0
    for file in File.allCases {
      for held in [alice, nil] {
        for said in [alice, bob, nil] {
          for known in [alice, bob, nil] {
            for wish in [LoginWish.anyone, .named("Bob"), nil] {
              count += 1
              var login = KnownGrant(.of("b1", "s1"), account: known)
              login = login.waiting(over: .of("a0", "r0"), keptBy: "", wish)
              let (record, inFile) = record(file, held)
              let fate = record.fate(
                of: login, after: said.map { .account($0) } ?? .nothing, over: inFile)
              let who = said ?? known
              let isWanted = wish == .anyone || wish == .named("Bob") && who == bob
              let isFiles = held.flatMap { held in who.map { $0 == held } }
              let expected: LoginFate =
                switch (file, isWanted || isFiles == true, isFiles) {
                case (.another, _, _): .stay
                // Of tokens of an account that nobody knows, nobody knows what comes of them.
                case (.renewed, _, _) where held == nil: .stay
                case (_, false, false): .revoke
                case (_, false, _): .stay
                // It may have ended before the renewal.
                case (.renewed, true, _) where said == nil: .stay
                case (_, true, _): .save
                }
              #expect(fate == expected, "\(file), \(String(describing: held)), \(login)")
            }
          }
        }
      }
    }
    #expect(count == 162)
  }

  @Test("one of which nobody knows what it came over waits")
  func unknown() {
    let (record, held) = record(.same, alice)
    var login = KnownGrant(.of("b1", "s1"), account: bob)
    for wish in [LoginWish.anyone, nil] {
      login.wish = wish
      #expect(record.fate(of: login, after: .account(bob), over: held) == .stay)
    }
  }

  @Test(
    "a yes is good over that, over nothing, over its own account's, and for what is over already")
  func yes() {
    let login = KnownGrant(.of("b1", "s1"), account: bob)
      .waiting(over: .of("a0", "r0"), keptBy: "", .anyone)
    for file in File.allCases {
      let (record, held) = record(file, alice)
      #expect(record.isYesGood(to: login, over: held) == (file != .another))
    }
    var (record, _) = record(.renewed, alice)
    #expect(record.isYesGood(to: login, over: KnownGrant(.blank)))
    let theirs = KnownGrant(.of("c0", "t0"), account: bob)
    #expect(record.isYesGood(to: login, over: theirs))
    record.usedTokens.add(login)
    #expect(record.isYesGood(to: login, over: KnownGrant(.of("c0", "t0"))))
  }
}
