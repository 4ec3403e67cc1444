import Testing

@testable import OAuth
@testable import Rotation

@Suite("A renewal of a grant that several machines share")
struct FleetRenewalTests {
  private static let hour = 3600.0

  @Test("the first machine that finds it due renews it, and the others copy it")
  func oneRenews() throws {
    let world = try World(3, expiresIn: Self.hour)
    #expect(world.machines.map { $0.refresh() } == ["renewed", "copied", "copied"])
    #expect(world.x.renewals.count == 1)
    #expect(world.machines.map(\.token) == ["r1", "r1", "r1"])
    #expect(world.machines.map { $0.refresh() } == ["not due", "not due", "not due"])
    world.wait(2 * Self.hour)
    #expect(world.machines.reversed().map { $0.refresh() } == ["renewed", "copied", "copied"])
    #expect(world.x.renewals.map(\.machine) == ["m0", "m2"])
    #expect(world.broken.isEmpty)
  }

  @Test("a machine with an empty file gets the grant from the store")
  func emptyFile() throws {
    let world = try World(2, expiresIn: Self.hour)
    let (first, second) = (world.machines[0], world.machines[1])
    second.clear()
    #expect(second.refresh() == "noGrant")
    first.refresh()
    #expect(second.refresh() == "copied")
    second.clear()
    #expect(second.refresh() == "copied")
    #expect(second.token == "r1")
  }

  @Test("a machine that was away for forty renewals copies what the store has")
  func wasAway() throws {
    let world = try World(2, expiresIn: Self.hour)
    let (first, second) = (world.machines[0], world.machines[1])
    #expect(world.settle())
    for _ in 0..<40 {
      world.wait(Self.hour)
      #expect(first.refresh() == "renewed")
    }
    #expect(second.refresh() == "copied")
    #expect(second.token == "r41")
    #expect(world.broken.isEmpty)
  }

  @Test("of two that begin at once, only the one whose swap took place sends")
  func atOnce() throws {
    let world = try World(2, expiresIn: Self.hour)
    let first = world.machines[0].beginRefresh()
    let second = world.machines[1].beginRefresh()
    first.run(to: .swap)
    second.run(to: .swap)
    first.run(to: .request)
    // It sees the other's intent, waits a moment, and leaves it alone.
    #expect(second.finish() == "usedElsewhere")
    #expect(first.finish() == "renewed")
    #expect(world.machines[1].refresh() == "copied")
    #expect(world.x.renewals.count == 1)
    #expect(world.x.replays.isEmpty)
  }

  @Test("a machine that waits for another's renewal copies what came of it")
  func waits() throws {
    let world = try World(2, expiresIn: Self.hour)
    let first = world.machines[0].beginRefresh()
    first.run(to: .request)
    let second = world.machines[1].beginRefresh()
    second.run(to: .sleep)
    #expect(first.finish() == "renewed")
    #expect(second.finish() == "copied")
    #expect(world.x.replays.isEmpty)
  }

  @Test(
    "a machine that slept between its intent and its request doesn't send after it was taken over",
    arguments: SimulatedX.Replay.allCases)
  func slept(replay: SimulatedX.Replay) throws {
    let world = try World(2, replay: replay, expiresIn: 60)
    let first = world.machines[0].beginRefresh()
    first.run(to: .swapped)
    world.wait(400)
    #expect(world.machines[1].refresh() == "renewed")
    #expect(first.finish() == "copied")
    #expect(world.x.renewals.map(\.machine) == ["m1"])
    #expect(world.x.replays.isEmpty)
    #expect(world.settle())
  }

  @Test("a machine that slept, and wasn't taken over, begins anew with another intent")
  func sleptAlone() throws {
    let world = try World(1, expiresIn: Self.hour)
    let run = world.machines[0].beginRefresh()
    run.run(to: .swapped)
    let old = world.shared?.intent?.id
    world.wait(25)
    run.run(to: .request)
    #expect(world.shared?.intent?.id != old)
    #expect(run.finish() == "renewed")
    #expect(world.x.renewals.count == 1)
  }

  @Test("a swap whose answer was lost is found by reading, and the token sent once")
  func swapAnswerLost() throws {
    let world = try World(2, expiresIn: Self.hour)
    world.machines[0].storeFaults = [.answerLost]
    #expect(world.machines[0].refresh() == "renewed")
    #expect(world.machines[1].refresh() == "copied")
    #expect(world.x.renewals.count == 1)
  }

  @Test("a swap that can't be seen isn't taken for done: two would send")
  func swapLate() throws {
    let world = try World(2, expiresIn: Self.hour)
    let (first, second) = (world.machines[0], world.machines[1])
    first.storeFaults = [.late(100)]
    #expect(first.refresh() == "store")
    #expect(world.x.renewals.isEmpty)
    // The other is faster; what comes late compares with what is no longer there.
    #expect(second.refresh() == "renewed")
    world.wait(101)
    #expect(first.refresh() == "copied")
    #expect(world.x.renewals.count == 1)
    #expect(world.broken.isEmpty)
  }

  @Test(
    "where such a swap arrives after all, the machine knows that it sent nothing, and goes on at once"
  )
  func swapArrives() throws {
    let world = try World(2, expiresIn: Self.hour)
    let (first, second) = (world.machines[0], world.machines[1])
    first.storeFaults = [.late(100)]
    #expect(first.refresh() == "store")
    world.wait(101)
    #expect(world.shared?.intent != nil)
    #expect(second.refresh() == "usedElsewhere")
    #expect(first.refresh() == "renewed")
    #expect(second.refresh() == "copied")
    #expect(world.x.renewals.count == 1)
  }

  @Test("an intent for which nothing could be sent is taken back")
  func notSent() throws {
    let world = try World(2, expiresIn: Self.hour)
    world.machines[0].requestFaults = [.notSent, .notSent]
    #expect(world.machines[0].refresh() == "unanswered")
    #expect(world.shared?.intent == nil)
    #expect(world.shared?.isUnsure == false)
    #expect(world.machines[1].refresh() == "renewed")
    #expect(world.machines[0].refresh() == "copied")
  }

  @Test("a store that takes the new token back late has it in the end, and the file at once")
  func storeGoesAway() throws {
    let world = try World(2, expiresIn: Self.hour)
    let (first, second) = (world.machines[0], world.machines[1])
    let run = first.beginRefresh()
    run.run(to: .answered)
    first.isCutOff = true
    let start = world.time
    #expect(run.finish() == "notInStore")
    #expect(world.time - start <= 30)
    #expect(first.token == "r1")
    // The copy is good, whatever the store does.
    #expect(first.refresh() == "not due")
    #expect(second.refresh() == "usedElsewhere")
    first.isCutOff = false
    #expect(first.refresh() == "not due")
    #expect(second.refresh() == "copied")
    #expect(world.x.renewals.count == 1)
    #expect(world.broken.isEmpty)
  }

  @Test("a copy that is good enough needs no store, and one that isn't waits for it")
  func storeAway() throws {
    let world = try World(1, expiresIn: Self.hour)
    let machine = world.machines[0]
    machine.isCutOff = true
    #expect(machine.refresh(validity: 600) == "not due")
    #expect(machine.refresh() == "store")
    #expect(world.x.renewals.isEmpty)
  }

  @Test(
    "while another's renewal stands, nothing is sent before its token has expired for five minutes")
  func ownerDied() throws {
    let world = try World(2, expiresIn: Self.hour)
    let (first, second) = (world.machines[0], world.machines[1])
    let run = first.beginRefresh()
    run.run(to: .swapped)
    run.kill()
    first.isLost = true
    #expect(second.refresh() == "usedElsewhere")
    world.wait(Self.hour + 200)
    #expect(second.refresh() == "usedElsewhere")
    world.wait(200)
    let start = world.time
    #expect(second.refresh() == "renewed")
    #expect(world.time - start >= 90)
    #expect(world.x.renewals.count == 1)
  }

  @Test(
    "with --force a renewal is taken over before the token has expired, but not before it was watched"
  )
  func forced() throws {
    let world = try World(2, expiresIn: Self.hour)
    let run = world.machines[0].beginRefresh()
    run.run(to: .swapped)
    run.kill()
    let start = world.time
    #expect(world.machines[1].refresh(force: true) == "renewed")
    #expect(world.time - start >= 90)
    #expect(world.machines[0].refresh() == "copied")
    #expect(world.broken.isEmpty)
  }

  @Test(
    "a wrong clock, of whichever machine, doesn't let it be taken over early", arguments: [0, 1])
  func wrongClock(machine: Int) throws {
    let world = try World(2, expiresIn: Self.hour)
    world.machines[machine].skew = machine == 0 ? -86400 : 86400
    let first = world.machines[0].beginRefresh()
    first.run(to: .request)
    let second = world.machines[1].beginRefresh(force: true)
    second.run(to: .sleep)
    #expect(first.finish() == "renewed")
    #expect(world.x.renewals.map(\.machine) == ["m0"])
    second.finish()
    #expect(world.x.replays.isEmpty)
    #expect(world.broken.isEmpty)
  }

  @Test("a machine that comes back with the answer carries it on, whoever has begun meanwhile")
  func answerInJournal() throws {
    let world = try World(2, expiresIn: Self.hour)
    let (first, second) = (world.machines[0], world.machines[1])
    let run = first.beginRefresh()
    run.run(to: .step(.answerWritten))
    run.kill()
    world.wait(Self.hour + 400)
    // It takes over, and its answer doesn't come: its intent stands.
    second.requestFaults = [.lost]
    #expect(second.refresh() == "unanswered")
    #expect(world.shared?.isUnsure == true)
    first.refresh(validity: 60)
    #expect(world.shared?.grant.refreshToken?.reveal() == "r1")
    #expect(world.shared?.intent == nil)
    #expect(world.shared?.isUnsure == false)
    #expect(world.settle())
  }

  @Test("it does so also after X has refused the old token to another machine")
  func answerAfterRefusal() throws {
    let world = try World(2, expiresIn: Self.hour)
    let (first, second) = (world.machines[0], world.machines[1])
    let run = first.beginRefresh()
    run.run(to: .step(.answerWritten))
    run.kill()
    world.wait(Self.hour + 400)
    #expect(second.refresh() == "refused")
    #expect(world.shared?.isRefused == true)
    // It isn't sent again by anybody.
    #expect(["refusedBefore", "refusedInStore"].contains(second.refresh()))
    #expect(world.x.replays.count == 1)
    first.refresh()
    #expect(world.shared?.isRefused == false)
    #expect(second.refresh() == "copied")
    #expect(world.settle())
    #expect(world.broken.isEmpty)
  }

  @Test("a machine whose answer went into the store before it was killed finds it there")
  func killedAfterDelivery() throws {
    let world = try World(2, expiresIn: Self.hour)
    let run = world.machines[0].beginRefresh()
    run.run(to: .swapped, count: 2)
    run.kill()
    #expect(world.machines[0].token == "r0")
    #expect(world.machines[1].refresh() == "copied")
    #expect(world.machines[0].refresh() == "copied")
    #expect(world.x.renewals.count == 1)
  }

  @Test(
    "killed at any moment, it loses nothing that had come", arguments: SimulatedX.Replay.allCases)
  func killedAnywhere(replay: SimulatedX.Replay) throws {
    for stop in 1..<40 {
      let world = try World(2, replay: replay, expiresIn: Self.hour)
      let (first, second) = (world.machines[0], world.machines[1])
      let run = first.beginRefresh()
      for _ in 0..<stop { run.step() }
      guard !run.isOver else { return }
      // Between X's answer and its line in the journal nobody can promise anything.
      let isWindow = run.point == .answered || run.point == .step(.sent)
      run.kill()
      second.refresh()
      let isSettled = world.settle()
      #expect(isSettled || isWindow, "killed at stop \(stop), \(run.point)")
      #expect(world.broken.isEmpty, "killed at stop \(stop), \(run.point)")
      #expect(world.x.renewals.count <= 3)
    }
  }

  @Test(
    "killed at any moment and lost for good, it leaves the others a token that X hasn't exchanged")
  func lostAnywhere() throws {
    for stop in 1..<40 {
      let world = try World(2, expiresIn: Self.hour)
      let run = world.machines[0].beginRefresh()
      for _ in 0..<stop { run.step() }
      guard !run.isOver else { return }
      run.kill()
      world.machines[0].isLost = true
      let isOnlyCopy =
        world.x.live != world.shared?.grant.refreshToken?.reveal() && world.shared != nil
      #expect(world.settle() != isOnlyCopy, "killed at stop \(stop), \(run.point)")
      #expect(world.broken.isEmpty)
    }
  }
}
