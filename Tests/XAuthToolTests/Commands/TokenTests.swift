import Testing

@testable import OAuth
@testable import XAuthTool

@Suite("token: one line, good for as long as was asked")
struct TokenTests {
  @Test("a good token is printed without lock, library or request")
  func fast() {
    let world = World(grantFor: 60)
    world.network.isLibraryMissing = true
    let run = world.run("token")
    #expect(run.status == 0)
    #expect(run.output == "a0\n")
    #expect(run.errors.isEmpty)
    #expect(world.steps.isEmpty)
    #expect(world.folder.bytes(".env.xauth/lock") == nil)
  }

  @Test("one that isn't is renewed first")
  func renewed() {
    let world = World(grantFor: 59)
    world.network.script = [.granted("a1", "r1")]
    let run = world.run("token")
    #expect(run.output == "a1\n")
    #expect(run.errors.isEmpty)
    #expect(world.refresh == "r1")
  }

  @Test("an access token without an expiry or refresh token is printed as it is")
  func alone() {
    for isCI in [false, true] {
      let world = World(client: "")
      world.environment["X_OAUTH2_ACCESS_TOKEN"] = "a9"
      if isCI { world.environment["CI"] = "true" }
      let run = world.run("token")
      #expect(run.status == 0)
      #expect(run.output == "a9\n")
      #expect(run.errors.isEmpty)
      let asked = world.run("token", "--min-validity", "10m")
      #expect(asked.status == 0)
      #expect(asked.output == "a9\n")
      #expect(asked.errors.contains("nobody knows how long the access token lives"))
    }
  }

  @Test("--json tells the token and its end")
  func json() {
    let world = World(grantFor: 61)
    let output = world.run("token", "--json").output
    #expect(output.contains(#""access_token":"a0""#))
    #expect(output.contains(#""seconds_left":61"#))
  }

  @Test("what still lives is printed with a warning when the renewal has to wait")
  func temporaryFailure() {
    for step in [ScriptedNetwork.Step.notReached, .lost, .answer(429, "", [:])] {
      let world = World(grantFor: 30)
      world.network.script = [step, step]
      let run = world.run("token")
      #expect(run.status == 0)
      #expect(run.output == "a0\n")
      #expect(run.errors.contains("; the token in \(world.path) works until 08:00"))
    }
  }

  @Test("what has ended is not")
  func endedAndTemporaryFailure() {
    let world = World(grantFor: 0)
    world.network.script = [.notReached, .notReached]
    let run = world.run("token")
    #expect(run.status == 75)
    #expect(run.output.isEmpty)
  }

  @Test("a dead grant is exit 3, though the token still lives a little")
  func refused() {
    let world = World(grantFor: 30)
    world.network.script = [.refused]
    let run = world.run("token")
    #expect(run.status == 3)
    #expect(run.output.isEmpty)
  }

  @Test("the newer token that a failed run had recovered is the one at hand")
  func newerAtHand() throws {
    let world = World(grantFor: 1000)
    try world.journal(
      .of(
        .answer, .of("a0", "r0"), .of("a1", "r1", expiresAt: world.now + 600),
        spent: [.of("a0", "r0")]))
    world.network.script = [.notReached, .notReached]
    #expect(world.run("token", "--min-validity", "15m").output == "a1\n")
  }

  @Test("a lock that is busy is no reason to withhold a token that lives")
  func lockBusy() throws {
    let world = World(grantFor: 30)
    world.lockTimeout = 0
    let holder = try LockHolder(world)
    let run = world.run("token")
    #expect(run.status == 0)
    #expect(run.output == "a0\n")
    holder.end()
  }

  @Test("from the environment alone, a good token is printed")
  func environment() {
    let world = World()
    world.environment = [
      "X_OAUTH2_ACCESS_TOKEN": "e0", "X_OAUTH2_EXPIRES_AT": "\(world.now + 600)",
    ]
    #expect(world.run("token").output == "e0\n")
  }

  @Test("without any token it is exit 3, without a file exit 4")
  func nothing() {
    #expect(World().run("token").status == 3)
    let world = World()
    let run = world.run("token", "--env-file", world.folder.file("none"), "--json")
    #expect(run.status == 4)
    #expect(run.errorCode == "env_file_missing")
    #expect(run.errors.contains(world.folder.file("none")))
  }
}
