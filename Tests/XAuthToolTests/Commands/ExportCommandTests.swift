import Paths
import Testing

@testable import XAuthTool

@Suite("export")
struct ExportCommandTests {
  @Test("what another place needs to renew the grant, in the order of a new .env")
  func dotEnv() {
    let outcome = World.loggedIn(for: 3600).run("export")
    #expect(
      outcome.output == """
        CLIENT_ID=app
        X_OAUTH2_ACCESS_TOKEN=access==
        X_OAUTH2_REFRESH_TOKEN=refresh
        X_OAUTH2_EXPIRES_AT=1800003600
        X_OAUTH2_GRANTED_SCOPES=tweet.read,offline.access

        """)
    #expect(outcome.errors == "")
    #expect(outcome.status == 0)
  }

  @Test("--only chooses, and a value that isn't there is an error")
  func only() {
    let world = World.loggedIn(for: 3600)
    let outcome = world.run(
      "export", "--format=shell", "--only", "X_OAUTH2_EXPIRES_AT", "--only", "CLIENT_ID")
    #expect(outcome.output == "export CLIENT_ID='app'\nexport X_OAUTH2_EXPIRES_AT='1800003600'\n")
    let missing = world.run("export", "--only", "CLIENT_SECRET")
    #expect(missing.status == 4)
    #expect(missing.output == "")
    #expect(world.run("export", "--only", "PATH").status == 2)
  }

  @Test("JSON as a format is bare, --json is a result")
  func json() {
    let world = World.loggedIn(for: 3600)
    #expect(
      world.run("export", "--format", "json", "--only", "CLIENT_ID").output
        == #"{"CLIENT_ID":"app"}"# + "\n")
    #expect(
      world.run("export", "--json", "--only", "CLIENT_ID").output
        == #"{"values":{"CLIENT_ID":"app"},"version":1}"# + "\n")
    #expect(world.run("export", "--json", "--format", "shell").status == 2)
  }

  @Test("a terminal is shown secrets only after a yes")
  func terminal() {
    let world = World.loggedIn(for: 3600)
    world.isOutputTerminal = true
    for answer in [nil, "", "n", "no"] {
      world.answer = answer
      let outcome = world.run("export")
      #expect(outcome.output == "")
      #expect(outcome.status == 2)
    }
    for answer in ["Y", " yes "] {
      world.answer = answer
      #expect(world.run("export").output.contains("refresh"))
    }
    world.answer = nil
    #expect(world.run("export", "--force").output.contains("refresh"))
    #expect(world.questions == Array(repeating: "Show secrets on this terminal? [y/N] ", count: 5))
  }

  @Test("for GitHub, masks alone are printed, and the file is appended to by whole lines")
  func gitHub() {
    let world = World("CLIENT_SECRET=50%=a<<b\nX_OAUTH2_ACCESS_TOKEN=at\n")
    world.environment["GITHUB_ENV"] = world.folder.write("EARLIER=1", to: "env")
    let outcome = world.run("export", "--format", "github-env")
    #expect(outcome.output == "::add-mask::50%25=a<<b\n::add-mask::at\n")
    #expect(
      world.folder.text("env")
        == "EARLIER=1\nCLIENT_ID=app\nCLIENT_SECRET=50%=a<<b\nX_OAUTH2_ACCESS_TOKEN=at\n")
  }

  @Test("outside of GitHub, github-env prints nothing")
  func noGitHub() {
    let world = World.loggedIn(for: 3600)
    #expect(world.run("export", "--format", "github-env").status == 4)
    world.environment["GITHUB_ENV"] = world.folder.file("none")
    #expect(world.run("export", "--format", "github-env").status == 4)
  }

  @Test("a value with a line break could be read as another setting, so it is refused")
  func lineBreak() {
    let world = World("X_OAUTH2_ACCESS_TOKEN=\"a\nLD_PRELOAD=x\"\n")
    for format in ["dotenv", "shell", "json"] {
      let outcome = world.run("export", "--format", format)
      #expect(outcome.output == "")
      #expect(outcome.status == 4)
      #expect(!outcome.errors.contains("LD_PRELOAD"))
    }
  }

  @Test("whoever makes a value to export: what would be another line of any format is none")
  func controlCharacter() {
    #expect(
      report { _ = try ExportedValue(.scopes, "a\nb", from: .environment) }?.exit == .settings)
    #expect(report { _ = try ExportedValue(.scopes, "a b", from: .environment) } == nil)
  }

  @Test("a secret that no .env can hold is refused as dotenv, and exported otherwise")
  func unquotable() {
    let world = World("X_OAUTH2_ACCESS_TOKEN=a\n", client: "")
    world.environment = ["CLIENT_ID": "app", "CLIENT_SECRET": "it's$X"]
    let outcome = world.run("export")
    #expect(outcome.status == 4)
    #expect(outcome.output == "")
    #expect(outcome.errors.contains("CLIENT_SECRET"))
    #expect(!outcome.errors.contains("s$X"))
    #expect(world.run("export", "--format", "json").output.contains("it's$X"))
  }

  @Test("a GITHUB_ENV that can't be written to is a failure")
  func fullGitHub() {
    let world = World.loggedIn(for: 3600)
    world.environment["GITHUB_ENV"] = "/dev/full"
    let outcome = world.run("export", "--format", "github-env")
    #expect(outcome.status == 4)
    #expect(outcome.errors.contains("/dev/full"))
  }

  @Test("bytes of the environment that are no UTF-8 are refused, not replaced")
  func environmentNotUTF8() {
    for (name, commands) in [
      ("X_OAUTH2_ACCESS_TOKEN", ["export", "token"]), ("CLIENT_SECRET", ["export"]),
    ] {
      let world = World.withoutFile()
      world.environment = ["CLIENT_ID": "app", "X_OAUTH2_ACCESS_TOKEN": "a"]
      world.environment[name] = String(path: [0x61, 0xE9])
      for command in commands {
        let outcome = world.run(command)
        #expect(outcome.status == 4)
        #expect(outcome.output == "")
        #expect(outcome.errors.contains("\(name) from the environment is not UTF-8"))
      }
    }
  }

  @Test("what is exported and can't be used is said, not hidden")
  func warnings() {
    let expired = World.loggedIn(for: -10).run("export")
    #expect(expired.errors.contains("the access token has expired"))
    let dead = World("X_OAUTH2_ACCESS_TOKEN=a\nX_OAUTH2_EXPIRES_AT=1700000000\n")
    #expect(dead.run("export").errors.contains("run `xauth login`"))
    let unknown = World(grantFor: 60)
    unknown.network.script = [.lost]
    #expect(unknown.run("refresh").status == 75)
    #expect(unknown.run("export").errors.contains("the refresh token may have been used"))
    #expect(unknown.run("export", "--only", "CLIENT_ID").errors == "")
    let spoken = World.loggedIn(for: 3600)
    spoken.isOnTerminal = true
    #expect(spoken.run("export").errors.contains("works once"))
    #expect(spoken.run("export", "--quiet").errors == "")
  }

  @Test("nothing to export is a login's business, a missing file a setting's")
  func nothing() {
    #expect(World().run("export").status == 3)
    #expect(World.withoutFile().run("export").status == 4)
  }
}
