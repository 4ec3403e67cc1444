import Testing

@testable import OAuth
@testable import Rotation

@Suite("Whose turn it is where several machines share a grant")
struct FleetTurnTests {
  private static let hour = 3600.0

  /// A world in which the first machine's request ended with a server error, with this much left.
  private static func unanswered(_ count: Int = 2, left: Double) throws -> World {
    let world = try World(count, expiresIn: left)
    world.machines[0].requestFaults = [.serverError]
    #expect(world.machines[0].refresh() == "unusableAnswer")
    return world
  }

  @Test(
    "the sender itself tries again in the last minutes, five minutes after it gave up, as another attempt"
  )
  func secondTry() throws {
    let world = try Self.unanswered(left: Self.hour)
    let machine = world.machines[0]
    let id = world.shared?.intent?.id
    world.wait(301)
    // The access token still lives for more than 25 minutes.
    #expect(machine.refresh() == "outcomeStillUnknown")
    world.wait(Self.hour - 301 - 25 * 60)
    let run = machine.beginRefresh()
    run.run(to: .request)
    #expect(world.shared?.intent?.id != id)
    #expect(world.shared?.isUnsure == false)
    #expect(run.finish() == "renewed")
    #expect(world.machines[1].refresh() == "copied")
    #expect(world.broken.isEmpty)
  }

  @Test("it doesn't while its first request may still be under way")
  func secondTryTooEarly() throws {
    let world = try World(2, expiresIn: 1000)
    world.machines[0].requestFaults = [.late(250)]
    #expect(world.machines[0].refresh() == "unanswered")
    world.wait(200)
    #expect(world.machines[0].refresh() == "outcomeStillUnknown")
    #expect(world.x.renewals.isEmpty)
  }

  @Test("a second try that couldn't be sent leaves the intent, and the right to another one")
  func secondTryNotSent() throws {
    let world = try Self.unanswered(left: 1200)
    world.wait(301)
    world.machines[0].requestFaults = [.notSent, .notSent]
    #expect(world.machines[0].refresh() == "unanswered")
    #expect(world.shared?.intent != nil)
    #expect(world.machines[1].refresh() == "usedElsewhere")
    #expect(world.machines[0].refresh() == "renewed")
    #expect(world.broken.isEmpty)
  }

  @Test("a second try is another attempt: who has watched the first one begins to watch again")
  func watcherSeesSecondTry() throws {
    let world = try Self.unanswered(left: 1200)
    world.wait(301)
    let (first, second) = (
      world.machines[0].beginRefresh(), world.machines[1].beginRefresh(force: true)
    )
    second.run(to: .sleep, count: 3)
    first.run(to: .request)
    let start = world.time
    second.run(to: .sleep, count: 2)
    #expect(first.finish() == "renewed")
    #expect(second.finish() != "killed")
    #expect(world.time - start < 90)
    #expect(world.x.replays.isEmpty)
    #expect(world.broken.isEmpty)
  }

  @Test("after another machine has taken over, nothing is left of the right to a second try")
  func takenOver() throws {
    let world = try Self.unanswered(left: 1200)
    let (first, second) = (world.machines[0], world.machines[1])
    second.requestFaults = [.serverError]
    #expect(second.refresh(force: true) == "unusableAnswer")
    #expect(world.shared?.isUnsure == true)
    world.wait(400)
    let sent = world.x.renewals.count
    #expect(first.refresh() == "usedElsewhere")
    #expect(world.x.renewals.count == sent)
  }

  @Test("who has taken over, and got no answer, waits like the others: the first owner may hold it")
  func takerHasNoSecondTry() throws {
    let world = try World(2, replay: .endsGrant, expiresIn: 1200)
    let (first, second) = (world.machines[0], world.machines[1])
    let run = first.beginRefresh()
    run.run(to: .step(.answerWritten))
    run.kill()
    second.requestFaults = [.serverError]
    #expect(second.refresh(force: true) == "unusableAnswer")
    world.wait(400)
    #expect(second.refresh() == "usedElsewhere")
    #expect(world.x.replays.isEmpty)
    first.refresh()
    #expect(second.refresh() == "copied")
    #expect(world.settle())
    #expect(world.broken.isEmpty)
  }

  @Test("an unknown outcome stays unknown when who took over could send nothing")
  func unsureStays() throws {
    let world = try World(3, replay: .endsGrant, expiresIn: 1200)
    let (first, second, third) = (world.machines[0], world.machines[1], world.machines[2])
    let run = first.beginRefresh()
    run.run(to: .step(.answerWritten))
    run.kill()
    second.requestFaults = [.notSent, .notSent]
    #expect(second.refresh(force: true) == "unanswered")
    #expect(world.shared?.intent == nil)
    #expect(world.shared?.isUnsure == true)
    #expect(third.refresh() == "answerElsewhere")
    #expect(second.refresh() == "answerElsewhere")
    #expect(world.x.replays.isEmpty)
    first.refresh()
    #expect(third.refresh() == "copied")
    #expect(world.broken.isEmpty)
  }

  @Test("it stays so where a late swap of one's own turns out never to have been sent")
  func unsureStaysAfterLateSwap() throws {
    let world = try World(2, replay: .endsGrant, expiresIn: 1200)
    let (first, second) = (world.machines[0], world.machines[1])
    let run = first.beginRefresh()
    run.run(to: .step(.answerWritten))
    run.kill()
    second.storeFaults = [.late(5)]
    #expect(second.refresh(force: true) == "store")
    world.wait(10)
    #expect(world.shared?.isUnsure == true)
    #expect(second.refresh() == "answerElsewhere")
    #expect(world.x.replays.isEmpty)
  }

  @Test(
    "a machine that was killed waits for its own intent as for another's: its request may be under way"
  )
  func ownIntent() throws {
    let world = try World(1, expiresIn: 1200)
    let machine = world.machines[0]
    machine.requestFaults = [.late(40)]
    let run = machine.beginRefresh()
    run.run(to: .answered)
    run.kill()
    #expect(machine.refresh() == "usedElsewhere")
    #expect(machine.refresh(force: true) == "outcomeStillUnknown")
    // Only the request that was late.
    #expect(world.x.renewals.count == 1)
    #expect(world.x.replays.isEmpty)
  }
}

@Suite("What a store holds, and what a file holds beside it")
struct FleetStandingTests {
  private static let hour = 3600.0

  @Test("a grant that the store doesn't know is neither sent nor written over")
  func unknownToStore() throws {
    let world = try World(2, expiresIn: Self.hour)
    world.machines[0].refresh()
    world.machines[1].write("q7", expiresAt: Int(world.time) + 60)
    #expect(world.machines[1].refresh() == "unknownToStore")
    #expect(world.machines[1].token == "q7")
    #expect(world.x.renewals.count == 1)
  }

  @Test("what isn't ours is never written over")
  func foreign() throws {
    let world = try World(1, expiresIn: Self.hour)
    let machine = world.machines[0]
    for entries in [
      ["PASSWORD": "x"], ["XAUTH_STATE": #"{"version":2}"#], ["XAUTH_STATE": "{"],
      SharedGrant(.blank, number: 1, client: "another", server: Rotation.standardAPI).entries,
    ] {
      world.restore(entries)
      #expect(["sharedUnusable", "otherClient"].contains(machine.refresh()))
      #expect(world.entries == entries)
    }
    #expect(world.x.renewals.isEmpty)
  }

  @Test("entries beside ours stay")
  func otherEntries() throws {
    let world = try World(1, expiresIn: Self.hour)
    world.machines[0].refresh()
    var entries = try #require(world.entries)
    entries["NOTE"] = "ours"
    world.restore(entries)
    world.wait(Self.hour)
    #expect(world.machines[0].refresh() == "renewed")
    #expect(world.entries?["NOTE"] == "ours")
  }

  @Test("a first grant that X refuses makes way for another machine's")
  func firstIsRefused() throws {
    let world = try World(2, expiresIn: Self.hour)
    world.machines[0].write("q0", expiresAt: Int(world.time) + 60)
    #expect(world.machines[0].refresh() == "refused")
    #expect(world.shared?.isRefused == true)
    #expect(world.machines[1].refresh() == "renewed")
    #expect(world.machines[0].refresh() == "copied")
    #expect(world.machines[0].token == "r1")
  }

  @Test("a store restored from a backup gets the newest grant back, which isn't sent at once")
  func restored() throws {
    let world = try World(3, replay: .endsGrant, expiresIn: Self.hour)
    let (first, second, third) = (world.machines[0], world.machines[1], world.machines[2])
    #expect(world.settle())
    let backup = world.entries
    world.wait(Self.hour)
    #expect(first.refresh() == "renewed")
    second.refresh()
    world.wait(Self.hour)
    #expect(first.refresh() == "renewed")
    world.restore(backup)
    // It is behind, and its token is used; it is the newest that it knows.
    world.wait(Self.hour)
    #expect(second.refresh() == "usedElsewhere")
    #expect(world.x.replays.isEmpty)
    #expect(first.refresh() == "usedElsewhere")
    #expect(world.shared?.grant.refreshToken?.reveal() == "r3")
    third.refresh()
    #expect(third.token == "r3")
    #expect(world.settle())
    #expect(world.x.replays.isEmpty)
  }

  @Test("then an answer in a journal goes before what is in a file")
  func restoredWithAnswer() throws {
    let world = try World(2, replay: .endsGrant, expiresIn: Self.hour)
    let first = world.machines[0]
    #expect(world.settle())
    let backup = world.entries
    world.wait(Self.hour)
    #expect(world.settle())
    world.wait(Self.hour)
    let run = first.beginRefresh()
    run.run(to: .step(.answerWritten))
    run.kill()
    world.restore(backup)
    first.refresh()
    #expect(world.shared?.grant.refreshToken?.reveal() == world.x.live)
    #expect(world.settle())
    #expect(world.x.replays.isEmpty)
  }

  @Test("without the setting, a shared grant is renewed only by --force, and then alone")
  func leaving() throws {
    let world = try World(2, expiresIn: Self.hour)
    let machine = world.machines[0]
    machine.refresh()
    world.wait(Self.hour)
    #expect(machine.refreshAlone(force: false) == "sharedElsewhere")
    #expect(world.x.renewals.count == 1)
    #expect(machine.refreshAlone(force: true) == "renewed")
    #expect(machine.record?.fleet == nil)
    world.wait(Self.hour)
    #expect(machine.refreshAlone(force: false) == "renewed")
  }

  @Test("the journal keeps what is remembered of a shared grant")
  func journal() throws {
    var record = RotationRecord.of(.of(.of("a", "r")))
    var memory = FleetMemory("etcd:x-token")
    (memory.number, memory.login, memory.logins) = (7, 2, 3)
    memory.copied = TokenHash(value: 1)
    for stage in FleetAttempt.Stage.allCases {
      memory.attempt = FleetAttempt(
        id: "00ff", token: TokenHash(value: 2), login: 3, isSecondTry: true, stage: stage)
      record.fleet = memory
      #expect(RotationRecord(stored: record.encoded) == record)
    }
    memory.attempt = nil
    record.fleet = memory
    #expect(RotationRecord(stored: record.encoded) == record)
  }

  @Test("what is stored is read back as it was, and nothing else is taken for it")
  func coding() throws {
    var shared = SharedGrant(
      .of("a", "r", expiresAt: 1_800_000_000), number: 7, client: "a\"pp",
      server: Rotation.standardAPI)
    (shared.login, shared.logins, shared.isUnsure) = (2, 3, true)
    shared.spend((0..<40).map { TokenHash(value: UInt64($0)) })
    shared.refused = shared.token
    shared.intent = SharedGrant.Intent(
      id: "00ff", kind: .revoke, token: shared.token, host: "web-2", at: 1_800_000_001)
    #expect(shared.spent.count == 32)
    #expect(try SharedGrant(entries: shared.entries) == shared)
    let text = try #require(shared.entries["XAUTH_STATE"])
    for (old, new) in [
      (#""number":7"#, #""number":-7"#), (#""login":2"#, #""login":4"#), (#""revoke""#, #""eat""#),
      (#""unsure":true"#, #""unsure":1"#), (#""version":1"#, #""version":"1""#),
      (#""refused":""#, #""refused":"x"#),
    ] {
      var entries = shared.entries
      entries["XAUTH_STATE"] = text.replacing(old, with: new)
      #expect(entries["XAUTH_STATE"] != text)
      #expect(throws: SharedGrantFault.damaged) { try SharedGrant(entries: entries) }
    }
    var entries = shared.entries
    entries["X_OAUTH2_EXPIRES_AT"] = "soon"
    #expect(throws: SharedGrantFault.damaged) { try SharedGrant(entries: entries) }
    entries["XAUTH_STATE"] = text.replacing(#""version":1"#, with: #""version":9"#)
    #expect(throws: SharedGrantFault.newer(version: 9)) { try SharedGrant(entries: entries) }
  }
}
