import Foundation
import TestSupport
import Testing

@testable import OAuth
@testable import Rotation
@testable import XAuthTool

@Suite("A host that follows another one")
struct FollowTests {
  /// A follower of a host that has the access token `access` for `seconds` more.
  private func follower(
    of access: String = "a1", for seconds: Int = 7200, also: String = "",
    world: World = World.withoutFile()
  ) -> World {
    world.environment["X_OAUTH2_STORE"] = "follow:get-token"
    lead(world, access, for: seconds, also: also)
    return world
  }

  private func lead(_ world: World, _ access: String, for seconds: Int, also: String = "") {
    say(
      world,
      "X_OAUTH2_ACCESS_TOKEN=\(access)\nX_OAUTH2_EXPIRES_AT=\(world.now + seconds)\n"
        + "X_OAUTH2_GRANTED_SCOPES=users.read\n\(also)")
  }

  private func say(_ world: World, _ text: String, end: ProgramOutcome.End = .exited(0)) {
    world.hook.follow = {
      guard $0 == "get-token" else { return nil }
      return ProgramOutcome(
        end: end, output: [UInt8](text.utf8), errors: [UInt8]("no route\n".utf8))
    }
  }

  @Test("copies that one's access token into a file that it makes, and needs no client")
  func copies() throws {
    let world = follower()
    let run = world.run("refresh")
    #expect(run.status == 0)
    #expect(run.errors.contains("copied what another machine has renewed: valid until"))
    #expect(
      world.text == """
        X_OAUTH2_ACCESS_TOKEN=a1
        X_OAUTH2_EXPIRES_AT=1800007200
        X_OAUTH2_GRANTED_SCOPES=users.read

        """)
    #expect(world.hook.follows.map(\.arguments) == [["/bin/sh", "-c", "get-token"]])
    #expect(world.hook.follows.map(\.timeout) == [30])
    #expect(world.network.requests.isEmpty)
    #expect(world.run("refresh", "--json").output.contains(#""outcome":"not_due""#))
    #expect(world.run("token").output == "a1\n")
    #expect(world.run("exec", "true").status == 127)
    #expect(world.hook.follows.count == 1)
  }

  @Test(
    "asks it again once the copy isn't valid for long enough",
    arguments: [
      ["refresh"], ["token"], ["export"], ["header", "https://api.x.com/2/users/me"],
      ["export", "--min-validity", "2m"],
    ])
  func asksAgain(arguments: [String]) {
    let world = follower()
    world.run("refresh")
    world.now += 7200
    lead(world, "a2", for: 5000)
    let run = world.run(arguments)
    #expect(run.status == 0, "\(run.errors)")
    #expect(world.access == "a2")
    #expect(world.hook.follows.count == 2)
    #expect(world.network.requests.isEmpty)
  }

  @Test("clears what the copy doesn't have, and puts the newest back over an older one")
  func wholeGrants() {
    let world = follower(world: World(client: "# mine\n"))
    world.run("refresh")
    let older = world.text
    world.now += 7200
    say(world, "X_OAUTH2_ACCESS_TOKEN=a2\nX_OAUTH2_EXPIRES_AT=\(world.now + 7000)\n")
    world.run("refresh")
    let newest =
      "# mine\nX_OAUTH2_ACCESS_TOKEN=a2\nX_OAUTH2_EXPIRES_AT=1800014200\nX_OAUTH2_GRANTED_SCOPES=\n"
    #expect(world.text == newest)
    world.folder.write(older, to: ".env")
    #expect(world.run("token").output == "a2\n")
    #expect(world.access == "a2")
  }

  @Test("gives the command nothing that renews, nor the setting that would have it follow itself")
  func environment() {
    let world = follower()
    world.environment["CLIENT_SECRET"] = "s"
    world.environment["X_OAUTH2_ACCESS_TOKEN"] = "old"
    world.environment["X_OAUTH2_EXPIRES_AT"] = "1800000001"
    world.environment["HOME"] = "/home/me"
    #expect(world.run("refresh").status == 0)
    #expect(world.hook.follows.first?.environment == ["HOME": "/home/me"])
    #expect(world.access == "a1")
  }

  @Test("never saves a refresh token that the command prints, and says how to print less")
  func printsTooMuch() throws {
    let world = follower(also: "X_OAUTH2_REFRESH_TOKEN=r1\n")
    let run = world.run("refresh")
    #expect(run.status == 0)
    #expect(run.errors.contains("prints a refresh token too; it is not saved here"))
    #expect(world.access == "a1" && world.refresh == nil)
    #expect(try world.record?.newest.grant.refreshToken == nil)
  }

  @Test(
    "that holds a refresh token of its own does nothing, and says how to clear it",
    arguments: [["refresh"], ["token"], ["export"], ["show"], ["exec", "true"]])
  func ownGrant(arguments: [String]) {
    let world = follower(world: World(grantFor: 7200))
    world.installed = ["/bin/true"]
    world.environment["PATH"] = "/bin"
    let before = world.text
    let run = world.run(["--json"] + arguments)
    #expect(run.status == 4)
    #expect((run.output + run.errors).contains("follower_has_grant"))
    #expect(world.text == before)
    #expect(world.hook.follows.isEmpty && world.network.requests.isEmpty)
    #expect(world.run("revoke", "--local").status == 0)
    #expect(world.run("refresh").status == 0)
    #expect(world.access == "a1" && world.refresh == "")
  }

  @Test("is told of a refresh token in the environment, and of one that the journal alone has")
  func ownGrantElsewhere() throws {
    let inEnvironment = follower()
    inEnvironment.environment["X_OAUTH2_REFRESH_TOKEN"] = "r0"
    #expect(inEnvironment.run("refresh", "--json").errorCode == "follower_has_grant")
    let inJournal = World(grantFor: 60)
    inJournal.network.script = [.granted("a1", "r1")]
    inJournal.run("refresh")
    inJournal.folder.write("", to: ".env")
    _ = follower(world: inJournal)
    #expect(inJournal.run("refresh", "--json").errorCode == "follower_has_grant")
    #expect(inJournal.hook.follows.isEmpty)
  }

  @Test("neither logs in nor revokes")
  func refusals() {
    let world = follower()
    world.run("refresh")
    #expect(world.run("login", "--json").errorCode == "follower_login")
    #expect(world.run("revoke", "--json").errorCode == "follower_revocation")
    #expect(world.access == "a1")
    #expect(world.run("revoke", "--local").status == 0)
    #expect(world.access == "")
    #expect(world.network.requests.isEmpty)
  }

  @Test("uses its copy while that is valid, when the command fails")
  func commandFails() {
    let world = follower(for: 3000)
    world.run("refresh", "--min-validity", "10m")
    say(world, "", end: .exited(255))
    let postponed = world.run("refresh", "--json")
    #expect(postponed.status == 0 && postponed.output.contains(#""code":"follow_failed""#))
    let token = world.run("token", "--min-validity", "1h")
    #expect(token.status == 0 && token.output == "a1\n")
    #expect(token.errors.contains("ended with status 255: \"no route\""))
    #expect(token.errors.contains("works until"))
    world.now += 2000
    let refresh = world.run("refresh", "--json")
    #expect(refresh.status == 75 && refresh.errorCode == "follow_failed")
    world.now += 2000
    #expect(world.run("token").status == 75)
    #expect(world.access == "a1")
    say(world, "", end: .exited(127))
    #expect(world.run("token").status == 4)
  }

  @Test("takes a token for less than is needed, says so, and ends with 75")
  func tooShort() {
    let world = follower(of: "a1", for: 600)
    let run = world.run("refresh")
    #expect(run.status == 75)
    #expect(
      run.errors.contains(
        "the host that is followed has an access token for 10 min more, and 1 h 15 min are needed"))
    #expect(world.access == "a1")
    let token = world.run("token", "--min-validity", "1h")
    #expect(token.status == 0 && token.output == "a1\n" && token.errors.contains("for 10 min more"))
    #expect(world.hook.follows.count == 2)
    // It hasn't changed over there, so there is nothing to save and to tell.
    #expect(world.run("refresh", "--json").errorCode == "follow_too_short")
  }

  @Test(
    "saves nothing of what can't be a token and its expiry",
    arguments: [
      ("", "follow_incomplete"), ("X_OAUTH2_ACCESS_TOKEN=a1\n", "follow_incomplete"),
      ("X_OAUTH2_EXPIRES_AT=1800007200\n", "follow_incomplete"),
      ("X_OAUTH2_ACCESS_TOKEN=a1\nX_OAUTH2_EXPIRES_AT=soon\n", "follow_incomplete"),
      ("X_OAUTH2_ACCESS_TOKEN=a1\nX_OAUTH2_EXPIRES_AT=1800000000\n", "follow_expired"),
      ("X_OAUTH2_ACCESS_TOKEN=a1\nX_OAUTH2_EXPIRES_AT=1800072000\n", "follow_clock"),
      ("X_OAUTH2_ACCESS_TOKEN=\"a\\nb\"\nX_OAUTH2_EXPIRES_AT=1800007200\n", "follow_unusable"),
      ("X_OAUTH2_ACCESS_TOKEN=Bearer a\nX_OAUTH2_EXPIRES_AT=1800007200\n", "follow_unusable"),
      (
        "X_OAUTH2_ACCESS_TOKEN=\(String(repeating: "a", count: 16385))\n"
          + "X_OAUTH2_EXPIRES_AT=1800007200\n", "follow_unusable"
      ),
      (String(repeating: "#\n", count: 32769), "follow_too_much"),
    ])
  func garbage(text: String, code: String) {
    let world = follower(world: World(client: "# mine\n"))
    say(world, text)
    #expect(world.run("refresh", "--json").errorCode == code)
    #expect(world.text == "# mine\n")
  }

  @Test("runs the --on-rotate command once for each new token, in CI as elsewhere")
  func hook() {
    let world = follower()
    world.environment["CI"] = "true"
    world.hook.end = .exited(1)
    #expect(world.run("refresh", "--on-rotate", "restart").status == 1)
    world.hook.end = .exited(0)
    #expect(world.run("refresh", "--on-rotate", "restart").status == 0)
    #expect(world.run("refresh", "--on-rotate", "restart").status == 0)
    #expect(world.hook.calls.count == 2 && world.hook.follows.count == 1)
    world.now += 7000
    lead(world, "a2", for: 7200)
    #expect(world.run("token").status == 0)
    #expect(world.run("refresh", "--on-rotate", "restart").status == 0)
    #expect(world.hook.calls.count == 3)
    #expect(world.hook.calls.last?.input.contains("X_OAUTH2_ACCESS_TOKEN=a2\n") == true)
    #expect(world.access == "a2")
  }

  @Test("shows what it is, without what may be secret, and a monitor is content with it")
  func show() {
    let world = follower()
    world.environment["X_OAUTH2_STORE"] = "follow:get-token --key hidden"
    world.hook.follow = { [follow = world.hook.follow] _ in follow("get-token") }
    let empty = world.run("show")
    #expect(empty.status == 0)
    #expect(empty.output.contains("token     there is no token: `xauth refresh` gets one\n"))
    world.run("refresh")
    let show = world.run("show", "--verbose")
    #expect(show.status == 0)
    #expect(show.output.contains("store     follow:get-token … (this host follows another one)\n"))
    #expect(!show.output.contains("hidden") && !show.output.contains("log in"))
    #expect(world.run("show", "--min-validity", "30m").status == 0)
    world.now += 7200
    #expect(world.run("show", "--min-validity", "30m").status == 75)
    #expect(world.run("show", "--json").output.contains(#""renewal":"followed""#))
  }

  @Test("doctor tries the command when it may go online, and saves nothing")
  func doctor() {
    let world = follower()
    let offline = world.run("doctor")
    #expect(offline.output.contains("this host follows another one: follow:get-token …\n"))
    #expect(!offline.output.contains("CLIENT_ID"))
    #expect(world.hook.follows.isEmpty)
    world.network.script = [.answer(401, "", [:]), .answer(401, "", [:])]
    #expect(
      world.run("doctor", "--online").output.contains(
        "the host that is followed has an access token until"))
    say(world, "", end: .exited(255))
    #expect(world.run("doctor", "--online").output.contains("ended with status 255: \"no route\""))
    #expect(world.access == nil)
  }
}

@Suite("The places that X_OAUTH2_STORE names")
struct StorePlaceTests {
  private func place(_ text: String) throws(Failure) -> StorePlace {
    try StorePlace(Setting(name: .store, text: text, source: .environment))
  }

  @Test("have an engine and a name")
  func places() throws {
    #expect(try place("kubernetes:xmcp/x-token") == .kubernetes("xmcp/x-token"))
    #expect(try place("vault:secret/x-token") == .vault("secret/x-token"))
    #expect(try place("vault:kv/a/b.c") == .vault("kv/a/b.c"))
    #expect(try place("etcd:x-token") == .etcd("x-token"))
    #expect(try place("etcd:x/y_1") == .etcd("x/y_1"))
    #expect(try place("exec:a | b/../c") == .exec("a | b/../c"))
    #expect(try place("follow:ssh x y") == .follow("ssh x y"))
  }

  @Test(
    "have names that mean the same to every engine, and lead nowhere else",
    arguments: [
      "etcd:a/../b", "etcd:.", "vault:secret/..", "vault:secret/a%2Fb", "etcd:/a", "etcd:a//b",
      "etcd:ä", "etcd:a b", "kubernetes:a/b?c", "vault:/x", "etcd:a\n",
    ])
  func names(text: String) {
    #expect(report { _ = try place(text) }?.code == "store_name_unusable")
  }

  @Test(
    "are of a known kind",
    arguments: [
      "x-token", "", "redis:x", "kubernetes:x", "kubernetes:a/b/c", "vault:x", "follow:", "exec: ",
      "Etcd:x",
    ])
  func kinds(text: String) {
    #expect(report { _ = try place(text) }?.code == "not_a_store")
  }

  @Test(
    "are commands only where no file says so",
    arguments: ["refresh", "token", "show", "export", "login", "revoke"])
  func commandsInFile(command: String) {
    for kind in ["follow", "exec"] {
      let world = World("X_OAUTH2_STORE=\(kind):get-token\nX_OAUTH2_ACCESS_TOKEN=a\n")
      let run = world.run(command, "--json")
      #expect(run.status == 4 && run.errorCode == "store_command_in_file")
      #expect(world.hook.follows.isEmpty && world.hook.calls.isEmpty)
    }
  }

  @Test("are wrong on the command line with 2, and elsewhere with 4")
  func exits() {
    let world = World(grantFor: 7200)
    #expect(world.run("token", "--store", "nowhere").status == 2)
    world.environment["X_OAUTH2_STORE"] = "nowhere"
    #expect(world.run("token").status == 4)
    #expect(world.run("doctor").output.contains("is no place to share tokens through"))
  }
}
