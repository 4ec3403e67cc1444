import Testing

@testable import OAuth
@testable import Rotation
@testable import XAuthTool

@Suite("refresh: a token that X refuses for good")
struct RefusedTests {
  private func refused() -> World {
    let world = World(grantFor: 60)
    world.network.script = [.refused]
    #expect(world.run("refresh").status == 3)
    return world
  }

  @Test("the first refusal is exit 3 with X's words, and the file stays")
  func first() {
    let world = World(grantFor: 60)
    world.network.script = [.refused]
    let before = world.text
    let run = world.run("refresh")
    #expect(run.status == 3)
    #expect(run.errors.contains("Value passed for the token was invalid."))
    #expect(world.text == before)
  }

  @Test("later runs fail at once and send nothing")
  func notSentAgain() {
    let world = refused()
    for _ in 0..<3 {
      let run = world.run("refresh", "--json")
      #expect(run.status == 3)
      #expect(run.errorCode == "grant_refused_before")
    }
    #expect(world.network.requests.count == 1)
  }

  @Test("--force doesn't send it once more")
  func forced() {
    let world = refused()
    let run = world.run("refresh", "--force", "--json")
    #expect(run.status == 3)
    #expect(run.errorCode == "grant_refused_before")
    #expect(world.network.requests.count == 1)
  }

  @Test("nor does --force after a revocation of it that was begun and not confirmed")
  func forcedAfterRevocation() {
    let world = refused()
    world.network.script = [.lost]
    #expect(world.run("revoke").status == 75)
    #expect(world.run("refresh", "--json").errorCode == "revocation_begun")
    #expect(world.run("refresh", "--force", "--json").errorCode == "grant_refused_before")
    #expect(world.network.sent("grant_type") == ["refresh_token", "-"])
  }

  @Test("while the access token lives, all say until when, and that a person must log in")
  func stillValid() {
    let world = World(grantFor: 3600)
    world.network.script = [.refused]
    #expect(world.run("refresh", "--force").status == 3)
    let show = world.run("show")
    #expect(show.status == 3)
    #expect(show.output.contains("1 h left"))
    #expect(show.output.contains("; then you must log in: X has refused the refresh token"))
    #expect(world.run("show", "--json").output.contains(#""state":"usable_refused""#))
    #expect(world.run("doctor").status == 4)
    for run in [world.run("token"), world.run("header", "https://api.x.com/2/users/me")] {
      #expect(run.status == 0)
      #expect(run.output.contains("a0"))
      #expect(run.errors.contains("works until 09:00, then you must log in: X has refused the ref"))
    }
    #expect(world.run("export").errors.contains("; then you must log in: X has refused"))
    world.installed = ["/bin/job"]
    world.environment["PATH"] = "/bin"
    let exec = world.run("exec", "--", "job")
    #expect(exec.errors.contains("works until 09:00, then you must log in: X has refused the ref"))
    world.now += 3600
    #expect(world.run("show", "--json").output.contains(#""state":"refused""#))
    #expect(world.run("token").status == 3)
  }

  @Test("another token in the file is sent")
  func fileChanged() {
    let world = refused()
    world.write(access: "b0", refresh: "s0", expiresIn: 60)
    world.network.script = [.granted("b1", "s1")]
    #expect(world.run("refresh").status == 0)
    #expect(world.refresh == "s1")
  }

  @Test("a corrected CLIENT_ID is worth another request, one that was refused is not")
  func clientChanged() {
    let world = refused()
    let text = world.text
    world.folder.write(text.replacing("CLIENT_ID=app", with: "CLIENT_ID=other"), to: ".env")
    #expect(world.run("show", "--json").output.contains(#""renewal":"possible""#))
    world.network.script = [.refused]
    #expect(world.run("refresh").status == 3)
    #expect(world.run("show", "--json").output.contains(#""renewal":"refused""#))
    #expect(world.run("refresh", "--json").errorCode == "grant_refused_before")
    world.folder.write(text, to: ".env")
    #expect(world.run("refresh", "--json").errorCode == "grant_refused_before")
    world.folder.write(text.replacing("CLIENT_ID=app", with: "CLIENT_ID=third"), to: ".env")
    world.network.script = [.granted("a1", "r1")]
    #expect(world.run("refresh").status == 0)
    #expect(world.access == "a1")
    #expect(world.network.requests.count == 3)
  }

  @Test("an older copy that comes back with a corrected CLIENT_ID is not what is sent")
  func correctedInOlderCopy() throws {
    let world = World(grantFor: 60)
    let old = world.text
    let mistyped = old.replacing("CLIENT_ID=app", with: "CLIENT_ID=typo")
    world.network.script = [.granted("a1", "r1", lifetime: 60)]
    #expect(world.run("refresh").status == 0)
    world.folder.write(mistyped, to: ".env")
    #expect(world.run("refresh").status == 3)
    world.folder.write(old, to: ".env")
    world.network.script = [.granted("a2", "r2")]
    let run = world.run("refresh")
    #expect(run.status == 0)
    #expect(run.errors.contains("older tokens were put back"))
    #expect(world.network.sent("refresh_token") == ["r0", "r1"])
    #expect(world.access == "a2")
  }

  @Test("what one client is refused doesn't settle what another one's request came to")
  func refusedAfterUnknown() throws {
    let world = World(grantFor: 60)
    let text = world.text
    world.network.script = [.lost, .refused]
    #expect(world.run("refresh").status == 75)
    world.now += 301
    world.folder.write(text.replacing("CLIENT_ID=app", with: "CLIENT_ID=typo"), to: ".env")
    #expect(world.run("refresh", "--force").status == 3)
    #expect(world.run("refresh", "--json").errorCode == "grant_refused_before")
    world.folder.write(text, to: ".env")
    #expect(try world.record?.end == .intent)
    #expect(world.network.requests.count == 2)
  }

  @Test("when another program has renewed meanwhile, its grant is the answer")
  func renewedElsewhere() throws {
    let world = World(grantFor: 60)
    world.network.script = [.refused]
    world.network.meanwhile = { [unowned world] in
      world.write(access: "b1", refresh: "s1", expiresIn: 7000)
    }
    let run = world.run("refresh")
    #expect(run.status == 0)
    #expect(run.errors.contains("renewed by another run"))
    #expect(world.access == "b1")
    #expect(try world.record?.end == .refused)
    #expect(world.run("refresh").status == 0)
  }

  @Test("an older copy that an editor saved meanwhile is nobody's renewal")
  func olderCopyMeanwhile() {
    let world = World(grantFor: 60)
    let old = world.text
    world.network.script = [.granted("a1", "r1"), .refused]
    #expect(world.run("refresh").status == 0)
    world.network.meanwhile = { [unowned world] in world.folder.write(old, to: ".env") }
    #expect(world.run("refresh", "--force").status == 3)
  }

  @Test("a forced run doesn't undo a revocation that was begun while it waited for the lock")
  func forcedCrowd() throws {
    let world = World(grantFor: 60)
    // The other run's record comes between this run's first look and its lock.
    let holder = try LockHolder(world)
    let record = RotationRecord.of(.revoking, .of("a0", "r0"))
    holder.finish(after: 0.3, writing: record)
    #expect(world.run("refresh", "--force").status == 3)
    #expect(world.network.requests.isEmpty)
    world.network.script = [.granted("a1", "r1")]
    #expect(world.run("refresh", "--force").status == 0)
  }

  @Test(
    "no secret that X echoes is shown, in whatever kind of error",
    arguments: [
      (400, "invalid_grant", 3), (401, "unauthorized_client", 4), (400, "invalid_request", 4),
    ])
  func echoes(status: Int, error: String, exit: Int32) {
    let world = World()
    world.write(
      access: "access-s3cr3t", refresh: "refresh-s3cr3t", expiresIn: 60,
      also: "CLIENT_SECRET=client-s3cr3t\n")
    let words = "client-s3cr3t, access-s3cr3t and refresh-s3cr3t"
    world.network.script = [
      .answer(status, #"{"error":"\#(error)","error_description":"\#(words)"}"#, [:])
    ]
    let run = world.run("refresh")
    #expect(run.status == exit)
    #expect(!(run.output + run.errors).contains("s3cr3t"))
    #expect(run.errors.contains("‹redacted›, ‹redacted› and ‹redacted›"))
  }
}
