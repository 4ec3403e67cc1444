import Testing

@testable import XAuthTool

@Suite("Settings: what can't be a credential")
struct ValueFaultTests {
  @Test("a token that X has issued is taken as it came")
  func issued() {
    let world = World(grantFor: 60)
    let odd = #"{"access_token":"a 1 #","refresh_token":"%r1$","token_type":"bearer"}"#
    world.network.script = [.answer(200, odd, [:]), .granted("a2", "r2")]
    #expect(world.run("token").output == "a0\n")
    #expect(world.run("refresh").status == 0)
    #expect(world.run("token").output == "a 1 #\n")
    #expect(world.run("refresh", "--force").status == 0)
    #expect(world.network.sent("refresh_token").last == "%25r1%24")
    world.write(access: "a2", refresh: "%r1$", expiresIn: 60)
    #expect(world.run("token", "--min-validity", "1h").status == 4)
  }

  private static let cases: [(value: String, words: String)] = [
    ("\"abc\"", "still has its quotes"), ("'abc'", "still has its quotes"),
    ("\u{201c}abc\u{201d}", "still has its quotes"), ("abc\"", "still has its quotes"),
    ("Bearer abc", "is a whole header"), ("authorization: abc", "is a whole header"),
    ("${TOKEN}", "is a placeholder"), ("$TOKEN", "is a placeholder"),
    ("{{ secrets.TOKEN }}", "is a placeholder"), ("<token>", "is a placeholder"),
    ("your-token-here", "is a placeholder"),
    ("op://vault/x/token", "is a reference"), ("https://x.com/token", "is a reference"),
    ("encrypted:BGxyz", "is encrypted"), ("ENC[AES256_GCM,data:x]", "is encrypted"),
    ("***", "is masked"), ("abcdef...", "is masked"), ("abc ", "contains a space"),
    ("abc\u{a0}", "contains a space"), ("ab\u{200b}c", "a non-ASCII character"),
    ("\u{feff}abc", "a non-ASCII character"),
  ]
  private static let names: [SettingName] = [
    .clientID, .clientSecret, .accessToken, .refreshToken,
  ]

  @Test(
    "is refused by name, source and look before anything is sent, without the value",
    arguments: cases)
  func refused(value: String, words: String) {
    for name in Self.names {
      let world = World.withoutFile()
      world.environment = [
        "CLIENT_ID": "app", "CLIENT_SECRET": "s", "X_OAUTH2_ACCESS_TOKEN": "a",
        "X_OAUTH2_REFRESH_TOKEN": "r", "XAUTH_ON_ROTATE": "put-back",
      ]
      world.environment[name.rawValue] = value
      let outcome = world.run("refresh", "--force")
      #expect(outcome.status == 4)
      #expect(outcome.errors.contains("\(name.rawValue) from the environment "))
      #expect(outcome.errors.contains(words))
      #expect(!outcome.errors.contains(value))
      #expect(world.network.requests.isEmpty)
      let doctor = world.run("doctor")
      #expect(doctor.status == 4)
      #expect(doctor.output.split(separator: "\n").count { $0.contains(words) } == 1)
    }
  }

  @Test("in the file is refused by its line")
  func file() {
    let world = World("X_OAUTH2_REFRESH_TOKEN='\"r\"'\n")
    #expect(
      world.run("refresh").errors.contains(
        "X_OAUTH2_REFRESH_TOKEN from the file, line 2 still has its quotes"))
    let scopes = World("X_OAUTH2_SCOPES='\"tweet.read offline.access\"'\n")
    scopes.answer = "y"
    let login = scopes.run("login")
    #expect(login.status == 4)
    #expect(login.errors.contains("X_OAUTH2_SCOPES from the file, line 2 still has its quotes"))
  }

  @Test("its own name before it is one too many")
  func named() {
    let world = World("X_OAUTH2_REFRESH_TOKEN=r\n", client: "CLIENT_ID='CLIENT_ID=app'\n")
    #expect(world.run("refresh").errors.contains("CLIENT_ID from the file, line 1 repeats its own"))
  }

  @Test("only a client's secret may be a sentence in any language")
  func sentence() {
    for name in Self.names {
      #expect(ValueFault(in: "abc def", of: name) == (name == .clientSecret ? nil : .blank))
      #expect(ValueFault(in: "abc\u{e4}", of: name) == (name == .clientSecret ? nil : .notASCII))
    }
  }

  @Test(
    "what a server may issue passes",
    arguments: [
      "bWFkZV9mb3JfdGVzdHM6MTp-LjE", "a+b/c==", "a.b-c_d~e", "x:1:ci", "bearer", "a'b", "50%off",
      "encrypted", "a$b",
    ])
  func passes(value: String) {
    for name in Self.names { #expect(ValueFault(in: value, of: name) == nil) }
  }
}

@Suite("Settings: secrets that a job wasn't given")
struct EmptySecretsTests {
  @Test("are named, in CI and in a container", arguments: [true, false])
  func empty(inCI: Bool) {
    let world = World.withoutFile()
    world.environment = [
      "X_OAUTH2_ACCESS_TOKEN": "", "X_OAUTH2_REFRESH_TOKEN": "", "CLIENT_ID": "",
      "CI": inCI ? "true" : "", "XAUTH_ON_ROTATE": "put-back", "PATH": "/bin",
    ]
    world.installed = ["/bin/true"]
    for command in [["refresh"], ["token"], ["export"], ["exec", "--", "true"], ["show"]] {
      let outcome = world.run(command)
      #expect(outcome.status == 4)
      #expect(
        outcome.errors.contains(
          "X_OAUTH2_ACCESS_TOKEN and X_OAUTH2_REFRESH_TOKEN are empty"))
      #expect(outcome.errors.contains("this job isn't given the secrets") == inCI)
    }
    #expect(world.run("doctor").output.contains("are empty"))
    world.environment["X_OAUTH2_REFRESH_TOKEN"] = "r"
    #expect(world.run("refresh").errors.contains("CLIENT_ID is empty"))
  }

  @Test("aren't missed where the file has them, nor where a request is signed")
  func elsewhere() {
    let world = World.loggedIn(for: 3600)
    world.environment = ["X_OAUTH2_ACCESS_TOKEN": "", "CLIENT_ID": "", "CI": "true"]
    #expect(world.run("token").output == "access==\n")
    let signing = World.withoutFile()
    signing.environment = [
      "X_OAUTH_CONSUMER_KEY": "key", "X_OAUTH_CONSUMER_SECRET": "s", "X_OAUTH_ACCESS_TOKEN": "t",
      "X_OAUTH_ACCESS_TOKEN_SECRET": "u", "X_OAUTH2_ACCESS_TOKEN": "", "CI": "true",
    ]
    #expect(signing.run("header", "https://api.x.com/2").status == 0)
  }
}
