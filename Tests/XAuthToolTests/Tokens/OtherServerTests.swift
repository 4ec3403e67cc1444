import Testing

@testable import OAuth
@testable import Rotation
@testable import XAuthTool

/// A repository may bring a `.env` that names a server of its author's: what is in the journal beside it
/// was never meant for that one.
@Suite("A file that names another server than the one that issued the newest tokens")
struct OtherServerTests {
  /// A world that renewed r0 to r1 at X, and whose file was replaced then by one with these tokens.
  private func world(file access: String = "junk", _ refresh: String = "junk") -> World {
    let world = World(grantFor: 60)
    world.network.script = [.granted("a1", "r1")]
    world.run("refresh")
    world.network.requests = []
    write(to: world, access, refresh)
    return world
  }

  private func write(
    to world: World, _ access: String, _ refresh: String, expiresIn seconds: Int = -60
  ) {
    world.write(
      access: access, refresh: refresh, expiresIn: seconds,
      also: "X_API_BASE_URL=https://elsewhere.example\n")
  }

  /// Whether any of the tokens was sent to the other server.
  private func hasLeaked(_ tokens: [String], in world: World) -> Bool {
    world.network.requests.contains { request in
      let text = String(decoding: request.body ?? [], as: UTF8.self) + "\(request.headers)"
      return request.url.hasPrefix("https://elsewhere.example")
        && tokens.contains(where: text.contains)
    }
  }

  @Test("its own token is sent there, and once that is refused no other one is: exit 4")
  func refused() {
    let world = world()
    world.network.script = [.refused]
    for _ in 0..<2 {
      let run = world.run("refresh", "--json")
      #expect(run.status == 4)
      #expect(run.errorCode == "issued_elsewhere")
      #expect(run.output.contains("came from api.x.com, not elsewhere.example"))
      #expect(run.output.contains("take X_API_BASE_URL out of"))
    }
    #expect(world.network.sent("refresh_token") == ["junk"])
    // Put right, it is renewed as if nothing had happened.
    world.write(access: "junk", refresh: "junk", expiresIn: 60)
    world.network.script = [.refused, .granted("a2", "r2")]
    #expect(world.run("refresh").status == 0)
    #expect(world.network.sent("refresh_token") == ["junk", "junk", "r1"])
  }

  @Test("a token that X never answered isn't sent there either, whatever time has passed")
  func unanswered() {
    let world = World(grantFor: 60)
    world.network.script = [.lost]
    world.run("refresh")
    write(to: world, "junk", "junk")
    world.network.script = [.refused]
    #expect(world.run("refresh").status == 4)
    world.now += 4000
    #expect(world.run("refresh", "--force").status == 4)
    #expect(world.network.sent("refresh_token") == ["r0", "junk"])
  }

  @Test(
    "an older copy in it isn't replaced by the newest tokens, which would then be the file's own")
  func olderCopy() {
    let world = world(file: "a0", "r0")
    let before = world.text
    world.network.otherwise = .refused
    for arguments in [["refresh"], ["refresh", "--force"], ["token"], ["revoke"]] {
      #expect(world.run(arguments + ["--json"]).status == 4)
      #expect(world.text == before)
    }
    #expect(world.network.requests.isEmpty)
    let show = world.run("show", "--check", "--json")
    #expect(show.output.contains(#""renewal":"other_server""#))
    #expect(world.run("show").status == 4)
    #expect(!hasLeaked(["a1", "r1"], in: world))
  }

  @Test("nor is an answer saved in it that a run left in the journal when it was cut off")
  func unsaved() throws {
    let world = World(grantFor: 60)
    var record = RotationRecord.of(
      .answer, .of("a0", "r0"), .of("a1", "r1", expiresAt: 1_800_007_200), spent: [.of("a0", "r0")])
    record.newest.server = Rotation.standardAPI
    try world.journal(record)
    let before = world.text
    write(to: world, "a0", "r0")
    #expect(world.run("refresh").status == 4)
    #expect(world.network.requests.isEmpty && world.access == "a0")
    world.folder.write(before, to: ".env")
    #expect(world.run("refresh").status == 0)
    #expect(world.access == "a1")
  }

  @Test("a revocation tells it of the file's own alone, and where there is none of nothing: exit 4")
  func revoked() {
    for token in ["junk", ""] {
      let world = world(file: token, token)
      world.network.script = [.revoked, .revoked]
      let run = world.run("revoke", "--json")
      #expect(run.status == (token.isEmpty ? 4 : 0))
      #expect(token.isEmpty == (run.errorCode == "issued_elsewhere"))
      #expect(world.network.sent("token") == (token.isEmpty ? [] : ["junk", "junk"]))
      #expect(world.folder.text(".env.xauth/journal")?.contains("r1") == true)
      // Without a server there is nothing to tell.
      #expect(world.run("revoke", "--local").status == 0)
      #expect(world.folder.text(".env.xauth/journal")?.contains("r1") == !token.isEmpty)
    }
  }

  @Test("tokens that X issued outlive a revocation of what is known to be another server's")
  func staying() throws {
    let world = world(file: "b1", "s1")
    var record = try #require(try world.record)
    var other = KnownGrant(.of("b1", "s1"))
    other.server = "https://elsewhere.example"
    record.other = other
    try world.journal(record)
    world.network.script = [.revoked, .revoked]
    let run = world.run("revoke")
    #expect(run.status == 0 && run.errors.contains("tokens of another server, which"))
    #expect(world.network.sent("token") == ["s1", "b1"])
    #expect(try world.record?.newest.grant.refreshToken == Secret("r1"))
  }

  @Test("a login that waits is neither asked about nor revoked there, and stays")
  func login() throws {
    let world = World()
    write(to: world, "b0", "s0")
    var record = RotationRecord.of(.done, .of("b0", "s0"))
    record.undecided = [KnownGrant(.of("a1", "r1"), account: Account("alice"))]
    record.undecided[0].keptBy = ""
    record.undecided[0].server = Rotation.standardAPI
    try world.journal(record)
    world.network.script = [.granted("b1", "s1"), .revoked, .revoked]
    #expect(world.run("refresh").status == 0)
    #expect(world.run("revoke").status == 0)
    #expect(world.network.sent("token") == ["-", "s1", "b1"])
    #expect(!hasLeaked(["a1", "r1"], in: world))
    #expect(try world.record?.undecided.map(\.grant.refreshToken) == [Secret("r1")])
  }

  @Test(
    "what a wrong address refused says nothing of X: once it is corrected, the token is renewed")
  func corrected() {
    let world = World()
    write(to: world, "a1", "r1")
    world.network.script = [.refused]
    #expect(world.run("refresh").status == 3)
    #expect(world.run("refresh").status == 3)
    #expect(world.network.requests.map(\.url) == ["https://elsewhere.example/2/oauth2/token"])
    world.write(access: "a1", refresh: "r1", expiresIn: 60)
    #expect(world.run("show").status == 0)
    world.network.script = [.granted("a2", "r2")]
    #expect(world.run("refresh").status == 0)
    #expect(world.access == "a2")
  }

  @Test(
    "tokens that X issued here aren't sent elsewhere by the file that holds them, nor revoked there"
  )
  func own() {
    for inEnvironment in [false, true] {
      let world = World(grantFor: 60)
      world.network.script = [.granted("a1", "r1")]
      world.run("refresh")
      world.network.requests = []
      if inEnvironment {
        world.environment["X_API_BASE_URL"] = "https://elsewhere.example"
      } else {
        write(to: world, "a1", "r1")
      }
      let before = world.text
      for arguments in [["refresh", "--force"], ["revoke"], ["show", "--check"]] {
        let run = world.run(arguments + ["--json"])
        #expect(run.status == 4, "\(run.output)")
        #expect(run.output.contains("came from"))
      }
      #expect(world.network.requests.isEmpty && world.text == before)
      world.environment = [:]
      world.write(access: "a1", refresh: "r1", expiresIn: 60)
      world.network.script = [.granted("a2", "r2")]
      #expect(world.run("refresh").status == 0)
    }
  }

  @Test("tokens of two servers in turn are renewed, each at its own")
  func inTurn() {
    let world = world(file: "b0", "s0")
    world.network.script = [.granted("b1", "s1"), .granted("a2", "r2"), .granted("b2", "s2")]
    #expect(world.run("refresh").status == 0)
    world.write(access: "a1", refresh: "r1", expiresIn: 60)
    #expect(world.run("refresh").status == 0)
    write(to: world, "b1", "s1")
    #expect(world.run("refresh").status == 0)
    #expect(world.network.sent("refresh_token") == ["s0", "r1", "s1"])
    #expect(!hasLeaked(["a1", "r1", "a2", "r2"], in: world))
  }
}
