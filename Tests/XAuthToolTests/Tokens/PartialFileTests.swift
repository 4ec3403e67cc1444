import Testing

@testable import OAuth
@testable import XAuthTool

@Suite("refresh: files that hold less, or other things, than a grant")
struct PartialFileTests {
  @Test("an access token alone can't be renewed: exit 3 once it is due")
  func accessOnly() {
    let world = World("X_OAUTH2_ACCESS_TOKEN=a0\nX_OAUTH2_EXPIRES_AT=1800000100\n")
    let run = world.run("refresh", "--json")
    #expect(run.status == 3)
    #expect(run.errorCode == "no_refresh_token")
    #expect(run.output.contains("offline.access"))
    #expect(world.run("refresh", "--min-validity", "1m").status == 0)
    #expect(world.run("token").output == "a0\n")
  }

  @Test("a refresh token alone is renewed")
  func refreshOnly() {
    let world = World("X_OAUTH2_REFRESH_TOKEN=r0\n")
    world.network.script = [.granted("a1", "r1")]
    #expect(world.run("refresh").status == 0)
    #expect(world.access == "a1" && world.refresh == "r1")
    #expect(world.value(.expiresAt) == "1800007200")
  }

  @Test("the two tokens alone, as other tools write them, are renewed and completed")
  func twoTokens() {
    let world = World("X_OAUTH2_ACCESS_TOKEN='a0'\nexport X_OAUTH2_REFRESH_TOKEN=\"r0\"\n")
    world.network.script = [.granted("a1", "r1")]
    #expect(world.run("refresh").status == 0)
    #expect(world.text.contains("export X_OAUTH2_REFRESH_TOKEN=r1\n"))
    #expect(world.value(.expiresAt) == "1800007200")
  }

  @Test(
    "an expiry that is past, blank or no time makes the token due",
    arguments: ["1799999999", "", "soon", "0", "-5", "99999999999999999999", "32503680000", "nan"])
  func due(expiry: String) {
    let world = World(
      "X_OAUTH2_ACCESS_TOKEN=a0\nX_OAUTH2_REFRESH_TOKEN=r0\nX_OAUTH2_EXPIRES_AT=\(expiry)\n")
    world.network.script = [.granted("a1", "r1")]
    let run = world.run("refresh")
    #expect(run.status == 0)
    #expect(world.access == "a1")
    let isTime = expiry.isEmpty || expiry == "1799999999"
    #expect(run.errors.contains("is not a time; taken as unknown") == !isTime)
  }

  @Test("an expiry in milliseconds is read as one")
  func milliseconds() {
    let world = World(
      "X_OAUTH2_ACCESS_TOKEN=a0\nX_OAUTH2_REFRESH_TOKEN=r0\nX_OAUTH2_EXPIRES_AT=1800007000123\n")
    #expect(world.run("refresh").status == 0)
    #expect(world.network.requests.isEmpty)
  }

  @Test("without CLIENT_ID it is exit 4, with the file's path and where to get one")
  func noClient() {
    let world = World("X_OAUTH2_REFRESH_TOKEN=r0\n", client: "")
    let run = world.run("refresh", "--json")
    #expect(run.status == 4)
    #expect(run.errorCode == "client_id_missing")
    #expect(run.output.contains(world.path))
  }

  @Test("a stale copy in the environment is warned about and never sent")
  func staleCopy() {
    let world = World(grantFor: 60)
    world.environment = [
      "X_OAUTH2_ACCESS_TOKEN": "stale-a", "X_OAUTH2_REFRESH_TOKEN": "stale-r",
      "X_OAUTH2_EXPIRES_AT": "1800009999",
    ]
    world.network.script = [.granted("a1", "r1")]
    let run = world.run("refresh")
    #expect(run.status == 0)
    #expect(run.errors.contains("the environment has other tokens"))
    #expect(!run.errors.contains("stale-"))
    #expect(world.network.sent("refresh_token") == ["r0"])
    #expect(world.run("token").output == "a1\n")
  }

  @Test("blank keys in the file keep a stale copy in the environment out")
  func blankKeys() {
    let world = World("X_OAUTH2_ACCESS_TOKEN=\nX_OAUTH2_REFRESH_TOKEN=\n")
    world.environment = ["X_OAUTH2_REFRESH_TOKEN": "stale-r"]
    #expect(world.run("refresh").status == 3)
    #expect(world.run("refresh", "--json").errorCode == "no_token")
    #expect(world.run("token", "--json").errorCode == "no_token")
    #expect(world.network.requests.isEmpty)
  }

  @Test("a missing file is exit 4 with its path, and isn't created")
  func noFile() {
    let world = World()
    let path = world.folder.file("other.env")
    let run = world.run("refresh", "--env-file", path, "--json")
    #expect(run.status == 4)
    #expect(run.errorCode == "env_file_missing")
    #expect(run.output.contains(path))
    #expect(world.folder.bytes("other.env") == nil)
    #expect(world.folder.bytes("other.env.xauth/lock") == nil)
  }

  @Test("duplicates, CRLF, quotes and comments survive a renewal byte for byte")
  func otherBytes() {
    let world = World()
    world.folder.write(
      "\u{FEFF}# top\r\nCLIENT_ID=app\r\nX_OAUTH2_REFRESH_TOKEN='r0' # note\r\n\r\nA=\"1\r\n2\"\r\n"
        + "X_OAUTH2_ACCESS_TOKEN=a0\r\nX_OAUTH2_ACCESS_TOKEN=a0\r\nlast", to: ".env")
    world.network.script = [.granted("a1", "r1")]
    #expect(world.run("refresh").status == 0)
    #expect(
      world.text.hasPrefix(
        "\u{FEFF}# top\r\nCLIENT_ID=app\r\nX_OAUTH2_REFRESH_TOKEN=r1 # note\r\n\r\nA=\"1\r\n2\"\r\n"
      ))
    #expect(!world.text.contains("a0"))
    #expect(world.text.contains("\r\nlast\r\nX_OAUTH2_EXPIRES_AT="))
  }

  @Test("a client secret goes into the Basic header alone; an empty one is none")
  func secret() {
    let world = World(grantFor: 60)
    world.folder.write(world.text + "CLIENT_SECRET=s3cret\n", to: ".env")
    world.network.script = [.granted("a1", "r1")]
    #expect(world.run("refresh").status == 0)
    let headers = world.network.requests[0].headers
    #expect(headers.contains { $0.name == "Authorization" && $0.value == "Basic YXBwOnMzY3JldA==" })
    #expect(world.network.sent("client_secret") == ["-"])

    let empty = World(grantFor: 60)
    empty.folder.write(empty.text + "CLIENT_SECRET=\n", to: ".env")
    empty.network.script = [.granted("a1", "r1")]
    #expect(empty.run("refresh").status == 0)
    #expect(!empty.network.requests[0].headers.contains { $0.name == "Authorization" })
  }
}
