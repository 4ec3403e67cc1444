import Testing

@testable import OAuth
@testable import Rotation

@Suite("Logins and revocations where several machines share a grant")
struct FleetLoginTests {
  private static let hour = 3600.0

  private static func settled(_ count: Int = 2) throws -> World {
    let world = try World(count, expiresIn: hour)
    #expect(world.settle())
    return world
  }

  @Test("the first login anywhere makes the shared grant")
  func first() throws {
    let world = try World(2)
    for machine in world.machines { machine.clear() }
    #expect(world.machines[0].beginLogin().finish() == "logged in")
    #expect(world.shared?.number == 1)
    #expect(world.shared?.login == 1)
    #expect(world.shared?.intent == nil)
    #expect(world.machines[1].refresh() == "copied")
    #expect(world.machines[1].token == world.x.live)
  }

  @Test("a first login that was killed doesn't keep the others from their own grant for good")
  func firstKilled() throws {
    let world = try World(2, expiresIn: Self.hour)
    let login = world.machines[0].beginLogin()
    login.run(to: .swapped)
    login.kill()
    #expect(world.machines[1].refresh() == "usedElsewhere")
    #expect(world.settle())
    #expect(world.broken.isEmpty)
  }

  @Test("a login is for all machines")
  func forAll() throws {
    let world = try Self.settled()
    #expect(world.machines[1].beginLogin().finish() == "logged in")
    #expect(world.machines[0].refresh() == "copied")
    #expect(world.machines.map(\.token) == [world.x.live, world.x.live])
    #expect(world.broken.isEmpty)
  }

  @Test("a login goes over a renewal under way, whose answer is set aside")
  func overRenewal() throws {
    let world = try Self.settled()
    world.wait(Self.hour)
    let renewal = world.machines[0].beginRefresh()
    renewal.run(to: .answered)
    let login = world.machines[1].beginLogin(waiting: false)
    #expect(login.finish() == "logged in")
    #expect(renewal.finish() == "copied")
    #expect(world.machines[0].record?.parked != nil)
    #expect(world.machines.map(\.token) == [world.x.live, world.x.live])
    #expect(world.broken.isEmpty)
  }

  @Test("an answer that comes during a login goes in, and the login's intent stays")
  func renewalDuringLogin() throws {
    let world = try Self.settled()
    world.wait(Self.hour)
    let renewal = world.machines[0].beginRefresh()
    renewal.run(to: .answered)
    let login = world.machines[1].beginLogin(waiting: false)
    login.run(to: .request)
    #expect(renewal.finish() == "renewed")
    #expect(world.shared?.intent?.kind == .login)
    #expect(login.finish() == "logged in")
    #expect(world.settle())
    #expect(world.broken.isEmpty)
  }

  @Test("of two logins the one that was begun later stays, whichever answer is saved first")
  func two() throws {
    let world = try Self.settled(3)
    let first = world.machines[0].beginLogin()
    first.run(to: .answered)
    #expect(world.machines[1].beginLogin().finish() == "logged in")
    #expect(first.finish() == "loginOvertaken")
    #expect(world.machines[0].record?.parked != nil)
    #expect(world.shared?.login == 2)
    #expect(world.shared?.grant.refreshToken?.reveal() == world.x.live)
    #expect(world.settle())
    #expect(world.broken.isEmpty)
  }

  @Test("a code doesn't go to X while another machine's login is under way")
  func twoAtOnce() throws {
    let world = try Self.settled()
    let first = world.machines[0].beginLogin()
    first.run(to: .request)
    #expect(world.machines[1].beginLogin(waiting: false).finish() == "usedElsewhere")
    let second = world.machines[1].beginLogin(waiting: false)
    second.run(to: .sleep)
    #expect(first.finish() == "logged in")
    #expect(second.finish() == "logged in")
    #expect(world.settle())
  }

  @Test("a code isn't sent by a machine that slept since it told the others")
  func slept() throws {
    let world = try Self.settled()
    let first = world.machines[0].beginLogin()
    first.run(to: .swapped)
    world.wait(30)
    #expect(first.finish() == "heldUp")
    #expect(world.shared?.intent == nil)
    #expect(world.machines[0].token == world.x.live)
  }

  @Test("a login that was killed with its answer in the journal is carried on")
  func killed() throws {
    let world = try Self.settled()
    let login = world.machines[0].beginLogin()
    login.run(to: .step(.answerWritten))
    login.kill()
    world.machines[0].refresh()
    #expect(world.shared?.grant.refreshToken?.reveal() == world.x.live)
    #expect(world.settle())
    #expect(world.broken.isEmpty)
  }

  @Test("a login that was refused leaves the grant, and what is unknown of it, as it was")
  func refused() throws {
    let world = try World(2, replay: .endsGrant, expiresIn: 1200)
    let run = world.machines[0].beginRefresh()
    run.run(to: .step(.answerWritten))
    run.kill()
    world.machines[1].requestFaults = [.serverError]
    #expect(world.machines[1].beginLogin().finish() == "unusableAnswer")
    #expect(world.shared?.intent == nil)
    #expect(world.shared?.isUnsure == true)
    #expect(world.machines[1].refresh() == "answerElsewhere")
    world.machines[0].refresh()
    #expect(world.settle())
    #expect(world.broken.isEmpty)
  }

  @Test("before the browser opens, a login waits for what another machine has begun")
  func waits() throws {
    let world = try Self.settled()
    world.wait(Self.hour)
    let renewal = world.machines[0].beginRefresh()
    renewal.run(to: .request)
    let login = world.machines[1].beginLogin()
    login.run(to: .sleep)
    #expect(renewal.finish() == "renewed")
    #expect(login.finish() == "logged in")
    #expect(world.machines[0].refresh() == "copied")
  }

  @Test("a revocation is for all machines")
  func revoke() throws {
    let world = try Self.settled()
    #expect(world.machines[0].beginRevoke().finish() == "revoked")
    #expect(world.x.live == nil)
    #expect(world.shared?.isRevoked == true)
    #expect(world.shared?.intent == nil)
    #expect(world.machines[0].token == nil)
    #expect(world.machines[1].refresh() == "revokedInStore")
    #expect(world.machines[1].token == nil)
    #expect(world.machines[1].beginLogin().finish() == "logged in")
    #expect(world.settle())
  }

  @Test("an answer that comes after a revocation is revoked too")
  func revokedMeanwhile() throws {
    let world = try Self.settled()
    let (first, second) = (world.machines[0], world.machines[1])
    world.wait(Self.hour)
    let renewal = first.beginRefresh()
    renewal.run(to: .step(.answerWritten))
    renewal.kill()
    // X ignores the old token.
    #expect(second.beginRevoke().finish() == "successorElsewhere")
    #expect(world.x.live != nil)
    #expect(first.refresh() == "revokedInStore")
    #expect(world.x.live == nil)
    #expect(first.token == nil)
    #expect(world.shared?.isRevoked == true)
  }

  @Test("while a revocation stands, nobody renews")
  func revocationStands() throws {
    let world = try Self.settled()
    let run = world.machines[0].beginRevoke()
    run.run(to: .request)
    run.kill()
    world.wait(Self.hour)
    #expect(world.machines[1].refresh() == "revocationBegun")
    #expect(world.machines[0].refresh() == "revocationBegun")
    #expect(world.machines[1].beginRevoke().finish() == "revoked")
    #expect(world.machines[0].refresh() == "revokedInStore")
    #expect(world.machines[0].token == nil)
  }

  @Test("a revocation that was killed after X confirmed it is finished by the next one")
  func revocationKilled() throws {
    let world = try Self.settled()
    let run = world.machines[0].beginRevoke()
    run.run(to: .answered, count: 2)
    run.kill()
    #expect(world.x.live == nil)
    #expect(world.machines[0].beginRevoke().finish() != "nothing")
    #expect(world.shared?.isRevoked == true)
    #expect(world.machines[0].token == nil)
  }

  @Test(
    "a login that is killed at any moment costs at most the answer that nobody has written down")
  func loginKilledAnywhere() throws {
    for stop in 1..<60 {
      let world = try Self.settled()
      let run = world.machines[0].beginLogin()
      for _ in 0..<stop { run.step() }
      guard !run.isOver else { return }
      let isWindow = run.point == .answered || run.point == .step(.sent)
      run.kill()
      #expect(world.settle() || isWindow, "killed at stop \(stop), \(run.point)")
      #expect(world.broken.isEmpty, "killed at stop \(stop), \(run.point)")
    }
  }

  @Test("a revocation that is killed at any moment is finished by the next one")
  func revocationKilledAnywhere() throws {
    for stop in 1..<60 {
      let world = try Self.settled()
      let run = world.machines[0].beginRevoke()
      for _ in 0..<stop { run.step() }
      guard !run.isOver else { return }
      run.kill()
      world.machines[1].refresh()
      for machine in world.machines { _ = machine.beginRevoke().finish() }
      for machine in world.machines { machine.refresh() }
      #expect(world.x.live == nil, "killed at stop \(stop), \(run.point)")
      #expect(world.shared?.isRevoked == true, "killed at stop \(stop), \(run.point)")
      #expect(world.machines.allSatisfy { $0.token == nil }, "killed at stop \(stop), \(run.point)")
      #expect(world.broken.isEmpty)
    }
  }
}
