import Foundation
import TestSupport
import Testing

@testable import DurableFile
@testable import OAuth
@testable import Rotation
@testable import XAuthTool

@Suite("refresh: what an earlier run, an editor or another tool left behind")
struct LeftBehindTests {
  private let old = Grant.of("a0", "r0", expiresAt: 1_800_000_060)

  private func new(for seconds: Int) -> Grant {
    .of("a1", "r1", expiresAt: 1_800_000_000 + seconds)
  }

  @Test("an answer in the journal is saved before anything else, and serves")
  func rolledForward() throws {
    let world = World(grantFor: 60)
    try world.journal(.of(.answer, old, new(for: 7200), spent: [old]))
    #expect(world.run("refresh").status == 0)
    #expect(world.access == "a1")
    #expect(world.network.requests.isEmpty)
    #expect(try world.record?.end == .done)
  }

  @Test("what is saved so and has ended since is renewed in the same run")
  func rolledForwardAndRenewed() throws {
    let world = World(grantFor: 60)
    try world.journal(.of(.answer, old, new(for: -10), spent: [old]))
    world.network.script = [.granted("a2", "r2")]
    #expect(world.run("refresh").status == 0)
    #expect(world.network.sent("refresh_token") == ["r1"])
    #expect(world.access == "a2")
  }

  @Test("an older copy that an editor saved is undone, and said")
  func putBack() {
    let world = World(grantFor: 60)
    let old = world.text
    world.network.script = [.granted("a1", "r1")]
    world.run("refresh")
    world.folder.write(old + "MINE=1\n", to: ".env")
    let run = world.run("refresh")
    #expect(run.status == 0)
    #expect(run.errors.contains("older tokens were put back"))
    #expect(world.refresh == "r1")
    #expect(world.text.contains("MINE=1\n"))
    #expect(world.network.requests.count == 1)
  }

  @Test("an older copy is never printed, though its access token hasn't ended by the clock")
  func tokenAfterPutBack() {
    let world = World(grantFor: 1000)
    let old = world.text
    world.network.script = [.granted("a1", "r1")]
    world.run("refresh")
    world.folder.write(old, to: ".env")
    #expect(world.run("token").output == "a1\n")
    #expect(world.refresh == "r1")
  }

  @Test("an older copy whose successor has ended too is renewed in the same run")
  func putBackAndRenewed() {
    let world = World(grantFor: 60)
    let old = world.text
    world.network.script = [.granted("a1", "r1"), .granted("a2", "r2")]
    world.run("refresh")
    world.folder.write(old, to: ".env")
    world.now += 8000
    #expect(world.run("token").output == "a2\n")
    #expect(world.network.sent("refresh_token") == ["r0", "r1"])
  }

  @Test("a grant that came for a token which is no longer in the file is kept, and said once")
  func leftAside() throws {
    let world = World(grantFor: 7000, access: "b0", refresh: "s0")
    try world.journal(.of(.answer, old, new(for: 7200), spent: [old]))
    let before = world.text
    #expect(world.run("refresh").status == 0)
    #expect(world.text == before)
    world.network.script = [.lost]
    let run = world.run("refresh", "--force")
    #expect(run.errors.contains("the file stays as it is"))
    #expect(try world.record?.newest.grant.hasSameTokens(as: new(for: 7200)) == true)
    world.now += 301
    #expect(!world.run("refresh", "--force").errors.contains("the file stays as it is"))
  }

  @Test("an edit of other lines during the request stays")
  func editedMeanwhile() {
    let world = World(grantFor: 60)
    world.network.script = [.granted("a1", "r1")]
    world.network.meanwhile = { [unowned world] in
      world.write(access: "a0", refresh: "r0", expiresIn: 60, also: "MINE=1\n# note\n")
    }
    #expect(world.run("refresh").status == 0)
    #expect(world.access == "a1")
    #expect(world.text.contains("MINE=1\n# note\n"))
  }

  @Test("a login by another tool during the request is not overwritten")
  func loginMeanwhile() throws {
    let world = World(grantFor: 60)
    world.network.script = [.granted("a1", "r1")]
    world.network.meanwhile = { [unowned world] in
      world.write(access: "b0", refresh: "s0", expiresIn: 7200)
    }
    let run = world.run("refresh")
    #expect(run.status == 0)
    #expect(run.errors.contains("the file stays as it is"))
    #expect(world.access == "b0")
    #expect(try world.record?.newest.grant.hasSameTokens(as: .of("a1", "r1")) == true)
  }

  @Test("tokens blanked during the request stay blank, and the new ones are in the journal: exit 5")
  func blankedMeanwhile() throws {
    let world = World(grantFor: 60)
    world.network.script = [.granted("a1", "r1")]
    world.network.meanwhile = { [unowned world] in
      world.folder.write("X_OAUTH2_ACCESS_TOKEN=\nX_OAUTH2_REFRESH_TOKEN=\n", to: ".env")
    }
    let run = world.run("refresh")
    #expect(run.status == 5)
    #expect(run.errors.contains(".env.xauth/journal"))
    #expect(world.access == "")
    #expect(try world.record?.settled.newest.grant.hasSameTokens(as: .of("a1", "r1")) == true)
  }

  @Test("once tokens that were blanked during the request come back, their successor is saved")
  func blankedAndBack() throws {
    let world = World(grantFor: 60)
    let old = world.text
    let blank = "CLIENT_ID=app\nX_OAUTH2_ACCESS_TOKEN=\nX_OAUTH2_REFRESH_TOKEN=\n"
    world.network.script = [.granted("a1", "r1")]
    world.network.meanwhile = { [unowned world] in world.folder.write(blank, to: ".env") }
    #expect(world.run("refresh").status == 5)
    #expect(world.run("refresh").status == 3)
    #expect(world.text == blank)
    #expect(world.run("show").output.contains("a grant that the file no longer holds is kept in"))
    world.folder.write(old, to: ".env")
    #expect(world.run("refresh").status == 0)
    #expect(world.access == "a1")
    #expect(world.network.requests.count == 1)
  }

  @Test("a save that fails all the same is exit 5, and the next run saves")
  func saveFails() {
    let world = World(grantFor: 60)
    world.network.script = [.granted("a1", "r1")]
    let old = world.text
    world.network.meanwhile = { [unowned world] in Folders.put(at: world.path) }
    let run = world.run("refresh", "--json")
    #expect(run.status == 5)
    #expect(run.errorCode == "not_saved")
    #expect(run.output.contains(".env.xauth/journal"))
    #expect(!run.output.contains("a1"))
    Folders.remove(world.path)
    world.folder.write(old, to: ".env")
    #expect(world.run("refresh").status == 0)
    #expect(world.access == "a1")
    #expect(world.network.requests.count == 1)
  }

  @Test("whoever waited for the lock uses what came meanwhile, under --force too")
  func coalesced() throws {
    let world = World(grantFor: 60)
    let holder = try LockHolder(world)
    holder.finish(after: 0.3) { world.write(access: "a1", refresh: "r1", expiresIn: 30) }
    let run = world.run("refresh", "--force", "--min-validity", "75m")
    #expect(run.status == 0)
    #expect(run.errors.contains("renewed by another run meanwhile"))
    #expect(world.network.requests.isEmpty)
  }

  @Test("a file that goes away while this run waits for the lock is missed, and nothing is sent")
  func goneMeanwhile() throws {
    let world = World(grantFor: 60)
    let holder = try LockHolder(world)
    holder.finish(after: 0.3) { unlink(world.path) }
    let run = world.run("refresh", "--json")
    #expect(run.status == 4)
    #expect(run.errorCode == "env_file_missing")
    #expect(world.network.requests.isEmpty)
    #expect(!FileManager.default.fileExists(atPath: world.path))
  }

  @Test("what came meanwhile and has ended already is renewed")
  func coalescedButEnded() throws {
    let world = World(grantFor: 60)
    let holder = try LockHolder(world)
    holder.finish(after: 0.3) { world.write(access: "b0", refresh: "s0", expiresIn: -5) }
    world.network.script = [.granted("b1", "s1")]
    #expect(world.run("refresh").status == 0)
    #expect(world.network.sent("refresh_token") == ["s0"])
  }

  /// Leaves what a run that was killed in the moment of its save of `world`'s grant had displaced.
  private func displace(_ text: String, in world: World) throws {
    let mark = try TokenHash(Secret(#require(world.refresh))).text
    let name = Leftover.name(beside: Array(world.text.utf8), marked: mark)
    let ofEnded = try #require(name.split(separator: ".").first)
    world.folder.write(text, to: ".env.xauth/\(ofEnded)")
  }

  private func leftovers(in world: World) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: world.folder.file(".env.xauth"))
      .filter { $0.contains("-") }
  }

  private let login = "CLIENT_ID=app\nX_OAUTH2_ACCESS_TOKEN=b0\nX_OAUTH2_REFRESH_TOKEN=s0\n"

  @Test("a login that a killed run displaced goes back where it was")
  func displacedLogin() throws {
    let world = World(grantFor: 7000, access: "a1", refresh: "r1")
    try world.journal(.of(.done, old, new(for: 7000), spent: [old]))
    try displace(login, in: world)
    // Without an expiry it is due at once: what is sent is what stands in the file.
    world.network.script = [.granted("b1", "s1")]
    #expect(world.run("refresh").status == 0)
    #expect(world.network.sent("refresh_token") == ["s0"])
    #expect(world.refresh == "s1")
  }

  @Test("an edit of other lines that a killed run displaced is brought back")
  func displacedEdit() throws {
    let world = World(grantFor: 7000, access: "a1", refresh: "r1")
    try world.journal(.of(.answer, old, new(for: 7000), spent: [old]))
    try displace(
      "CLIENT_ID=app\nMINE=1\nX_OAUTH2_ACCESS_TOKEN=a0\nX_OAUTH2_REFRESH_TOKEN=r0\n", in: world)
    #expect(world.run("refresh").status == 0)
    #expect(world.access == "a1" && world.refresh == "r1")
    #expect(world.text.contains("MINE=1\n"))
    #expect(world.network.requests.isEmpty)
    #expect(try leftovers(in: world).isEmpty)
  }

  @Test("what a repository brings under the name of a leftover never gets into the file")
  func broughtLeftover() throws {
    let world = World(grantFor: 7000, access: "a1", refresh: "r1")
    try world.journal(.of(.done, old, new(for: 7000), spent: [old]))
    let before = world.text
    let mine = "CLIENT_ID=evil\nX_API_BASE_URL=https://evil.example\n"
    for name in [
      "new-1-x", "new-1", "old-1-x", "old--1-x", "old-\(String(repeating: "0", count: 16))-1-x",
    ] {
      world.folder.write(mine, to: ".env.xauth/\(name)")
    }
    #expect(world.run("refresh").status == 0)
    #expect(world.text == before)
    #expect(try leftovers(in: world).allSatisfy { $0.hasPrefix("old-") })
  }

  @Test("where the file was edited since, a displaced login is kept in the journal")
  func displacedLoginBeforeAnEdit() throws {
    let world = World(grantFor: 7000, access: "a1", refresh: "r1")
    try world.journal(.of(.done, old, new(for: 7000), spent: [old]))
    try displace(login, in: world)
    world.write(access: "a1", refresh: "r1", expiresIn: 7000, also: "MINE=1\n")
    #expect(world.run("refresh").status == 0)
    #expect(world.refresh == "r1" && world.text.contains("MINE=1\n"))
    #expect(try world.record?.parked?.grant.hasSameTokens(as: .of("b0", "s0")) == true)
  }

  // MARK: A journal that came from elsewhere

  private let stranger = Grant.of("b9", "s9", expiresAt: 1_800_007_200)

  /// Of a journal made up in order to have the file's grant taken for an older copy.
  private var farReaching: RotationRecord {
    var record = RotationRecord(fileHolds: stranger)
    record.usedTokens = UsedTokens([], reach: 9_999_999_999)
    return record
  }

  @Test(
    "a journal that a repository brings doesn't come before the file's token, however far it reaches"
  )
  func broughtJournal() throws {
    let world = World(grantFor: 60)
    try world.journal(farReaching, fromElsewhere: true)
    world.network.script = [.granted("a1", "r1"), .granted("a2", "r2")]
    #expect(world.run("refresh").status == 0)
    #expect(world.network.sent("refresh_token") == ["r0"])
    #expect(world.refresh == "r1")
    // Nor does it later, through the record that took its place.
    world.write(access: "c0", refresh: "t0", expiresIn: 60)
    #expect(world.run("refresh").status == 0)
    #expect(world.network.sent("refresh_token") == ["r0", "t0"])
  }

  @Test(
    "nor is its grant tried once the file's token is refused: exit 3, and the file stays as it is")
  func broughtJournalAfterRefusal() throws {
    let world = World(grantFor: 60)
    let before = world.text
    try world.journal(farReaching, fromElsewhere: true)
    world.network.script = [.refused]
    for _ in 0..<2 { #expect(world.run("refresh").status == 3) }
    #expect(world.network.sent("refresh_token") == ["r0"])
    #expect(world.text == before)
  }

  @Test("nor does it put a grant into a file that has none")
  func broughtJournalBesideBlank() throws {
    let world = World()
    let before = world.text
    try world.journal(.of(.answer, .blank, stranger), fromElsewhere: true)
    #expect(world.run("refresh").status == 3)
    #expect(world.text == before)
    #expect(world.network.requests.isEmpty)
  }

  @Test("a save that wasn't finished is finished after the folder was moved or restored")
  func movedJournal() throws {
    let world = World(grantFor: 60)
    try world.journal(.of(.answer, old, new(for: 7200), spent: [old]), fromElsewhere: true)
    #expect(world.run("refresh").status == 0)
    #expect(world.access == "a1")
    #expect(world.network.requests.isEmpty)
  }

  // MARK: A link in the file's place

  private func linkFile(of world: World) {
    rename(world.path, world.folder.file("real.env"))
    symlink("real.env", world.path)
  }

  @Test(
    "a file that becomes a symbolic link during the request isn't sent from until its journal is at hand"
  )
  func linkedMeanwhile() throws {
    let world = World(grantFor: 60)
    world.network.script = [.granted("a1", "r1")]
    world.network.meanwhile = { [unowned world] in linkFile(of: world) }
    let cutOff = world.run("refresh")
    #expect(cutOff.status == 5)
    #expect(cutOff.errors.contains("put the file itself back at \(world.path)"))
    for arguments in [["refresh", "--json"], ["refresh", "--force", "--json"]] {
      let run = world.run(arguments)
      #expect(run.status == 4)
      #expect(run.errorCode == "state_at_link")
    }
    #expect(world.folder.text("real.env.xauth/journal") == nil)
    // As the hint says.
    rename(world.folder.file(".env.xauth"), world.folder.file("real.env.xauth"))
    #expect(world.run("refresh").status == 0)
    #expect(world.access == "a1")
    #expect(world.network.requests.count == 1)
  }

  @Test("put back in the place of the link, the file gets what came")
  func unlinkedAgain() throws {
    let world = World(grantFor: 60)
    world.network.script = [.granted("a1", "r1")]
    world.network.meanwhile = { [unowned world] in linkFile(of: world) }
    #expect(world.run("refresh").status == 5)
    rename(world.folder.file("real.env"), world.path)
    #expect(world.run("refresh").status == 0)
    #expect(world.access == "a1")
    #expect(world.network.requests.count == 1)
  }

  @Test("nor is a token that was sent and never answered, before the file became a link")
  func linkedUnanswered() {
    let world = World(grantFor: 60)
    world.network.script = [.lost]
    #expect(world.run("refresh").status == 75)
    linkFile(of: world)
    world.now += 4000
    #expect(world.run("refresh", "--force").status == 4)
    #expect(world.network.requests.count == 1)
  }

  @Test("nor is one that a login has ended which waits in the journal beside the link")
  func linkedWithLogin() throws {
    let world = World(grantFor: 60)
    var record = RotationRecord.of(.done, old)
    record.undecided = [KnownGrant(.of("b1", "s1"))]
    try world.journal(record)
    linkFile(of: world)
    let run = world.run("refresh", "--json")
    #expect(run.status == 4)
    #expect(run.errorCode == "state_at_link")
    #expect(world.network.requests.isEmpty)
  }

  @Test("a journal beside the link in which nothing is open is no obstacle")
  func linkedAfterwards() {
    let world = World(grantFor: 60)
    world.network.script = [.granted("a1", "r1"), .granted("a2", "r2"), .granted("a3", "r3")]
    world.run("refresh")
    linkFile(of: world)
    #expect(world.run("refresh", "--force").status == 0)
    #expect(world.run("refresh", "--force").status == 0)
    #expect(world.refresh == "r3")
  }
}
