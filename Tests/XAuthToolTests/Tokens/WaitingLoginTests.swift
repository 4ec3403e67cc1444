import Foundation
import HTTP
import TestSupport
import Testing

@testable import DurableFile
@testable import OAuth
@testable import Rotation
@testable import XAuthTool

@Suite("A login that waits until it is known what becomes of it")
struct WaitingLoginTests {
  /// What X says of an access token.
  private enum Word {
    case account(String)
    case refused, unnamed, nothing

    var step: ScriptedNetwork.Step {
      switch self {
      case .account(let name):
        .answer(200, #"{"data":{"id":"id-\#(name)","username":"\#(name)"}}"#, [:])
      case .refused: .answer(401, "", [:])
      case .unnamed: .answer(403, "", [:])
      case .nothing: .lost
      }
    }
  }

  /// A world whose file holds @alice's tokens. A login brings `b1` and `s1`, of which X says `word` while
  /// `meanwhile` happens.
  private func world(_ word: Word, _ meanwhile: @escaping (World) -> Void = { _ in }) throws
    -> World
  {
    let world = World(grantFor: 7000)
    var record = RotationRecord(fileHolds: .of("a0", "r0", expiresAt: 1_800_007_000))
    record.newest.account = Account("alice", id: "id-alice")
    record.newest.issuedAt = 1_799_999_800
    try world.journal(record)
    world.network.server = { [unowned world] request in
      guard request.body != nil else {
        meanwhile(world)
        return word.step
      }
      if request.url.hasSuffix("/revoke") { return .revoked }
      let body = String(decoding: request.body ?? [], as: UTF8.self)
      return body.contains("authorization_code") ? .granted("b1", "s1") : .refused
    }
    return world
  }

  /// The same after a login that was cut off.
  private func left(
    _ word: Word, account: String? = nil, wish: LoginWish? = nil, expiresIn seconds: Int = 7100,
    over file: Grant = .of("a0", "r0")
  ) throws -> World {
    let world = try world(word)
    var record = try #require(try world.record)
    var login = KnownGrant(.of("b1", "s1", expiresAt: 1_800_000_000 + seconds))
    login.account = account.map { Account($0, id: "id-\($0)") }
    login.issuedAt = 1_799_999_900
    record.undecided = [login.waiting(over: file, keptBy: "", wish)]
    try world.journal(record)
    return world
  }

  private func login(_ world: World, _ arguments: String...) -> World.Outcome {
    (world.answer, world.paste) = ("y", "a-code-that-X-has-just-issued")
    return world.run(["login", "--paste", "--scopes", "users.read"] + arguments)
  }

  private func revocations(_ world: World) -> Int {
    world.network.requests.count { $0.url.hasSuffix("/revoke") }
  }

  private func questionsToX(_ world: World) -> Int {
    world.network.requests.count { $0.body == nil }
  }

  // MARK: What somebody wants

  @Test("a yes whose save fails is carried out by the next run, and never becomes a revocation")
  func yes() throws {
    let world = try world(.account("bob")) { if $0.paste == nil { chmod($0.path, 0o400) } }
    let outcome = login(world)
    #expect(outcome.status == 5)
    #expect(outcome.errors.contains("it is safe in "), "\(outcome.errors)")
    chmod(world.path, 0o600)
    world.paste = "over"
    #expect(world.run("refresh").status == 0)
    #expect(world.access == "b1" && world.refresh == "s1")
    #expect(revocations(world) == 0)
    // What was noted is over with it.
    let state = world.folder.file(".env.xauth")
    let kept = try FileManager.default.contentsOfDirectory(atPath: state)
    #expect(!kept.contains { $0.hasPrefix("login-wanted") })
  }

  @Test("a login under --account is saved over another account's if X names it, else revoked")
  func wanted() throws {
    for (name, isSaved) in [("bob", true), ("carol", false)] {
      let world = try left(.account(name), wish: .named("Bob"))
      #expect(world.run("refresh").status == 0)
      #expect((world.access == "b1") == isSaved)
      #expect((revocations(world) == 0) == isSaved)
      #expect(try world.record?.undecided.isEmpty == true)
    }
  }

  /// The same as `left`, with what the journal knows of @carol's tokens, which were in use before @alice's.
  private func leftBesideCarol(
    _ word: Word, account: String? = nil, wish: LoginWish? = nil
  ) throws -> World {
    let world = try left(word, account: account, wish: wish)
    var record = try #require(try world.record)
    record.displace(KnownGrant(.of("c0", "t0"), account: Account("carol", id: "id-carol")))
    try world.journal(record)
    return world
  }

  @Test(
    "a yes counts only over what it was said over: beside another account's tokens the login waits")
  func yesOverAnother() throws {
    let world = try leftBesideCarol(.account("bob"), account: "bob", wish: .anyone)
    world.write(access: "c0", refresh: "t0", expiresIn: 7000)
    #expect(world.run("refresh").status == 0)
    #expect(world.refresh == "t0" && revocations(world) == 0 && questionsToX(world) == 0)
    world.write(access: "a0", refresh: "r0", expiresIn: 7000)
    #expect(world.run("refresh").status == 0)
    #expect(world.refresh == "s1")
  }

  @Test(
    "nor is what was cut off over other tokens revoked as unwanted, and X is asked once whose it is"
  )
  func unwantedOverAnother() throws {
    let world = try leftBesideCarol(.account("alice"))
    world.write(access: "c0", refresh: "t0", expiresIn: 7000)
    for _ in 0..<2 { #expect(world.run("refresh").status == 0) }
    #expect(world.refresh == "t0" && revocations(world) == 0 && questionsToX(world) == 1)
    world.write(access: "a0", refresh: "r0", expiresIn: 7000)
    #expect(world.run("refresh").status == 0)
    #expect(world.refresh == "s1")
  }

  @Test("a yes that only a mark keeps counts over that alone, too, and not after a later login")
  func markedYes() throws {
    for isOverruled in [false, true] {
      let world = try world(.account("bob")) { if $0.paste == nil { chmod($0.path, 0o400) } }
      #expect(login(world).status == 5)
      chmod(world.path, 0o600)
      var isNamed = false
      world.network.server = { request in
        guard let body = request.body else {
          guard "\(request.headers)".contains("b1") else { return Word.account("erin").step }
          return isNamed ? Word.account("bob").step : .lost
        }
        let isLogin = String(decoding: body, as: UTF8.self).contains("authorization_code")
        return isLogin ? .granted("e1", "u1") : .revoked
      }
      let before = world.text
      if isOverruled {
        world.paste = "a-code-that-X-has-just-issued"
        #expect(world.run("login", "--paste", "--force", "--scopes", "users.read").status == 0)
      } else {
        world.write(access: "x", refresh: "y", expiresIn: 7000)
      }
      let there = world.refresh
      isNamed = true
      #expect(world.run("refresh").status == 0)
      #expect(world.refresh == there && revocations(world) == 0)
      world.folder.write(before, to: ".env")
      #expect(world.run("refresh").status == 0)
      #expect(world.refresh == (isOverruled ? "r0" : "s1"))
    }
  }

  @Test(
    "after a yes the file still has what the question named, or it is asked again",
    arguments: [true, false])
  func changedAtQuestion(yes: Bool) throws {
    let world = try world(.account("bob"))
    var record = try #require(try world.record)
    record.displace(KnownGrant(.of("c0", "t0"), account: Account("carol", id: "id-carol")))
    try world.journal(record)
    world.atQuestion = { [unowned world] question in
      if question.contains("@alice") { world.write(access: "c0", refresh: "t0", expiresIn: 7000) }
      if question.contains("@carol") { world.answer = yes ? "y" : "n" }
    }
    let outcome = login(world)
    #expect(world.questions.filter { $0.contains("Replace them?") }.count == 2)
    #expect(outcome.status == (yes ? 0 : 4))
    #expect(world.refresh == (yes ? "s1" : "t0"))
    if !yes { #expect(outcome.errors.contains("has @carol's tokens")) }
    #expect((revocations(world) == 0) == yes)
  }

  @Test(
    "a renewal of what the question named needs no second one, nor does a file that was cleared",
    arguments: [("renewed", 1), ("cleared", 1), ("replaced", 2)])
  func changedOtherwise(change: String, questions: Int) throws {
    let world = try world(.account("bob"))
    world.atQuestion = { [unowned world] question in
      guard question.contains("Replace them?") else { return }
      world.atQuestion = { _ in }
      switch change {
      case "renewed":
        let server = world.network.server
        world.network.server = { $0.body == nil ? .lost : .granted("a1", "r1") }
        #expect(world.run("refresh", "--force").status == 0)
        world.network.server = server
      case "cleared": world.folder.write("CLIENT_ID=app\n", to: ".env")
      default: world.write(access: "x", refresh: "y", expiresIn: 7000)
      }
    }
    #expect(login(world).status == 0)
    #expect(world.questions.filter { $0.contains("Replace them?") }.count == questions)
    #expect(world.refresh == "s1")
  }

  @Test("a later login overrules what was wanted with the one that waits")
  func overruled() throws {
    var record = RotationRecord(fileHolds: .of("a0", "r0"))
    record.undecided = [KnownGrant(.of("b1", "s1"), account: Account("bob"))]
    record.undecided[0].wish = .anyone
    record.adopt(KnownGrant(.of("c1", "t1"), account: Account("carol")), over: .of("a0", "r0"))
    #expect(record.undecided.map(\.wish) == [nil])
  }

  // MARK: What X says

  @Test(
    "one whose access token X refuses is kept: its refresh token may be alive, and is all there is")
  func refused() throws {
    let world = try left(.refused)
    #expect(world.run("refresh").status == 0)
    #expect(world.access == "a0" && questionsToX(world) == 1 && revocations(world) == 0)
    let record = try #require(try world.record)
    #expect(record.undecided.map(\.grant.refreshToken) == [Secret("s1")])
    #expect(!record.hasUsed(.of("b1", "s1")))
    // It was X's trouble of a moment.
    world.network.server = { $0.body == nil ? Word.account("alice").step : .refused }
    #expect(world.run("refresh").status == 0)
    #expect(world.access == "b1")
  }

  @Test("one of which X says nothing waits, and is asked about once a run")
  func unanswered() throws {
    let world = try left(.nothing, account: "alice", wish: .anyone)
    for run in 1...2 {
      #expect(world.run("refresh").status == 0)
      #expect(world.access == "a0" && questionsToX(world) == run)
    }
    #expect(try world.record?.undecided.count == 1)
  }

  @Test("one that has expired is saved over what it came over, and over nothing else")
  func expired() throws {
    for (file, isSaved) in [(Grant.of("a0", "r0"), true), (.of("x", "y"), false)] {
      let world = try left(.refused, account: "alice", expiresIn: -60, over: file)
      world.write(
        access: "a0", refresh: "r0", expiresIn: 7000, also: "X_API_BASE_URL=http://127.0.0.1:9\n")
      let run = world.run("refresh")
      #expect(questionsToX(world) == 0)
      // Nothing is sent on behalf of one that stays as it is.
      if !isSaved { #expect(run.errors == "") }
      #expect(world.run("show").output.contains("the expired tokens of an unfinished") != isSaved)
      #expect((world.refresh == "s1") == isSaved)
    }
  }

  // MARK: What is said of it

  @Test("as long as one may have ended the file's tokens, nothing calls them valid")
  func doubt() throws {
    let world = try left(.account("alice"))
    let show = world.run("show", "--min-validity", "30m")
    #expect(show.status == 75)
    #expect(show.output.contains(", unless an unfinished login has ended it: "))
    #expect(show.output.contains("an unfinished login waits in "))
    #expect(world.run("token").errors.contains(Warning.endedByLogin.message))
    #expect(world.run("doctor").output.contains("unless an unfinished login has ended it"))
    // Though no renewal is due.
    #expect(world.run("refresh").status == 0)
    #expect(world.access == "b1")
    #expect(world.run("show", "--min-validity", "30m").status == 0)
    #expect(!world.run("show").output.contains("unfinished"))
  }

  @Test("one that is another account's, or older than the file's tokens, casts no doubt on those")
  func noDoubt() throws {
    let world = try left(.account("bob"), account: "bob")
    #expect(world.run("show", "--min-validity", "30m").status == 0)
    var record = try #require(try world.record)
    record.undecided[0].account = nil
    record.newest.issuedAt = 1_799_999_950
    try world.journal(record)
    #expect(world.run("show", "--min-validity", "30m").status == 0)
  }

  // MARK: A journal that is lost meanwhile

  private func removeJournal(_ world: World) {
    try? FileManager.default.removeItem(atPath: world.folder.file(".env.xauth"))
  }

  @Test("tokens whose journal is removed at the question are saved after a yes")
  func removedThenYes() throws {
    let world = try world(.account("bob"), removeJournal)
    #expect(login(world).status == 0)
    #expect(world.questions.last?.contains("Replace them?") == true)
    #expect(world.access == "b1" && revocations(world) == 0)
  }

  @Test("and revoked after a no")
  func removedThenNo() throws {
    let world = try world(.account("bob")) {
      removeJournal($0)
      $0.answer = "n"
    }
    #expect(login(world).status == 4)
    #expect(world.access == "a0" && revocations(world) == 2)
  }

  @Test("and kept in a new journal where nobody is asked")
  func removedAndKept() throws {
    let world = try world(.unnamed, removeJournal)
    #expect(login(world, "--json", "--force", "--account", "alice").errorCode == "account_unknown")
    #expect(try world.record?.undecided.map(\.grant.refreshToken) == [Secret("s1")])
  }

  @Test("and revoked and called lost where they can be kept nowhere")
  func keptNowhere() throws {
    let world = try world(.unnamed) {
      removeJournal($0)
      $0.folder.write("", to: ".env.xauth")
    }
    #expect(login(world, "--json", "--force", "--account", "alice").errorCode == "lost")
    #expect(revocations(world) == 2)
  }

  @Test("what the journal holds isn't called lost when the next record can't be written")
  func notLost() throws {
    let world = World(grantFor: 60)
    var locked = try LockedGrant.open(world.target, timeout: 5, .quiet)
    locked.writeLoginAnswer(
      ServerAnswer(200, #"{"access_token":"b1","refresh_token":"s1","expires_in":7200}"#),
      needsVerdict: true, nil)
    var next = try #require(
      locked.record?.settled(
        by: .classify(
          ServerAnswer(200, #"{"access_token":"b1","refresh_token":"s1","expires_in":7200}"#),
          to: .codeExchange), isVetted: true))
    next.newest.unreadableAnswer = ServerAnswer(200, String(repeating: "x", count: 1 << 20))
    locked.writeBestEffort(next)
    #expect(locked.recoveryPath == locked.journalPath)
    #expect(locked.unreadableAnswerPath == nil)
    locked.unlock()
  }
}

extension RotationEffects {
  fileprivate static let quiet = RotationEffects(
    command: "login", hasHook: false, now: { 1_800_000_000 }, uptime: { 0 },
    timeSinceBoot: { 0 }, sleep: { _ in }, waiting: {}, holdSignals: { _ in }, note: { _ in },
    reached: { _ in })
}
