import Testing

@testable import OAuth
@testable import XAuthTool

@Suite("Settings: what can't be used is refused, by name and place")
struct SettingRefusalTests {
  private func refusal(
    _ lines: String, client: String = "CLIENT_ID=app\n", environment: [String: String] = [:],
    _ read: (Settings) throws -> Void
  ) throws -> FailureReport? {
    let world = World(lines, client: client)
    world.environment = environment
    let settings = try world.settings("login")
    return report { try read(settings) }
  }

  @Test(
    "a callback that can't be one",
    arguments: [
      ("X_OAUTH_CALLBACK_PORT=0", "setting_out_of_range"),
      ("X_OAUTH_CALLBACK_PORT=65536", "setting_out_of_range"),
      ("X_OAUTH_CALLBACK_PORT=http", "setting_out_of_range"),
      ("X_OAUTH_CALLBACK_PORT=80.5", "setting_out_of_range"),
      ("X_OAUTH_CALLBACK_TIMEOUT=0", "setting_out_of_range"),
      ("X_OAUTH_CALLBACK_TIMEOUT=86401", "setting_out_of_range"),
      ("X_OAUTH_CALLBACK_TIMEOUT=2d", "setting_out_of_range"),
      ("X_OAUTH_CALLBACK_TIMEOUT=soon", "setting_out_of_range"),
      ("X_OAUTH_CALLBACK_HOST=http://127.0.0.1", "bad_callback_host"),
      ("X_OAUTH_CALLBACK_HOST=127.0.0.1:9", "bad_callback_host"),
      ("X_OAUTH_CALLBACK_HOST=a/b", "bad_callback_host"),
      ("X_OAUTH_CALLBACK_PATH=callback", "bad_callback_path"),
      ("X_OAUTH_CALLBACK_PATH=/a?b", "bad_callback_path"),
      ("X_OAUTH_CALLBACK_PATH=/a#b", "bad_callback_path"),
      ("X_OAUTH_CALLBACK_HOST=example.com", "callback_needs_https"),
      ("X_OAUTH_CALLBACK_HOST=127.0.0.1.example.com", "callback_needs_https"),
      ("X_OAUTH_CALLBACK_HOST=192.168.1.2", "callback_needs_https"),
      ("X_OAUTH_CALLBACK_SCHEME=ftp", "unknown_callback_scheme"),
      ("TLS_CERT_FILE=cert.pem", "half_of_tls"), ("TLS_KEY_FILE=key.pem", "half_of_tls"),
      (
        "TLS_CERT_FILE=c\nTLS_KEY_FILE=k\nX_OAUTH_CALLBACK_SCHEME=http", "certificate_without_https"
      ),
    ])
  func callback(lines: String, code: String) throws {
    let refusal = try #require(try refusal(lines + "\n") { _ = try $0.callback() })
    #expect(refusal.code == code)
    #expect(refusal.exit == .settings)
    let name = lines.split(separator: "\n").last?.split(separator: "=").first ?? ""
    let names = code == "callback_needs_https" ? "TLS_CERT_FILE" : String(name)
    let hint = refusal.hint?.text(tool: "xauth") ?? ""
    #expect((refusal.message + hint).contains(names))
  }

  @Test(
    "a callback that can be one",
    arguments: [
      ("", "http://127.0.0.1:8976/oauth/callback"),
      ("X_OAUTH_CALLBACK_HOST=localhost", "http://localhost:8976/oauth/callback"),
      ("X_OAUTH_CALLBACK_HOST=127.9.9.9", "http://127.9.9.9:8976/oauth/callback"),
      ("X_OAUTH_CALLBACK_HOST=[::1]", "http://[::1]:8976/oauth/callback"),
      (
        "X_OAUTH_CALLBACK_HOST=box.example.ts.net\nX_OAUTH_CALLBACK_SCHEME=https",
        "https://box.example.ts.net:8976/oauth/callback"
      ),
      (
        "TLS_CERT_FILE=c\nTLS_KEY_FILE=k\nX_OAUTH_CALLBACK_PORT=1\nX_OAUTH_CALLBACK_PATH=/",
        "https://127.0.0.1:1/"
      ),
    ])
  func goodCallback(lines: String, uri: String) throws {
    #expect(try World(lines + "\n").settings("login").callback().redirect.uri == uri)
  }

  @Test(
    "the time that a login waits is a duration, as an option and as a setting",
    arguments: [("90", 90), ("5m", 300), ("1d", 86_400), ("1h30m", 5400)])
  func timeout(text: String, seconds: Int) throws {
    let world = World("X_OAUTH_CALLBACK_TIMEOUT=\(text)\n")
    #expect(try world.settings("login").callback().timeout == seconds)
    #expect(try World().settings("login", "--timeout", text).callback().timeout == seconds)
    #expect(try world.settings("login", "--timeout", "7").callback().timeout == 7)
  }

  @Test("an option that can't be used is named as one, and is the command line's: exit 2")
  func options() throws {
    let timeout = try World().settings("login", "--timeout", "2d")
    let late = try #require(report { _ = try timeout.callback() })
    #expect(late.message == "--timeout=2d is not a duration from 1s to 1d")
    #expect(late.exit == .usage)
    let scopes = try World().settings("login", "--scopes", ",")
    let empty = try World("X_OAUTH2_SCOPES=tweet.read\n").settings("login", "--scopes", "")
    #expect(report { _ = try empty.requestedScopes() }?.message == "--scopes names no scope")
    let none = try #require(report { _ = try scopes.requestedScopes() })
    #expect(none.message == "--scopes names no scope")
    #expect(none.exit == .usage)
  }

  @Test(
    "an address to listen on that can't be one: the setting that names it is wrong, not the host",
    arguments: ["eth0", "nohost.invalid:80", "wlan0.:9"])
  func listen(address: String) throws {
    for (lines, arguments, name, status) in [
      ("", ["--listen", address], "--listen=\(address)", Int32(2)),
      ("X_OAUTH_CALLBACK_LISTEN=\(address)\n", [], "X_OAUTH_CALLBACK_LISTEN=\(address)", 4),
    ] {
      let world = World(lines)
      world.answer = "y"
      let login = world.run(["login"] + arguments)
      #expect(login.status == status)
      #expect(login.errors.contains(name))
      #expect(!login.errors.contains("X_OAUTH_CALLBACK_HOST"))
    }
  }

  @Test(
    "authorities that can't be read and a proxy that is none are found before a person is asked")
  func localChecks() throws {
    for (name, value, shown) in [
      ("SSL_CERT_FILE", "/nonexistent.pem", "/nonexistent.pem"),
      ("CURL_CA_BUNDLE", "/etc/hostname", "/etc/hostname"),
      ("SSL_CERT_DIR", "/nonexistent", "/nonexistent"),
      ("https_proxy", "http://us:p@ss@proxy.example:3128", "https_proxy"),
      ("ALL_PROXY", "proxy.example:0", "ALL_PROXY"),
    ] {
      let world = World()
      world.environment = [name: value]
      world.answer = "y"
      let login = world.run("login")
      #expect(login.status == 4)
      #expect(!login.errors.contains("Open this address"))
      let message = login.errors.split(separator: "\n").first?.dropFirst("xauth: ".count) ?? ""
      #expect(message.contains(shown))
      #expect(world.run("doctor").output.contains(message))
    }
  }

  @Test("TLS files are relative to the folder of the file")
  func tlsFiles() throws {
    let world = World("TLS_CERT_FILE=tls/cert.pem\nTLS_KEY_FILE=/etc/key.pem\n")
    let tls = try world.settings("login").callback().tls
    #expect(tls?.certificate == world.folder.file("tls/cert.pem"))
    #expect(tls?.key == "/etc/key.pem")
  }

  @Test(
    "an endpoint that isn't https, or no URL",
    arguments: [
      ("X_API_BASE_URL=http://api.example.com", "endpoint_not_https"),
      ("X_API_BASE_URL=http://localhost.example.com", "endpoint_not_https"),
      ("X_OAUTH2_AUTHORIZE_URL=http://x.com/i", "endpoint_not_https"),
      ("X_API_BASE_URL=ftp://api.example.com", "endpoint_not_url"),
      ("X_API_BASE_URL=https://\u{fc}.example", "endpoint_not_url"),
      ("X_API_BASE_URL=https://api.x.com:99999", "endpoint_not_url"),
      ("X_API_BASE_URL='https://api.x.com/a b'", "endpoint_not_url"),
      ("X_OAUTH2_AUTHORIZE_URL=https:///authorize", "endpoint_not_url"),
      ("X_API_BASE_URL=api.x.com", "endpoint_not_url"),
      ("X_API_BASE_URL=https://user:password@api.x.com", "endpoint_not_url"),
      ("X_API_BASE_URL=https://api.x.com#a", "endpoint_not_url"),
      ("X_API_BASE_URL=https://api.x.com?a=b", "endpoint_not_url"),
      ("X_API_BASE_URL=https://", "endpoint_not_url"),
    ])
  func endpoint(lines: String, code: String) throws {
    let refusal = try #require(
      try refusal(lines + "\n") { _ = try $0.endpoints(sending: [.file(line: 1)]) })
    #expect(refusal.code == code)
    #expect(refusal.exit == .settings)
    #expect(!refusal.message.contains("password"))
  }

  @Test("loopback may be plain http, also by IPv6 and by name")
  func loopbackEndpoint() throws {
    for host in ["127.0.0.1:9", "[::1]:9", "localhost:9"] {
      let settings = try World("X_API_BASE_URL=http://\(host)/\n").settings("login")
      #expect(try settings.endpoints(sending: []).api.text == "http://\(host)")
    }
  }

  @Test("credentials from the environment never go to an endpoint from the file")
  func elsewhere() throws {
    for name in ["X_API_BASE_URL", "X_OAUTH2_AUTHORIZE_URL"] {
      let line = "\(name)=https://collector.example\n"
      let refusal = try #require(
        try refusal(line) { _ = try $0.endpoints(sending: [.file(line: 1), .environment]) })
      #expect(refusal.code == "endpoint_from_elsewhere")
      #expect(refusal.exit == .settings)
    }
    let world = World("X_API_BASE_URL=https://collector.example\n", client: "")
    world.environment = [
      "CLIENT_ID": "app", "X_OAUTH2_REFRESH_TOKEN": "er", "X_OAUTH2_ACCESS_TOKEN": "ea",
    ]
    let run = world.run("refresh", "--json")
    #expect(run.status == 4)
    #expect(run.errorCode == "endpoint_from_elsewhere")
    #expect(world.network.requests.isEmpty)
  }

  @Test("where credentials go elsewhere than to X, a line says so")
  func said() {
    let world = World(grantFor: 60)
    world.folder.write(world.text + "X_API_BASE_URL=https://mirror.example\n", to: ".env")
    world.network.script = [.granted("a1", "r1")]
    #expect(world.run("refresh").errors.contains("credentials go to mirror.example, not to X"))
    #expect(world.network.requests.first?.url == "https://mirror.example/2/oauth2/token")
  }

  @Test("--quiet leaves that line out, as cron wants it; show tells it all the same")
  func quiet() {
    let world = World(grantFor: 60)
    world.folder.write(world.text + "X_API_BASE_URL=https://mirror.example\n", to: ".env")
    world.network.script = [.granted("a1", "r1")]
    #expect(world.run("refresh", "--quiet").errors == "")
    let shown = world.run("show", "--quiet", "--verbose").output
    #expect(shown.contains("X_API_BASE_URL=https://mirror.example"))
  }

  @Test("a control character in a credential, and a value that isn't UTF-8")
  func bytes() throws {
    let tabbed = try #require(
      try refusal("", client: "CLIENT_ID=\"a\tb\"\n") { _ = try $0.client() })
    #expect(tabbed.code == "setting_control_character")
    let world = World()
    world.folder.write([UInt8]("X_OAUTH2_SCOPES=".utf8) + [0xFF, 0x0A], to: ".env")
    let settings = try world.settings("login")
    let wrong = try #require(report { _ = try settings.requestedScopes() })
    #expect(wrong.code == "setting_not_utf8")
    #expect(wrong.message.contains("line 1"))
  }

  @Test("scopes that name none")
  func scopes() throws {
    let refusal = try refusal("X_OAUTH2_SCOPES=\", ,\"\n") { _ = try $0.requestedScopes() }
    #expect(refusal?.code == "no_scopes")
  }

  @Test("a list of scopes that can't be asked for doesn't keep show from telling the rest")
  func shown() throws {
    let world = World(grantFor: 3600)
    let grant = world.text
    world.folder.write(grant + "X_OAUTH2_SCOPES=\",\"\n", to: ".env")
    let run = world.run("show", "--verbose")
    #expect(run.status == 0)
    #expect(run.output.contains("X_OAUTH2_SCOPES from the file, line 5 names no scope"))
    #expect(run.output.contains("http://127.0.0.1:8976/oauth/callback"))
    world.folder.write([UInt8]((grant + "X_API_BASE_URL=").utf8) + [0xFF, 0x0A], to: ".env")
    let unreadable = world.run("show")
    #expect(unreadable.status == 0)
    #expect(unreadable.errors.contains("X_API_BASE_URL in \(world.path), line 5, is not UTF-8"))
  }

  @Test("no CLIENT_ID: where to put it, and whether the file is there")
  func noClient() throws {
    let there = try refusal("", client: "") { _ = try $0.requiredClient() }
    #expect(there?.code == "client_id_missing")
    #expect(there?.hint?.text(tool: "xauth").contains("https://console.x.com") == true)
    let world = World()
    let settings = try world.settings("login", "--env-file", "absent")
    let absent = report { _ = try settings.requiredClient() }
    #expect(absent?.message.contains("which doesn't exist") == true)
  }
}
