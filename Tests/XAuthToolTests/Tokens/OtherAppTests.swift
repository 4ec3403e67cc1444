import Testing

@testable import OAuth
@testable import Rotation
@testable import XAuthTool

/// X keeps one grant per app and account: those of two apps live side by side.
@Suite("Files of one account and two apps that are switched by hand")
struct OtherAppTests {
  private func write(_ app: String, _ access: String, _ refresh: String, to world: World) {
    world.folder.write(
      """
      CLIENT_ID=\(app)
      X_OAUTH2_ACCESS_TOKEN=\(access)
      X_OAUTH2_REFRESH_TOKEN=\(refresh)
      X_OAUTH2_EXPIRES_AT=\(world.now + 60)

      """, to: ".env")
  }

  @Test("each app's tokens are renewed by that app, whichever was renewed last")
  func inTurn() {
    let world = World(grantFor: 60)
    world.network.script = [
      .granted("a1", "r1"), .granted("b1", "s1"), .granted("a2", "r2"), .granted("b2", "s2"),
    ]
    #expect(world.run("refresh").status == 0)
    for (app, access, refresh) in [
      ("another", "b0", "s0"), ("app", "a1", "r1"), ("another", "b1", "s1"),
    ] {
      write(app, access, refresh, to: world)
      #expect(world.run("refresh").status == 0)
    }
    #expect(world.network.sent("refresh_token") == ["r0", "s0", "r1", "s1"])
    #expect(world.network.sent("client_id") == ["app", "another", "app", "another"])
  }

  @Test("a used token isn't replaced by the other app's tokens, and needs a login: exit 3")
  func used() {
    let world = World(grantFor: 60)
    world.network.script = [.granted("a1", "r1"), .granted("b1", "s1")]
    #expect(world.run("refresh").status == 0)
    write("another", "b0", "s0", to: world)
    #expect(world.run("refresh").status == 0)
    write("app", "a0", "r0", to: world)
    let before = world.text
    for command in ["refresh", "show"] { #expect(world.run(command).status == 3) }
    #expect(world.text == before && world.network.requests.count == 2)
  }

  @Test("a revocation is of the file's app alone, also where its tokens were pasted")
  func revoked() {
    let world = World(grantFor: 60)
    world.network.script = [.granted("a1", "r1"), .revoked, .revoked, .granted("a2", "r2")]
    #expect(world.run("refresh").status == 0)
    let before = world.text
    write("another", "b0", "s0", to: world)
    #expect(world.run("revoke").status == 0)
    #expect(world.network.sent("token") == ["-", "s0", "b0"])
    world.folder.write(before, to: ".env")
    #expect(world.run("refresh", "--force").status == 0)
    #expect(world.network.sent("refresh_token") == ["r0", "-", "-", "r1"] && world.access == "a2")
  }

  @Test("a login by one app ends no other's, and waits while the other's file is there")
  func login() throws {
    let world = World(grantFor: 7000)
    var record = RotationRecord(fileHolds: .of("a0", "r0"))
    (record.newest.account, record.newest.app) = (Account("alice"), "app")
    var login = KnownGrant(.of("b0", "s0"), account: Account("alice"))
    login.app = "another"
    var adopted = record
    adopted.adopt(login, over: .of("a0", "r0"))
    #expect(!adopted.hasUsed(.of("a0", "r0")) && adopted.held(.of("a0", "r0")).app == "app")
    record.undecided = [login.waiting(over: .of("a0", "r0"), keptBy: "", .anyone)]
    try world.journal(record)
    #expect(world.run("refresh").status == 0)
    #expect(world.access == "a0" && world.network.requests.isEmpty)
  }
}
