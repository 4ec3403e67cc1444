import Testing

@testable import Rotation
@testable import XAuthTool

@Suite("exec")
struct ExecCommandTests {
  @Test("the command gets the file's token and nothing that renews it")
  func environment() throws {
    let world = World.loggedIn(for: 3600)
    world.installed = ["/bin/job"]
    world.environment = [
      "PATH": "/bin", "HOME": "/h", "CLIENT_SECRET": "s", "X_OAUTH2_ACCESS_TOKEN": "stale",
      "X_OAUTH2_REFRESH_TOKEN": "stale", "X_OAUTH2_EXPIRES_AT": "1", "X_OAUTH_CONSUMER_KEY": "k",
    ]
    world.run("exec", "--", "job", "--flag", "-x")
    let became = try #require(world.replacement)
    #expect(became.arguments == ["job", "--flag", "-x"])
    #expect(
      became.environment == [
        "PATH": "/bin", "HOME": "/h", "X_OAUTH_CONSUMER_KEY": "k",
        "X_OAUTH2_ACCESS_TOKEN": "access==", "X_OAUTH2_EXPIRES_AT": "1800003600",
        "X_OAUTH2_GRANTED_SCOPES": "tweet.read,offline.access",
      ])
  }

  @Test("what was done before is told before the command takes over")
  func told() throws {
    let world = World(grantFor: 3600)
    world.installed = ["/bin/job"]
    world.environment["PATH"] = "/bin"
    try world.journal(
      .of(.answer, .of("a0", "r0"), .of("a1", "r1", expiresAt: world.now + 7200)))
    let run = world.run("exec", "--verbose", "--", "job")
    #expect(run.errors.contains("finishing what a run that was cut off had begun"))
    #expect(run.errors.contains("saved the file"))
    #expect(world.replacement?.environment["X_OAUTH2_ACCESS_TOKEN"] == "a1")
  }

  @Test("a command that isn't there costs no token")
  func missing() {
    let world = World.loggedIn(for: -10)
    world.environment = ["PATH": "/bin"]
    let outcome = world.run("exec", "nosuch")
    #expect(outcome.status == 127)
    #expect(outcome.errors.contains("there is no command nosuch"))
    #expect(world.network.requests.isEmpty)
  }

  @Test("a renewal that fails keeps the command from being run")
  func failing() {
    let world = World.loggedIn(for: -10)
    world.installed = ["/bin/job"]
    world.environment = ["PATH": "/bin"]
    let outcome = world.run("exec", "job")
    #expect(outcome.status == 75)
    #expect(world.replacement == nil)
  }

  @Test("a file that can't be executed after all is a shell's 126")
  func notExecutable() {
    let world = World.loggedIn(for: 3600)
    world.installed = ["/bin/job"]
    world.environment = ["PATH": "/bin"]
    let outcome = world.run("exec", "--json", "job")
    #expect(outcome.status == 126)
    #expect(outcome.errorCode == "command_not_executable")
  }
}
