import DurableFile
import Testing

@testable import OAuth
@testable import Rotation

/// Each lost a grant, or spent a token twice, before its step was as it is.
@Suite("A grant of several machines: what else may come at the same time")
struct FleetHazardTests {
  @Test(
    "a login that fails leaves the renewal that stood there standing: nobody takes over at once",
    arguments: [true, false])
  func loginFailsOverRenewal(isForced: Bool) throws {
    let world = try World(3, replay: .endsGrant, expiresIn: isForced ? 1200 : -600)
    let (a, b, c) = (world.machines[0], world.machines[1], world.machines[2])
    let renewal = a.beginRefresh()
    renewal.run(to: .request)
    b.requestFaults = [.notSent]
    #expect(b.beginLogin(waiting: false).finish() == "unanswered")
    let third = c.beginRefresh(force: isForced)
    #expect(third.run(to: .sleep), "it watches")
    #expect(renewal.finish() == "renewed")
    #expect(third.finish() == (isForced ? "renewed" : "copied"))
    #expect(world.x.replays.isEmpty && world.x.live == c.token)
  }

  @Test("a login that fails leaves a restoration standing")
  func loginFailsOverRestoration() throws {
    let world = try World(3, replay: .endsGrant, expiresIn: 3600)
    #expect(world.settle())
    let backup = world.entries
    world.wait(3600)
    #expect(world.machines[0].refresh() == "renewed")
    #expect(world.machines[1].refresh() == "copied")
    world.wait(3600)
    #expect(world.machines[0].refresh() == "renewed")
    world.restore(backup)
    world.machines[1].refresh()
    #expect(world.shared?.intent?.kind == .restored)
    world.machines[2].requestFaults = [.notSent]
    _ = world.machines[2].beginLogin(waiting: false).finish()
    #expect(world.shared?.intent?.kind == .restored)
    world.machines[1].refresh()
    #expect(world.settle() && world.x.replays.isEmpty)
  }

  @Test("what was sent before the grant was shared, and not answered, is waited for")
  func unknownBeforeStore() throws {
    let world = try World(1, replay: .endsGrant, expiresIn: 1200)
    let machine = world.machines[0]
    machine.requestFaults = [.late(60)]
    #expect(machine.refreshAlone(force: false) == "unanswered")
    #expect(machine.refresh() == "outcomeStillUnknown")
    world.wait(100)
    #expect(world.x.replays.isEmpty && world.x.live != nil)
  }

  @Test("a foreign grant that comes into the file while the store is read stays there")
  func foreignWhileReading() throws {
    let world = try World(2, expiresIn: 3600)
    #expect(world.settle())
    world.wait(3600)
    #expect(world.machines[0].refresh() == "renewed")
    let machine = world.machines[1]
    let run = machine.beginRefresh()
    run.run(to: .read)
    machine.write("z9", expiresAt: Int(World.start) + 20000)
    #expect(run.finish() == "unknownToStore")
    #expect(machine.token == "z9")
  }

  @Test("a login that was begun during a revocation isn't revoked")
  func loginDuringRevocation() throws {
    let world = try World(2, expiresIn: 3600)
    #expect(world.settle())
    let (a, b) = (world.machines[0], world.machines[1])
    let revocation = a.beginRevoke()
    revocation.run(to: .request)
    #expect(b.beginLogin().finish() == "logged in")
    #expect(revocation.finish() == "revokedBesideAnother")
    #expect(world.x.live == b.token && a.token == b.token)
  }

  /// The first machine has a new token that the store doesn't, and can't reach it.
  private func worldWithDebt() throws -> World {
    let world = try World(2, expiresIn: 3600)
    #expect(world.settle())
    world.wait(3600)
    let machine = world.machines[0]
    let run = machine.beginRefresh()
    run.run(to: .answered)
    machine.isCutOff = true
    #expect(run.finish() == "notInStore")
    return world
  }

  @Test("the only copy of a token isn't forgotten: the other machines get it first")
  func forgetOwed() throws {
    let world = try worldWithDebt()
    let machine = world.machines[0]
    let forget = machine.begin { [machine] _, _ in
      "\(try Rotation.forget(machine.target, machine.effects))"
    }
    #expect(forget.finish() == "onlyHere")
    #expect(world.settle())
  }

  @Test("an answer that is owed goes to the same place under a new name, too")
  func renamed() throws {
    let world = try worldWithDebt()
    let machine = world.machines[0]
    machine.place = "etcd:another-name"
    machine.isCutOff = false
    #expect(machine.refresh() == "not due")
    #expect(world.shared?.token == machine.record?.newest.grant.token)
    #expect(world.settle())
  }

  @Test("the store's grant goes to no other server than its own")
  func otherServer() throws {
    let world = try World(2, expiresIn: 3600)
    #expect(world.settle())
    world.wait(3600)
    let (count, machine) = (world.x.renewals.count, world.machines[1])
    machine.api = "https://elsewhere.example"
    let token = machine.token
    #expect(machine.refresh(force: true) == "otherServer")
    #expect(world.x.renewals.count == count && machine.token == token)
  }

  @Test("a grant that X has refused is said to be, also while its access token is valid")
  func refusedNotDue() throws {
    let world = try World(2, expiresIn: 7200)
    #expect(world.settle())
    world.x.end()
    #expect(world.machines[0].refresh(force: true) == "refused")
    #expect(world.machines[0].refresh() == "refusedBefore")
    #expect(world.machines[1].refresh() == "refusedInStore")
  }

  @Test("a copy of a renewal leaves a login alone that waits for a person, and came later")
  func copyWhileLoginWaits() throws {
    let world = try World(2, expiresIn: 3600)
    #expect(world.settle())
    world.wait(3600)
    let (a, b) = (world.machines[0], world.machines[1])
    #expect(a.refresh() == "renewed")
    let waiting = Waiting()
    let login = b.begin { rotation, send in
      let locked = try rotation.lockForExchange()
      let exchange = CodeExchange(
        code: Secret("code"), redirectURI: "http://127.0.0.1/", verifier: Secret("verifier"))
      let outcome = rotation.exchange(
        exchange, by: send, needsVerdict: { _ in true }, vet: { _, _ in .park(account: nil) },
        under: locked)
      if case .parked(let known, _) = try outcome.get() { waiting.login = known }
      return "parked"
    }
    #expect(login.finish() == "parked")
    #expect(b.refresh() == "copied")
    var said = ""
    for _ in 0..<3 where said != "saved" {
      let yes = b.begin { rotation, _ in
        switch try rotation.saveWaiting(try #require(waiting.login)) {
        case .saved: return "saved"
        case .asksAgain(let again, _):
          waiting.login = again
          return "asks again"
        }
      }
      said = yes.finish()
    }
    #expect(said == "saved" && b.token == world.x.live)
    #expect(world.settle())
  }
}

/// What a run leaves for the next one.
private final class Waiting: @unchecked Sendable {
  var login: KnownGrant?
}
