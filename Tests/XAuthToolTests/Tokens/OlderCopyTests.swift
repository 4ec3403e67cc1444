import Testing

@testable import OAuth
@testable import Rotation
@testable import XAuthTool

/// The journal's newest grant is a1 with r1, and the list of used tokens has dropped what expired up to
/// 1,790,000,000.
@Suite("refresh: a token in the file that the journal never saw")
struct OlderCopyTests {
  private func world(file access: String, _ refresh: String, expiresIn seconds: Int) throws -> World
  {
    let world = World(grantFor: seconds, access: access, refresh: refresh)
    var record = RotationRecord(fileHolds: .of("a1", "r1", expiresAt: world.now - 60))
    record.usedTokens = UsedTokens([], reach: 1_790_000_000)
    try world.journal(record)
    return world
  }

  private func olderCopy() throws -> World {
    try world(file: "a0", "r0", expiresIn: -10_000_001)
  }

  private func pasted() throws -> World { try world(file: "ax", "rx", expiresIn: -60) }

  @Test("an older copy isn't sent: ours is, and saved over it once it is accepted")
  func oursFirst() throws {
    let world = try olderCopy()
    world.network.script = [.granted("a2", "r2")]
    let run = world.run("refresh")
    #expect(run.status == 0)
    #expect(run.errors.contains("holds an older token; the newest is tried first"))
    #expect(world.network.sent("refresh_token") == ["r1"])
    #expect(world.access == "a2" && world.refresh == "r2")
  }

  @Test("until ours has been accepted, the file stays as it is")
  func notWrittenBefore() throws {
    for step in [ScriptedNetwork.Step.lost, .answer(502, "", [:]), .notReached] {
      let world = try olderCopy()
      let before = world.text
      world.network.script = [step, step]
      #expect(world.run("refresh").status == 75)
      #expect(world.text == before)
      #expect(world.network.sent("refresh_token").allSatisfy { $0 == "r1" })
    }
  }

  @Test("the outcome of ours unknown, it is presented again after the wait, and the copy never")
  func oursAgain() throws {
    let world = try olderCopy()
    world.network.script = [.lost, .granted("a2", "r2")]
    #expect(world.run("refresh").status == 75)
    #expect(world.run("refresh").status == 75)
    world.now += 301
    #expect(world.run("refresh").status == 0)
    #expect(world.network.sent("refresh_token") == ["r1", "r1"])
    #expect(world.refresh == "r2")
  }

  @Test("ours refused, the file's token is sent after all: a login whose expiry misled must win")
  func fileAfterAll() throws {
    let world = try olderCopy()
    world.network.script = [.refused, .granted("b1", "s1")]
    let run = world.run("refresh")
    #expect(run.status == 0)
    #expect(run.errors.contains("trying the one in"))
    #expect(world.network.sent("refresh_token") == ["r1", "r0"])
    #expect(world.refresh == "s1")
  }

  @Test("--force presents the file's token, and keeps ours")
  func forced() throws {
    let world = try olderCopy()
    world.network.script = [.lost]
    #expect(world.run("refresh", "--force").status == 75)
    #expect(world.network.sent("refresh_token") == ["r0"])
    #expect(try world.record?.newest.grant.refreshToken == Secret("r1"))
  }

  @Test("a mistyped CLIENT_ID and a pasted token don't cost the grant that is alive")
  func mistypedClient() throws {
    let world = World(grantFor: 60)
    let right = world.text
    world.folder.write(right.replacing("CLIENT_ID=app", with: "CLIENT_ID=typo"), to: ".env")
    world.network.script = [.refused, .refused]
    #expect(world.run("refresh", "--force").status == 3)
    world.folder.write(
      right.replacing("CLIENT_ID=app", with: "CLIENT_ID=typo").replacing("=r0", with: "=junk"),
      to: ".env")
    #expect(world.run("refresh", "--force").status == 3)
    world.folder.write(right, to: ".env")
    world.network.script = [.granted("a1", "r1")]
    #expect(world.run("refresh").status == 0)
    #expect(world.network.sent("refresh_token") == ["r0", "junk", "r0"])
    #expect(world.refresh == "r1")
  }

  @Test("somebody's token is sent first; refused at once, ours is, and saved once it is accepted")
  func pastedJunk() throws {
    let world = try pasted()
    world.network.script = [.refused, .granted("a2", "r2")]
    let run = world.run("refresh")
    #expect(run.status == 0)
    #expect(run.errors.contains("trying the newest that came for it"))
    #expect(world.network.sent("refresh_token") == ["rx", "r1"])
    #expect(world.refresh == "r2")
  }

  @Test("both refused, the file stays, and neither is sent again")
  func bothRefused() throws {
    let world = try pasted()
    let before = world.text
    world.network.script = [.refused, .refused]
    #expect(world.run("refresh").status == 3)
    for _ in 0..<2 { #expect(world.run("refresh", "--force").status == 3) }
    #expect(world.text == before)
    #expect(world.network.sent("refresh_token") == ["rx", "r1"])
  }

  @Test("refused after an unknown outcome, it may have been another account's: ours is left alone")
  func refusedAfterUnknown() throws {
    let world = try pasted()
    let before = world.text
    world.network.script = [.lost, .refused]
    #expect(world.run("refresh").status == 75)
    world.now += 301
    #expect(world.run("refresh").status == 3)
    #expect(world.network.sent("refresh_token") == ["rx", "rx"])
    #expect(world.text == before)
    #expect(try world.record?.newest.grant.refreshToken == Secret("r1"))
  }

  @Test("what another client was refused isn't taken for an unknown outcome")
  func refusedToAnother() throws {
    let world = try pasted()
    let text = world.text
    world.folder.write(text.replacing("CLIENT_ID=app", with: "CLIENT_ID=typo"), to: ".env")
    world.network.script = [.refused, .refused]
    #expect(world.run("refresh").status == 3)
    world.folder.write(text, to: ".env")
    world.network.script = [.refused, .granted("a2", "r2")]
    #expect(world.run("refresh").status == 0)
    #expect(world.network.sent("refresh_token") == ["rx", "r1", "rx", "r1"])
    #expect(world.refresh == "r2")
  }

  @Test(
    "an attempt that never left is taken back alone: an old copy put back doesn't cover a living login"
  )
  func putBackOverLogin() throws {
    let world = World(grantFor: 60)
    let old = world.text
    world.network.script = [.granted("a1", "r1", lifetime: 60), .notReached, .notReached]
    #expect(world.run("refresh").status == 0)
    world.write(access: "b0", refresh: "s0", expiresIn: 60)
    #expect(world.run("refresh").status == 75)
    world.folder.write(old, to: ".env")
    world.network.script = [.granted("b1", "s1")]
    #expect(world.run("refresh").status == 0)
    #expect(world.network.sent("refresh_token").last == "s0")
    #expect(world.refresh == "s1")
  }

  @Test("revoke ends both, ours and the file's, before it says done")
  func revokeBoth() throws {
    let world = try pasted()
    world.network.script = [.lost, .revoked, .revoked, .revoked, .revoked]
    #expect(world.run("refresh").status == 75)
    #expect(world.run("revoke").status == 0)
    #expect(world.network.sent("token").filter { $0 != "-" } == ["r1", "a1", "rx", "ax"])
    #expect(world.refresh == "")
  }

  @Test("the first of three thousand copies is known, put back, and not sent")
  func listed() throws {
    let world = World(grantFor: 60)
    var record = RotationRecord(fileHolds: .of("a1", "r1", expiresAt: world.now + 7200))
    record.usedTokens.add(KnownGrant(.of("a0", "r0")))
    for number in 2...3000 { record.usedTokens.add(KnownGrant(.of(nil, "r\(number)"))) }
    try world.journal(record)
    #expect(world.run("refresh").status == 0)
    #expect(world.refresh == "r1")
    #expect(world.network.requests.isEmpty)
  }

  @Test("a used token of another account is left in the file, and nothing is sent: exit 3")
  func otherAccount() throws {
    let world = World(grantFor: 60, access: "b0", refresh: "s0")
    var record = RotationRecord(fileHolds: .of("a1", "r1", expiresAt: world.now))
    record.newest.account = Account("alice")
    record.usedTokens.add(KnownGrant(.of("b0", "s0"), account: Account("bob")))
    try world.journal(record)
    let before = world.text
    let run = world.run("refresh", "--json")
    #expect(run.status == 3 && run.errorCode == "older_account")
    #expect(world.run("show").output.contains("an old token of @bob"))
    #expect(world.network.requests.isEmpty && world.text == before)
  }
}
