import Testing

@testable import OAuth
@testable import Rotation
@testable import XAuthTool

@Suite("refresh: an answer that nobody saw")
struct UnknownOutcomeTests {
  static let answers: [ScriptedNetwork.Step] = [
    .lost, .answer(502, "", [:]), .answer(503, #"{"error":"x"}"#, [:]),
    .answer(200, "<html>hello</html>", [:]), .answer(200, "{}", [:]),
    .answer(200, #"{"access_token":"bad\u0007token"}"#, [:]), .answer(302, "", [:]),
    .answer(403, "<html>blocked</html>", [:]),
  ]

  @Test("is exit 75, one request, and nothing of the file changes", arguments: answers)
  func unknown(answer: ScriptedNetwork.Step) throws {
    let world = World(grantFor: 60)
    let before = world.text
    world.network.script = [answer]
    #expect(world.run("refresh").status == 75)
    #expect(world.network.requests.count == 1)
    #expect(world.text == before)
    #expect(try world.record?.end == .intent)
  }

  private func lost(grantFor seconds: Int = 60) -> World {
    let world = World(grantFor: seconds)
    world.network.script = [.lost]
    #expect(world.run("refresh", "--force").status == 75)
    return world
  }

  @Test("the access token is used while it lives")
  func used() {
    let world = lost(grantFor: 600)
    #expect(world.run("token").output == "a0\n")
    #expect(world.run("refresh", "--min-validity", "5m").status == 0)
    let run = world.run("refresh", "--json")
    #expect(run.status == 75)
    #expect(run.errorCode == "outcome_still_unknown")
    #expect(world.network.requests.count == 1)
  }

  @Test("once it has ended, and no request can be under way, each run tries once")
  func replayed() {
    let world = lost(grantFor: 60)
    world.now += 300
    #expect(world.run("refresh").status == 75)
    #expect(world.network.requests.count == 1)
    world.now += 1
    world.network.script = [.lost, .granted("a1", "r1")]
    #expect(world.run("refresh").status == 75)
    #expect(world.network.requests.count == 2)
    // The second try may be under way as well.
    #expect(world.run("refresh").status == 75)
    #expect(world.network.requests.count == 2)
    world.now += 301
    #expect(world.run("refresh").status == 0)
    #expect(world.network.sent("refresh_token") == ["r0", "r0", "r0"])
    #expect(world.access == "a1")
  }

  @Test("the token is presented again in the last 25 minutes of the access token's life")
  func lastMinutes() {
    let world = lost(grantFor: 7200)
    world.now += 7200 - 25 * 60 - 1
    let early = world.run("refresh")
    #expect(early.status == 0)
    #expect(
      early.errors.contains("no answer came to the renewal of 08:00"))
    #expect(world.network.requests.count == 1)
    world.now += 1
    world.network.script = [.granted("a1", "r1")]
    #expect(world.run("refresh").status == 0)
    #expect(world.access == "a1")
  }

  @Test("an expiry beyond the life that X gives is no reason to wait", arguments: [40 * 365, 30])
  func endless(days: Int) {
    let world = lost(grantFor: days * 86_400)
    world.now += 7200 - 25 * 60 - 1
    world.network.script = [.granted("a1", "r1")]
    world.run("refresh", "--min-validity", "60d")
    #expect(world.network.requests.count == 1)
    world.now += 1
    #expect(world.run("refresh", "--min-validity", "60d").status == 0)
    #expect(world.access == "a1")
  }

  @Test(
    "the wait begins when a record without an answer is found, whatever the time in it says",
    arguments: [-10 * 86_400, -1, 60, 10 * 86_400])
  func foundIntent(ahead: Int) throws {
    let world = World("X_OAUTH2_REFRESH_TOKEN=r0\n")
    try world.journal(.of(.intent, .of(nil, "r0"), at: world.now + ahead))
    world.network.script = [.granted("a1", "r1")]
    #expect(world.run("refresh").status == 75)
    world.now += 300
    #expect(world.run("refresh").status == 75)
    world.now += 1
    #expect(world.run("refresh").status == 0)
    #expect(world.network.requests.count == 1)
  }

  @Test("a replay that X refuses is a dead grant")
  func replayRefused() {
    let world = lost()
    world.now += 7200
    world.network.script = [.refused]
    #expect(world.run("refresh").status == 3)
    #expect(world.run("refresh").status == 3)
    #expect(world.network.requests.count == 2)
  }

  @Test("a replay that never left keeps the outcome unknown")
  func replayNotReached() throws {
    let world = lost()
    world.now += 7200
    world.network.script = [.notReached, .notReached]
    #expect(world.run("refresh").status == 75)
    #expect(try world.record?.end == .intent)
  }

  @Test("--force doesn't wait for the access token's end, but for requests that may be under way")
  func forced() {
    let world = lost(grantFor: 3600)
    world.now += 300
    let early = world.run("refresh", "--force", "--json")
    #expect(early.errorCode == "outcome_still_unknown")
    #expect(world.network.requests.count == 1)
    world.now += 1
    world.network.script = [.granted("a1", "r1")]
    #expect(world.run("refresh", "--force").status == 0)
    #expect(world.access == "a1")
  }

  @Test("a second try isn't begun when little of the time is left")
  func noShortTry() throws {
    let world = World(grantFor: 60)
    world.network.script = [.notReached, .granted("a1", "r1")]
    world.network.meanwhile = { [unowned world] in world.now += 8 }
    let run = world.run("refresh", "--verbose")
    #expect(run.status == 75)
    #expect(!run.errors.contains("trying once more"))
    #expect(world.network.requests.count == 1)
    // It provably never left: the next run sends it.
    world.network.meanwhile = {}
    #expect(world.run("refresh").status == 0)
    #expect(world.access == "a1")
  }

  @Test("a forced run that waited for the one whose answer got lost doesn't send the token again")
  func forcedCrowd() throws {
    let world = World(grantFor: 60)
    let holder = try LockHolder(world)
    holder.finish(after: 0.3, writing: .of(.intent, .of("a0", "r0"), at: world.now))
    #expect(world.run("refresh", "--force").status == 75)
    #expect(world.network.requests.isEmpty)
  }

  @Test("without an access token only the late request is waited for")
  func withoutAccessToken() {
    let world = World("X_OAUTH2_REFRESH_TOKEN=r0\n")
    world.network.script = [.lost, .granted("a1", "r1")]
    #expect(world.run("refresh").status == 75)
    #expect(world.run("refresh").status == 75)
    world.now += 301
    #expect(world.run("refresh").status == 0)
  }

  @Test("an older copy over an unknown outcome is replaced by the token whose fate is unknown")
  func putBack() {
    let world = World(grantFor: 60)
    let old = world.text
    world.network.script = [.granted("a1", "r1"), .lost, .granted("a2", "r2")]
    #expect(world.run("refresh").status == 0)
    #expect(world.run("refresh", "--force").status == 75)
    world.folder.write(old, to: ".env")
    #expect(world.run("refresh").status == 0)  // 2 h are left of a1
    #expect(world.refresh == "r1")
    world.now += 7200
    #expect(world.run("refresh").status == 0)
    #expect(world.network.sent("refresh_token") == ["r0", "r1", "r1"])
    #expect(world.refresh == "r2")
  }

  @Test("another grant in the file ends the matter")
  func foreign() {
    let world = lost()
    world.write(access: "b0", refresh: "s0", expiresIn: 60)
    world.network.script = [.granted("b1", "s1")]
    #expect(world.run("refresh").status == 0)
    #expect(world.network.sent("refresh_token") == ["r0", "s0"])
  }

  @Test("a journal that a disk fault took counts as an unknown outcome")
  func damagedJournal() throws {
    let world = World(grantFor: 600)
    try world.journal(.of(.done, .of("a0", "r0")))
    world.folder.write(String(repeating: "?", count: 4096), to: ".env.xauth/journal")
    #expect(world.run("token").output == "a0\n")
    #expect(world.run("refresh").status == 75)
    #expect(world.network.requests.isEmpty)
    #expect(world.run("show").status == 0)
    world.now += 600
    world.network.script = [.granted("a1", "r1")]
    #expect(world.run("refresh").status == 0)
    #expect(world.access == "a1")
  }
}
