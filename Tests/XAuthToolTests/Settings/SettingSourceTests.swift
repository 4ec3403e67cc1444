import Testing

@testable import OAuth
@testable import XAuthTool

@Suite("Settings: where each comes from")
struct SettingSourceTests {
  @Test("flag, then environment, then file; an empty value is unset")
  func order() throws {
    let world = World("X_OAUTH2_SCOPES=file\nX_OAUTH_CALLBACK_PORT=1\n")
    world.environment = ["X_OAUTH2_SCOPES": "environment", "X_OAUTH_CALLBACK_PORT": ""]
    let flag = try world.settings("login", "--scopes", "flag").setting(.scopes)
    #expect(flag == Setting(name: .scopes, text: "flag", source: .flag("scopes")))
    let settings = try world.settings("login")
    #expect(try settings.setting(.scopes)?.source == .environment)
    #expect(try settings.setting(.callbackPort)?.source == .file(line: 3))
    #expect(try settings.setting(.callbackHost) == nil)
  }

  @Test("the grant travels whole: the file's if it has any of the keys, even blank")
  func grant() throws {
    let copy = [
      "X_OAUTH2_ACCESS_TOKEN": "ea", "X_OAUTH2_REFRESH_TOKEN": "er",
      "X_OAUTH2_EXPIRES_AT": "1800000000", "X_OAUTH2_GRANTED_SCOPES": "a,b",
    ]
    for name in SettingName.grant {
      let world = World("\(name.rawValue)=\n")
      world.environment = copy
      let held = try world.settings("show").grant()
      #expect(held.source == .file)
      #expect(held.grant == .blank)
    }
    let world = World()
    world.environment = copy
    let held = try world.settings("show").grant()
    #expect(held.source == .environment)
    #expect(held.grant.hasSameTokens(as: .of("ea", "er")))
    #expect(held.grant.expiresAt == 1_800_000_000)
    #expect(held.grant.scopes == Scopes(["b", "a"]))
  }

  @Test("a differing copy in the environment is stale, an equal one isn't")
  func stale() throws {
    let world = World(grantFor: 60)
    for (environment, expected) in [
      (["X_OAUTH2_ACCESS_TOKEN": "a0", "X_OAUTH2_REFRESH_TOKEN": "r0"], nil),
      (["X_OAUTH2_ACCESS_TOKEN": "a0"], nil),
      (["X_OAUTH2_ACCESS_TOKEN": "x"], Warning.staleCopy(of: world.path)),
      (["X_OAUTH2_REFRESH_TOKEN": "x"], .staleCopy(of: world.path)), ([:], nil),
    ] {
      world.environment = environment
      #expect(try world.settings("show").staleCopyInEnvironment() == expected)
    }
  }

  @Test("id and secret travel as a pair: the file's with the file's grant, else the environment's")
  func pair() throws {
    let world = World("CLIENT_SECRET=file-secret\n", client: "CLIENT_ID=file-id\n")
    world.environment = ["CLIENT_ID": "env-id"]
    var client = try world.settings("show").client()
    #expect(client?.credentials.id == "env-id")
    #expect(client?.credentials.isConfidential == false)

    world.folder.write(world.text + "X_OAUTH2_REFRESH_TOKEN=\n", to: ".env")
    client = try world.settings("show").client()
    #expect(client?.credentials.id == "file-id")
    #expect(client?.credentials.isConfidential == true)

    world.environment = ["CLIENT_SECRET": "env-secret"]
    world.folder.write("CLIENT_ID=file-id\n", to: ".env")
    client = try world.settings("show").client()
    #expect(client?.credentials.id == "file-id")
    #expect(client?.credentials.isConfidential == false)
  }

  @Test("the secret is shown as set, with where it comes from, and only where it is used")
  func shownSecret() throws {
    let world = World(
      "CLIENT_SECRET=file-secret\nX_OAUTH2_REFRESH_TOKEN=r\n", client: "CLIENT_ID=file-id\n")
    let run = world.run("show", "--verbose")
    let json = world.run("show", "--json").output
    #expect(json.contains(#"{"name":"CLIENT_SECRET","source":"the file, line 2","value":"set"}"#))
    #expect(!(run.output + run.errors + json).contains("file-secret"))
    world.folder.write("CLIENT_ID=file-id\nX_OAUTH2_REFRESH_TOKEN=r\n", to: ".env")
    world.environment = ["CLIENT_SECRET": "env-secret"]
    #expect(!world.run("show", "--json").output.contains("CLIENT_SECRET"))
  }

  @Test("what can run never comes from the file")
  func hook() throws {
    let world = World("XAUTH_ON_ROTATE=file\nBROWSER=file\n")
    #expect(try world.settings("refresh").onRotate == nil)
    world.environment = ["XAUTH_ON_ROTATE": "environment"]
    #expect(try world.settings("refresh").onRotate == "environment")
    #expect(try world.settings("refresh", "--on-rotate", "flag").onRotate == "flag")
  }

  @Test("the file is named by the flag, then XAUTH_ENV_FILE, then it is ./.env")
  func file() throws {
    let world = World()
    #expect(try world.settings("show").file.namedBy == nil)
    world.environment = ["XAUTH_ENV_FILE": world.folder.file("other")]
    #expect(try world.settings("show").file.target.path == world.folder.file("other"))
    #expect(try world.settings("show").file.namedBy == .environment)
    let named = try world.settings("show", "--env-file", ".env").file
    #expect(named.target.path == world.path)
    #expect(named.namedBy == .flag("env-file"))
  }
}
