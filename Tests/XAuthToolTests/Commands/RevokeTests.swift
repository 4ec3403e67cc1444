import Testing

@testable import OAuth
@testable import Rotation
@testable import XAuthTool

@Suite("revoke: end the grant at X, then here")
struct RevokeTests {
  private static let invalid = ScriptedNetwork.Step.refused

  @Test("both tokens are revoked, the refresh token first, each with its hint, and blanked")
  func both() throws {
    let world = World(grantFor: 60)
    world.network.script = [.revoked, .revoked]
    let run = world.run("revoke")
    #expect(run.status == 0)
    #expect(world.network.sent("token") == ["r0", "a0"])
    #expect(world.network.sent("token_type_hint") == ["refresh_token", "access_token"])
    #expect(world.text.contains("X_OAUTH2_ACCESS_TOKEN=\n"))
    #expect(world.text.contains("X_OAUTH2_REFRESH_TOKEN=\n"))
    #expect(world.text.contains("X_OAUTH2_EXPIRES_AT=\n"))
    #expect(world.text.contains("CLIENT_ID=app\n"))
    #expect(try world.record?.newest.grant.isBlank == true)
  }

  @Test("afterwards no token is in the journal, in neither of its slots")
  func scrubbed() throws {
    let world = World(grantFor: 60, access: "access-0", refresh: "refresh-0")
    world.network.script = [.granted("access-1", "refresh-1"), .revoked, .revoked]
    world.run("refresh")
    world.run("revoke")
    let journal = try #require(world.folder.text(".env.xauth/journal"))
    for token in ["access-0", "refresh-0", "access-1", "refresh-1"] {
      #expect(!journal.contains(token))
    }
  }

  @Test("twice does nothing the second time")
  func twice() {
    let world = World(grantFor: 60)
    world.network.script = [.revoked, .revoked]
    #expect(world.run("revoke").status == 0)
    let run = world.run("revoke", "--json")
    #expect(run.status == 0)
    #expect(run.output.contains(#""outcome":"nothing""#))
    #expect(world.network.requests.count == 2)
  }

  @Test("a token that X no longer knows counts as revoked")
  func alreadyInvalid() {
    let world = World(grantFor: 60)
    world.network.script = [Self.invalid, Self.invalid]
    let run = world.run("revoke", "--json")
    #expect(run.status == 0)
    #expect(run.output.contains(#""outcome":"already_invalid""#))
    #expect(world.refresh == "")
  }

  @Test("tokens blanked by hand beside an expiry that stayed are revoked, and the expiry goes")
  func expiryLeft() {
    let world = World(grantFor: 60)
    world.network.script = [.granted("a1", "r1"), .revoked, .revoked]
    world.run("refresh")
    world.folder.write(
      "CLIENT_ID=app\nX_OAUTH2_ACCESS_TOKEN=\nX_OAUTH2_REFRESH_TOKEN=\nX_OAUTH2_EXPIRES_AT=1800000060\n",
      to: ".env")
    let run = world.run("revoke", "--json")
    #expect(run.status == 0)
    #expect(run.output.contains(#""outcome":"revoked""#))
    #expect(world.network.sent("token").suffix(2) == ["r1", "a1"])
    #expect(world.text.contains("X_OAUTH2_EXPIRES_AT=\n"))
  }

  @Test("after a renewal whose answer never came it says that a token may live on")
  func successorUnseen() {
    let world = World(grantFor: 60)
    world.network.script = [.lost, .revoked, .revoked]
    world.run("refresh")
    #expect(world.run("revoke").errors.contains("a token that nobody saw may still be valid"))
  }

  @Test("a refresh afterwards needs a login, and an editor's older copy is blanked again")
  func afterwards() {
    let world = World(grantFor: 60)
    let old = world.text
    world.network.script = [.revoked, .revoked]
    world.run("revoke")
    #expect(world.run("refresh").status == 3)
    world.folder.write(old, to: ".env")
    #expect(world.run("refresh").status == 3)
    #expect(world.refresh == "")
    #expect(world.network.requests.count == 2)
  }

  @Test("an answer that confirms nothing is exit 75; a refresh doesn't renew what was to end")
  func unconfirmed() {
    let world = World(grantFor: 60)
    world.network.script = [.answer(500, "", [:])]
    let run = world.run("revoke", "--json")
    #expect(run.status == 75)
    #expect(run.errorCode == "not_confirmed")
    #expect(world.refresh == "r0")
    let refresh = world.run("refresh", "--json")
    #expect(refresh.status == 3)
    #expect(refresh.errorCode == "revocation_begun")
    world.network.script = [.revoked, .revoked]
    #expect(world.run("revoke").status == 0)
    #expect(world.refresh == "")
  }

  @Test("refresh --force keeps the grant after all")
  func forced() {
    let world = World(grantFor: 60)
    world.network.script = [.lost, .granted("a1", "r1")]
    #expect(world.run("revoke").status == 75)
    #expect(world.run("refresh", "--force").status == 0)
    #expect(world.access == "a1")
  }

  @Test("what provably changed nothing leaves everything as it was")
  func takenBack() throws {
    for step in [
      ScriptedNetwork.Step.notReached, .clientRefused, .answer(429, "", [:]), .answer(503, "", [:]),
    ] {
      let world = World(grantFor: 60)
      world.network.script = [step, .granted("a1", "r1")]
      #expect([4, 75].contains(world.run("revoke").status))
      #expect(world.run("refresh").status == 0)
    }
    let refused = World(grantFor: 60)
    refused.network.script = [.refused, .notReached]
    #expect(refused.run("refresh").status == 3)
    #expect(refused.run("revoke").status == 75)
    #expect(try refused.record?.end == .refused)
  }

  @Test("half a revocation says which half, blanks it, and the next run does the rest")
  func half() {
    let world = World(grantFor: 600)
    world.network.script = [.revoked, .lost]
    let run = world.run("revoke")
    #expect(run.status == 75)
    #expect(run.errors.contains("only the refresh token is revoked"))
    #expect(world.refresh == "")
    #expect(world.access == "a0")
    #expect(world.run("token").output == "a0\n")
    world.network.script = [.revoked]
    #expect(world.run("revoke").status == 0)
    #expect(world.network.sent("token") == ["r0", "a0", "a0"])
    #expect(world.access == "")
  }

  @Test("--local sends nothing to X, and leaves no token behind")
  func local() throws {
    let world = World(grantFor: 600, access: "access-0", refresh: "refresh-0")
    #expect(world.run("revoke", "--local").status == 0)
    #expect(world.network.requests.isEmpty)
    #expect(world.access == "" && world.refresh == "")
    #expect(world.folder.text(".env.xauth/journal")?.contains("refresh-0") == false)
  }

  @Test("--local where there is no token has nothing to forget, and erases what the journal kept")
  func localNothing() throws {
    let world = World(grantFor: 60)
    world.network.script = [.granted("access-1", "refresh-1")]
    world.run("refresh")
    world.network.script = [.revoked, .revoked]
    world.run("revoke")
    for _ in 0..<2 {
      let run = world.run("revoke", "--local", "--json")
      #expect(run.status == 0)
      #expect(run.output.contains(#""outcome":"nothing""#))
    }
    #expect(world.network.requests.count == 3)
    #expect(world.folder.text(".env.xauth/journal")?.contains("refresh-1") == false)
  }

  @Test("--local beside a login that another tool makes meanwhile: that one stays")
  func localMeanwhile() {
    let world = World(grantFor: 600)
    world.meanwhile = { [unowned world] step in
      if step == .intentWritten { world.write(access: "b0", refresh: "s0", expiresIn: 7200) }
    }
    let run = world.run("revoke", "--local")
    #expect(run.status == 0)
    #expect(run.errors.contains("forgot the tokens that were in"))
    #expect(run.errors.contains("it has others by now, which stay"))
    #expect(world.refresh == "s0")
    #expect(world.network.requests.isEmpty)
  }

  @Test("without a file there is nothing to revoke, and no hint to log in")
  func noFile() {
    let world = World()
    let path = world.folder.file("none")
    for arguments in [["revoke"], ["revoke", "--local"]] {
      let run = world.run(arguments + ["--env-file", path])
      #expect(run.status == 4)
      #expect(run.errors.contains(path) && run.errors.contains("nothing to revoke"))
      #expect(!run.errors.contains("login"))
    }
  }

  @Test("a token in the environment that was used before needs a login: exit 3")
  func spentInEnvironment() {
    let world = World(grantFor: 60)
    world.network.script = [.granted("a1", "r1")]
    world.run("refresh")
    world.folder.write("CLIENT_ID=app\n", to: ".env")
    world.environment = ["X_OAUTH2_REFRESH_TOKEN": "r0"]
    let run = world.run("revoke", "--json")
    #expect(run.status == 3)
    #expect(run.errorCode == "spent_in_environment")
    #expect(world.network.requests.count == 1)
  }

  @Test("the newest token is revoked, though it is only in the journal yet")
  func newestInJournal() throws {
    let world = World(grantFor: 60)
    try world.journal(
      .of(.answer, .of("a0", "r0"), .of("a1", "r1"), spent: [.of("a0", "r0")]))
    world.network.script = [.revoked, .revoked]
    #expect(world.run("revoke").status == 0)
    #expect(world.network.sent("token") == ["r1", "a1"])
    #expect(world.refresh == "")
  }

  @Test("so is one that was cleared in the file by hand")
  func blankedByHand() throws {
    let world = World(grantFor: 60)
    world.network.script = [.granted("access-1", "refresh-1"), .revoked, .revoked]
    world.run("refresh")
    world.folder.write("CLIENT_ID=app\nX_OAUTH2_REFRESH_TOKEN=\n", to: ".env")
    #expect(world.run("revoke").status == 0)
    #expect(world.network.sent("token") == ["-", "refresh-1", "access-1"])
    #expect(world.folder.text(".env.xauth/journal")?.contains("refresh-1") == false)
    #expect(world.run("revoke").status == 0)
    #expect(world.network.requests.count == 3)
  }

  @Test(
    "another account's tokens, which the file held before, stay, and so they do when it is run twice",
    arguments: [[], ["--local"]])
  func otherAccount(option: [String]) throws {
    let world = World(grantFor: 7000)
    var record = RotationRecord(fileHolds: .of("a0", "r0"))
    record.newest.account = Account("alice")
    record.adopt(
      KnownGrant(.of("b0", "s0"), account: Account("bob")), over: .of("a0", "r0"))
    (record.stage, record.other) = (.saved, nil)
    record.oweHook()
    try world.journal(record)
    if option.isEmpty { world.network.script = [.revoked, .revoked] }
    let run = world.run(["revoke"] + option)
    #expect(run.status == 0 && run.errors.contains("@bob's tokens, which"))
    #expect(world.run(["revoke"] + option).errors.contains("there is no token"))
    #expect(world.network.sent("token") == (option.isEmpty ? ["r0", "a0"] : []))
    #expect(world.refresh == "")
    #expect(world.folder.text(".env.xauth/journal")?.contains("r0") == false)
    world.write(access: "b0", refresh: "s0", expiresIn: 60)
    world.network.script = [.granted("b1", "s1")]
    #expect(world.run("refresh").status == 0)
    #expect(try world.record?.newest.account == Account("bob"))
  }

  @Test("another tool's login meanwhile stays")
  func loginMeanwhile() {
    let world = World(grantFor: 60)
    world.network.script = [.revoked, .revoked]
    world.network.meanwhile = { [unowned world] in
      world.write(access: "b0", refresh: "s0", expiresIn: 7200)
    }
    let run = world.run("revoke")
    #expect(run.status == 0)
    #expect(run.errors.contains("it has others by now, which stay"))
    #expect(world.refresh == "s0")
    #expect(world.run("token").output == "b0\n")
  }

  @Test("tokens that can't be blanked are said to be revoked, and the next run blanks them")
  func notBlanked() {
    let world = World(grantFor: 60)
    let old = world.text
    world.network.script = [.revoked, .revoked]
    world.network.meanwhile = { [unowned world] in
      if world.network.requests.count == 2 { Folders.put(at: world.path) }
    }
    let run = world.run("revoke", "--json")
    #expect(run.status == 4)
    #expect(run.errorCode == "not_blanked")
    Folders.remove(world.path)
    world.folder.write(old, to: ".env")
    #expect(world.run("refresh").status == 3)
    #expect(world.refresh == "")
  }

  @Test("an older copy that an editor puts back between the two requests is blanked too")
  func olderCopyMeanwhile() {
    let world = World(grantFor: 60)
    let old = world.text
    world.network.script = [.granted("a1", "r1"), .revoked, .revoked]
    world.run("refresh")
    world.network.meanwhile = { [unowned world] in world.folder.write(old, to: ".env") }
    #expect(world.run("revoke").status == 0)
    #expect(world.refresh == "" && world.access == "")
  }
}
