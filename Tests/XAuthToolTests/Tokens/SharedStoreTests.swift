import Foundation
import TestSupport
import Testing

@testable import OAuth
@testable import Rotation
@testable import XAuthTool

@Suite("Hosts that share one grant through a store")
struct SharedStoreTests {
  private static let place = "etcd:x-token"

  /// A host whose setting comes from the environment.
  private func host(_ world: World, _ store: MemoryStore, inFile: Bool = false) -> World {
    world.store = store
    if !inFile { world.environment["X_OAUTH2_STORE"] = Self.place }
    world.pause = { [unowned world] in world.now += max(1, Int($0)) }
    return world
  }

  /// A host that has put its grant into `store`.
  private func first(_ store: MemoryStore) -> World {
    let world = host(World(grantFor: 60), store)
    world.network.script = [.granted("a1", "r1")]
    let run = world.run("refresh")
    #expect(run.status == 0, "\(run.errors)")
    return world
  }

  @Test("the first puts its grant there, and another copies it into a file that it makes")
  func sharing() {
    let store = MemoryStore()
    let first = first(store)
    #expect(first.access == "a1" && first.network.requests.count == 1)
    #expect(store.entries?["X_OAUTH2_REFRESH_TOKEN"] == "r1")
    let second = host(World.withoutFile(), store)
    second.environment["CLIENT_ID"] = "app"
    let run = second.run("refresh")
    #expect(run.status == 0, "\(run.errors)")
    #expect(second.access == "a1" && second.refresh == "r1")
    #expect(second.network.requests.isEmpty)
    #expect(second.run("show").output.contains("store     etcd:x-token (grant "))
  }

  @Test(
    "a copy that isn't there yet is got by whatever needs it",
    arguments: [
      ["token"], ["export", "--only", "X_OAUTH2_ACCESS_TOKEN"],
      ["header", "https://api.x.com/2/users/me"],
    ])
  func copiedWhenNeeded(arguments: [String]) {
    let store = MemoryStore()
    _ = first(store)
    let second = host(World(), store)
    #expect(second.run("show").status == 0)
    let run = second.run(arguments)
    #expect(run.status == 0 && run.output.contains("a1"), "\(run.errors)")
    let reads = store.reads
    #expect(second.run(arguments).output.contains("a1"))
    #expect(store.reads == reads, "a valid copy is used without asking")
  }

  @Test("a store that can't be reached stops nobody whose copy is valid, and is 75 after that")
  func away() {
    let store = MemoryStore()
    let world = first(store)
    store.fail(.notSent(reason: "connection refused"))
    let run = world.run("refresh")
    #expect(run.status == 0)
    #expect(run.errors.contains("can't reach etcd:x-token: connection refused"))
    #expect(world.run("refresh", "--quiet").errors.isEmpty)
    world.now += 7200
    let late = world.run("refresh", "--json")
    #expect(late.status == 75 && late.errorCode == "store_unreachable")
    #expect(world.network.requests.count == 1)
    store.fail(.notAllowed(reason: "permission denied"))
    #expect(world.run("refresh", "--json").errorCode == "store_denied")
  }

  @Test(
    "in CI neither --on-rotate nor --allow-rotate is needed, and a failing command is no lost token"
  )
  func inCI() {
    let store = MemoryStore()
    let world = first(store)
    world.environment["CI"] = "true"
    world.now += 7200
    world.network.script = [.granted("a2", "r2")]
    #expect(world.run("refresh").status == 0)
    world.now += 7200
    world.network.script = [.granted("a3", "r3")]
    world.hook.end = .exited(1)
    #expect(world.run("refresh", "--on-rotate", "notify").status == 1)
    #expect(world.hook.calls.count == 1)
    #expect(store.entries?["X_OAUTH2_ACCESS_TOKEN"] == "a3")
  }

  @Test("tokens in the environment are not the fleet's")
  func environmentTokens() {
    let store = MemoryStore()
    _ = first(store)
    let second = host(World(), store)
    second.environment["X_OAUTH2_ACCESS_TOKEN"] = "stale"
    second.environment["X_OAUTH2_REFRESH_TOKEN"] = "old"
    let run = second.run("token")
    #expect(run.output == "a1\n")
    #expect(run.errors.contains("the environment has other tokens than"))
    #expect(second.network.requests.isEmpty)
  }

  @Test("a file alone doesn't have this host's tokens put anywhere, before somebody has said so")
  func unconfirmed() {
    let store = MemoryStore()
    let world = host(World(grantFor: 60), store, inFile: true)
    world.folder.write("X_OAUTH2_STORE=\(Self.place)\n" + world.text, to: ".env")
    world.network.script = [.granted("a1", "r1")]
    let refused = world.run("refresh", "--json")
    #expect(refused.status == 4 && refused.errorCode == "store_unconfirmed")
    store.fail(.unknown(reason: "timed out"))
    #expect(world.run("refresh", "--json").errorCode == "store_unreachable")
    store.fail(nil)
    #expect(store.swaps == 0 && world.network.requests.isEmpty)
    #expect(world.run("refresh", "--store", Self.place).status == 0)
    #expect(world.access == "a1")
    world.now += 7200
    world.network.script = [.granted("a2", "r2")]
    #expect(world.run("refresh").status == 0)
    #expect(store.entries?["X_OAUTH2_ACCESS_TOKEN"] == "a2")
    // A copy of that file is in the fleet without a question.
    let second = host(World(), store, inFile: true)
    second.now = world.now
    second.folder.write(world.text, to: ".env")
    second.now += 7200
    second.network.script = [.granted("a3", "r3")]
    #expect(second.run("refresh").status == 0)
    #expect(second.access == "a3")
  }

  @Test("a login asks before its tokens go where only the file says, once")
  func loginAsks() {
    let store = MemoryStore()
    let world = host(World("X_OAUTH2_STORE=\(Self.place)\n"), store, inFile: true)
    func login(_ access: String, _ refresh: String) -> World.Outcome {
      world.paste = String(repeating: "a-code", count: 16)
      world.network.script = [
        .granted(access, refresh), .answer(200, #"{"data":{"username":"somebody"}}"#, [:]),
      ]
      return world.run("login", "--paste", "--no-browser", "--force")
    }
    world.answer = "n"
    #expect(login("a1", "r1").status == 3)
    #expect(world.questions.last?.contains("the tokens go to etcd:x-token") == true)
    #expect(store.swaps == 0 && world.network.requests.isEmpty)
    world.answer = "y"
    let run = login("a1", "r1")
    #expect(run.status == 0, "\(run.errors)")
    #expect(store.entries?["X_OAUTH2_ACCESS_TOKEN"] == "a1")
    let asked = world.questions.filter { $0.contains("etcd:x-token") }.count
    #expect(login("a2", "r2").status == 0)
    #expect(world.questions.filter { $0.contains("etcd:x-token") }.count == asked)
    #expect(store.entries?["X_OAUTH2_ACCESS_TOKEN"] == "a2")
    world.answer = nil
    let other = host(World("X_OAUTH2_STORE=\(Self.place)\n"), MemoryStore(), inFile: true)
    other.environment["CI"] = "false"
    #expect(other.run("login", "--paste", "--json").status != 0)
  }

  @Test("a host gives up its copy alone, and the grant ends for all")
  func leaving() {
    let store = MemoryStore()
    let world = first(store)
    #expect(world.run("revoke", "--local").status == 0)
    #expect(world.access == "" && store.entries?["X_OAUTH2_ACCESS_TOKEN"] == "a1")
    #expect(world.run("refresh").status == 0)
    #expect(world.access == "a1")
    world.network.script = [.revoked, .revoked]
    #expect(world.run("revoke").status == 0)
    #expect(world.access == "" && store.entries?["X_OAUTH2_ACCESS_TOKEN"] == "")
    #expect(world.run("refresh", "--json").status == 3)
  }

  @Test("without the setting a grant that is known as shared isn't renewed, but by --force")
  func withoutSetting() {
    let store = MemoryStore()
    let world = first(store)
    world.environment["X_OAUTH2_STORE"] = nil
    world.now += 7200
    let run = world.run("refresh", "--json")
    #expect(run.status == 4 && run.errorCode == "shared_elsewhere")
    world.network.script = [.granted("a2", "r2")]
    #expect(world.run("refresh", "--force").status == 0)
  }

  @Test("show and doctor ask the place where they may, and change nothing there")
  func asking() {
    let store = MemoryStore()
    let world = first(store)
    let second = host(World(), store)
    let reads = store.reads
    _ = second.run("doctor")
    #expect(second.run("show").output.contains("etcd:x-token (nothing copied yet)"))
    #expect(store.reads == reads)
    let account = ScriptedNetwork.Step.answer(200, #"{"data":{"username":"somebody"}}"#, [:])
    world.network.script = [account]
    #expect(
      world.run("show", "--check").output.contains("this machine has it"))
    let before = store.entries
    second.network.script = [.answer(401, "", [:])]
    let doctor = second.run("doctor", "--online").output
    #expect(doctor.contains("etcd keeps them unencrypted"))
    #expect(doctor.contains("the next refresh copies it"))
    #expect(doctor.contains("etcd:x-token can be written"))
    #expect(store.entries == before)
    // A grant of its own, which the place doesn't know.
    let third = host(World(grantFor: 60, access: "b0", refresh: "s0"), store)
    third.network.script = [.answer(401, "", [:])]
    #expect(third.run("doctor", "--online").output.contains("the tokens in the file are others"))
    #expect(third.run("refresh", "--json").errorCode == "store_other_tokens")
  }
}
