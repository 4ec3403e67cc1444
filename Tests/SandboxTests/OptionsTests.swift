import Testing

@testable import Sandbox

@Suite("The options")
struct OptionsTests {
  @Test("without arguments: X's behaviour, a public client, xauth's redirect URI")
  func defaults() throws {
    let options = try Options([])
    #expect(options.redirectURIs == ["http://127.0.0.1:8976/oauth/callback"])
    #expect(options.clientSecret == nil)
    #expect(options.policy.accessLifetime == 7200)
    #expect(options.policy.issuesRefreshTokens)
    #expect(!options.policy.endsGrantOnReuse)
    guard case .ask = options.policy.consent else {
      Issue.record("consent isn't asked for")
      return
    }
  }

  @Test("values come after a space or an equals sign")
  func values() throws {
    let options = try Options([
      "--port=0", "--client-id", "c", "--client-secret=a=b", "--redirect-uri", "http://h/1",
      "--redirect-uri=https://h/2", "--access-lifetime", "5", "--grant-scopes", "a b,c",
      "--delay=1500", "--log", "l", "--tls-cert=c.pem", "--tls-key=k.pem", "--family-revocation",
      "--no-refresh-token",
    ])
    #expect(options.port == 0)
    #expect(options.clientID == "c")
    #expect(options.clientSecret == "a=b")
    #expect(options.redirectURIs == ["http://h/1", "https://h/2"])
    #expect(options.policy.accessLifetime == 5)
    #expect(options.policy.grantableScopes == ["a", "b", "c"])
    #expect(options.tokenDelay == 1.5)
    #expect(options.logFile == "l")
    #expect(options.policy.endsGrantOnReuse)
    #expect(!options.policy.issuesRefreshTokens)
  }

  @Test(
    "malformed arguments are a usage error",
    arguments: [
      ["--nope"], ["word"], ["--port"], ["--port", "x"], ["--port", "65536"], ["--port=-1"],
      ["--auto-approve=yes"], ["--client-id="], ["--redirect-uri", "ftp://h/"],
      ["--redirect-uri", "http://h/\r\nA: b"], ["--redirect-uri", "http://h/#f"],
      ["--tls-cert", "c.pem"], ["--tls-key", "k.pem"], ["--delay", "600001"],
    ])
  func usage(arguments: [String]) {
    let failure = #expect(throws: StartFailure.self) { try Options(arguments) }
    #expect(failure?.exitStatus == 2)
  }

  @Test("the help names every option, and the greeting never the secret")
  func texts() throws {
    for name in ["--port", "--grant-scopes", "--delay", "--auto-deny", "--tls-key", "--help"] {
      #expect(Options.help.contains(name))
    }
    let greeting = try Options(["--client-secret", "s3cret"]).greeting(port: 81)
    #expect(greeting.hasPrefix("xauth-sandbox: http://127.0.0.1:81\n"))
    #expect(greeting.contains("This is not X"))
    #expect(!greeting.contains("s3cret"))
    #expect(greeting.hasSuffix(try Options(["--client-secret", "s3cret"]).settings(port: 81)))
  }
}
