import Foundation
import Testing

@testable import OAuth
@testable import Rotation
@testable import XAuthTool

@Suite("show")
struct ShowCommandTests {
  @Test("five lines: the token, the account, the last renewal, the client, the file")
  func fiveLines() {
    let world = World(grantFor: 60)
    world.network.script = [.granted("a1", "r1", scope: "users.read offline.access")]
    #expect(world.run("refresh").status == 0)
    world.now += 1200
    let run = world.run("show")
    #expect(run.errors == "")
    #expect(
      run.output == """
        token     valid until 10:00 (1 h 40 min left)
        account   unknown
        renewed   08:00 by refresh
        client    app (public), from the file, line 1; 2 scopes granted; not granted: \
        \(missing(world))
        file      \(world.path) (mode 0600)

        """)
  }

  private func missing(_ world: World) -> String {
    let scopes = (try? world.settings("show").requestedScopes())?.names ?? []
    return scopes.filter { !["users.read", "offline.access"].contains($0) }.joined(separator: " ")
  }

  @Test("--verbose adds the fingerprints, the scopes, the callback and the settings")
  func verbose() {
    let output = World.loggedIn(for: 3600).run("show", "--verbose").output
    for name in [
      "tokens    access sha256:", "granted   ", "callback  http://127.0.0.1:8976/",
      "setting   CLIENT_ID=app",
    ] {
      #expect(output.contains("\n\(name)"))
    }
  }

  @Test("the last failure is told with X's own words, until a renewal succeeds")
  func lastFailure() throws {
    let world = World(grantFor: 3600)
    let suspended = #"{"title":"Forbidden","detail":"This application has been suspended"}"#
    world.network.script = [.answer(403, suspended, [:])]
    #expect(world.run("refresh").status == 75)
    world.now += 1200
    let words =
      "the renewal of 08:00 was answered with 403: \"This application has been suspended\""
    #expect(world.run("show").output.contains("renewed   unknown; \(words)\n"))
    let json = world.run("show", "--json").output
    #expect(json.contains(#""last_failure":{"at":1800000000,"by":"refresh","message":"#))
    #expect(json.contains(#""status":403"#))
    #expect(world.run("refresh").errors.contains(words))
    world.now += 1300
    world.network.script = [.granted("a1", "r1")]
    #expect(world.run("refresh").status == 0)
    #expect(world.run("show").output.contains("renewed   08:41 by refresh\n"))
    #expect(!world.run("show", "--json").output.contains("last_failure"))
  }

  @Test(
    "each way to fail is told as it was",
    arguments: [
      (ScriptedNetwork.Step.lost, "no answer came to the renewal of 08:00"),
      (.notReached, "the renewal of 08:00 could not be sent"),
      (.answer(500, "", [:]), "the renewal of 08:00 was answered with 500"),
      (.answer(429, "", [:]), "the renewal of 08:00 was answered with 429"),
      (
        .refused,
        "the renewal of 08:00 was answered with 400: \"Value passed for the token was invalid.\""
      ),
    ])
  func ways(step: ScriptedNetwork.Step, words: String) {
    let world = World(grantFor: 60)
    world.network.script = [step, step]
    #expect(world.run("refresh").status != 0)
    #expect(world.run("show").output.contains("; \(words)\n"))
  }

  @Test("a run that was killed before the answer came is a renewal without an answer")
  func killed() throws {
    let world = World(grantFor: 60)
    var record = RotationRecord(fileHolds: try world.settings("show").grant().grant)
    record.newest.begin(attempt: 1, by: "app", for: "token", at: world.now - 600)
    try world.journal(record)
    #expect(world.run("show").output.contains("no answer came to the renewal of 07:50\n"))
    #expect(world.run("show", "--json").output.contains(#""by":"token""#))
  }

  @Test("a pending --on-rotate command is told, with its time, also where only cron has it set")
  func pendingHook() {
    let words = "; the --on-rotate command has not succeeded since\n"
    let world = World(grantFor: 60)
    world.network.script = [.granted("a1", "r1"), .granted("a2", "r2")]
    #expect(world.run("refresh").status == 0)
    #expect(!world.run("show").output.contains(words))
    world.environment["XAUTH_ON_ROTATE"] = "notify"
    #expect(world.run("show").output.contains(words))
    world.now += 7200
    world.hook.end = .exited(1)
    #expect(world.run("refresh").status == 1)
    world.environment["XAUTH_ON_ROTATE"] = nil
    #expect(world.run("show").output.contains(words))
    #expect(world.run("show", "--json").output.contains(#""hook_pending_since":1800007200"#))
    world.environment["XAUTH_ON_ROTATE"] = "notify"
    world.hook.end = .exited(0)
    #expect(world.run("refresh").status == 0)
    #expect(!world.run("show").output.contains(words))
  }

  @Test("after a login its account is shown, and that nothing was renewed since")
  func afterLogin() throws {
    let world = World(grantFor: 60)
    var record = RotationRecord(fileHolds: try world.settings("show").grant().grant)
    record.newest.account = Account("alice")
    (record.newest.issuedAt, record.newest.issuedBy) = (world.now - 3600, "login")
    try world.journal(record)
    let output = world.run("show").output
    #expect(output.contains("account   @alice\nrenewed   not since the login of 07:00\n"))
    let json = world.run("show", "--json").output
    #expect(json.contains(#""account":"alice""#))
    #expect(json.contains(#""last_renewal":{"at":1799996400,"by":"login"}"#))
  }

  @Test(
    "--min-validity: 0 while so much is left, 75 below, 3 where a login is needed, 4 without a file"
  )
  func minValidity() {
    let world = World(grantFor: 3600)
    #expect(world.run("show", "--min-validity", "1h").status == 0)
    #expect(world.run("show", "--min-validity", "61m").status == 75)
    world.now += 3600
    #expect(world.run("show").status == 0)
    #expect(world.run("show", "--min-validity", "1s").status == 75)
    world.network.script = [.refused]
    #expect(world.run("refresh").status == 3)
    #expect(world.run("show", "--min-validity", "1s").status == 3)
    #expect(World.withoutFile().run("show", "--min-validity", "1s").status == 4)
  }
}
