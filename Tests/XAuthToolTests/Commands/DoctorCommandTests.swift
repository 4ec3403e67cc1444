import Foundation
import HTTP
import TestSupport
import Testing

@testable import XAuthTool

@Suite("doctor")
struct DoctorCommandTests {
  /// What it says in JSON, by check and status.
  private func findings(_ world: World, _ arguments: String...) throws -> [String] {
    let output = world.run(["doctor", "--json"] + arguments).output
    struct Report: Decodable {
      struct Check: Decodable {
        let check: String
        let status: String
        let message: String
        let cure: String?
      }
      let checks: [Check]
    }
    let report = try JSONDecoder().decode(Report.self, from: Data(output.utf8))
    #expect(report.checks.allSatisfy { ($0.status == "ok") == ($0.cure == nil) })
    return report.checks.filter { $0.status != "ok" }.map { "\($0.check) \($0.status)" }
  }

  /// A world in which nothing is wrong.
  private func healthy() -> World {
    let world = World.loggedIn(for: 3600)
    world.folder.write(
      (world.folder.text(".env") ?? "")
        + "X_OAUTH2_SCOPES=tweet.read offline.access\nX_OAUTH_CALLBACK_HOST=\(LoopbackAddress.fresh())\n",
      to: ".env")
    world.environment = ["PATH": "/opt:/usr/bin"]
    world.installed = ["/opt/xauth"]
    world.ourselves = "/opt/xauth"
    return world
  }

  @Test("it has nothing to say where all is well, and exits 0")
  func healthyWorld() throws {
    let world = healthy()
    #expect(try findings(world) == [])
    #expect(world.run("doctor").status == 0)
    #expect(world.network.requests.isEmpty)
  }

  @Test("a check that fails is exit 4, a warning isn't")
  func exitCodes() {
    let world = healthy()
    world.letGitCommit()
    #expect(world.run("doctor").status == 0)
    world.environment["CLIENT_ID"] = ""
    world.folder.write("X_OAUTH2_REFRESH_TOKEN=r\n", to: ".env")
    #expect(world.run("doctor").status == 4)
  }

  @Test("a file that can't be read leaves the machine to be looked at")
  func unreadable() throws {
    let world = healthy()
    world.environment["XAUTH_ENV_FILE"] = world.folder.path
    #expect(try findings(world) == ["file failed"])
  }

  @Test("the file: permissions, write protection, absence")
  func file() throws {
    let world = healthy()
    chmod(world.folder.file(".env"), 0o644)
    #expect(try findings(world) == ["file warning"])
    chmod(world.folder.file(".env"), 0o400)
    #expect(try findings(world) == ["file failed"])
    #expect(world.run("doctor").output.contains("chmod u+w"))

    let absent = World.withoutFile()
    absent.environment = ["CLIENT_ID": "app"]
    #expect(try findings(absent).contains("file failed"))
    absent.environment["XAUTH_ENV_FILE"] = absent.folder.file("new.env")
    #expect(try findings(absent).contains("file warning"))
    #expect(absent.folder.text("new.env") == nil)
    absent.environment["X_OAUTH2_ACCESS_TOKEN"] = "a"
    #expect(try !findings(absent).contains { $0.hasPrefix("file ") })
    #expect(absent.run("doctor").output.contains("the tokens come from the environment"))
  }

  @Test("the file: one with another hard link can only be overwritten, and why")
  func hardLink() throws {
    let world = healthy()
    #expect(link(world.path, world.folder.file("backup")) == 0)
    #expect(try findings(world) == ["file warning"])
    #expect(world.run("doctor").output.contains("it has other hard links"))
  }

  @Test("git, the token, and values that the environment hides")
  func content() throws {
    let world = healthy()
    world.letGitCommit()
    world.environment["X_OAUTH2_ACCESS_TOKEN"] = "other"
    world.environment["X_OAUTH2_SCOPES"] = "tweet.read nosuch.scope offline.access"
    world.environment["CLIENT_ID"] = "another"
    world.environment["CLIENT_SECRET"] = "unused"
    #expect(
      try findings(world) == [
        "git warning", "scopes warning", "scopes warning", "client warning", "client warning",
        "environment warning", "environment warning",
      ])
  }

  @Test("git: what it tracks, that it gave no answer, and that there is no repository or no git")
  func git() throws {
    let world = healthy()
    let journal = "\(world.path).xauth/journal"
    func words() -> String { world.run("doctor").output }
    #expect(words().contains("git would not commit \(world.path)\n"))
    world.git = .noRepository
    #expect(try findings(world) == [])
    #expect(words().contains("\(world.path) is not in a git repository\n"))
    world.git = .wouldCommit(tracked: [journal], untracked: [world.path])
    #expect(try findings(world) == ["git warning", "git warning"])
    #expect(words().contains("git tracks \(journal), and would commit the tokens in it\n"))
    world.git = .noAnswer("it is asleep")
    #expect(try findings(world) == ["git warning"])
    #expect(words().contains("git could not be asked about \(world.path): it is asleep\n"))
    world.git = .notInstalled
    #expect(try findings(world) == ["git warning"])
    #expect(words().contains("there is no git on PATH\n"))
    #expect(!words().contains("would not commit"))
  }

  @Test("images: what is built beside the file or around it gets to see neither file")
  func images() throws {
    let world = healthy()
    let folder = world.folder
    func words() -> String { world.run("doctor").output }
    #expect(!words().contains("image"))
    folder.write("FROM scratch\nCOPY . .\n", to: "Dockerfile")
    #expect(try findings(world) == ["image warning"])
    #expect(
      words().contains(
        "images built in \(folder.path) can contain the tokens in .env and .env.xauth\n"))
    folder.write("node_modules\n.env\n", to: ".dockerignore")
    #expect(
      words().contains("images built in \(folder.path) can contain the tokens in .env.xauth\n"))
    #expect(words().contains("→ add .env.xauth to \(folder.file(".dockerignore"))\n"))
    folder.write("*\n!*.xauth\n", to: ".dockerignore")
    #expect(try findings(world) == ["image warning"])
    folder.write(".env*\n", to: ".dockerignore")
    #expect(try findings(world) == [])
    #expect(words().contains("no image that is built here would hold the tokens\n"))
  }

  @Test("images: a folder around the file counts, up to the top of the repository")
  func imagesAround() throws {
    let world = healthy()
    let folder = world.folder
    folder.write("FROM scratch\nCOPY . .\n", to: "Containerfile")
    mkdir(folder.file("api"), 0o700)
    #expect(rename(world.path, folder.file("api/.env")) == 0)
    world.environment["XAUTH_ENV_FILE"] = "api/.env"
    #expect(try findings(world) == [])
    mkdir(folder.file(".git"), 0o700)
    #expect(world.run("doctor").output.contains("→ add api/.env and api/.env.xauth to"))
    folder.write("**/.env*\n", to: ".containerignore")
    #expect(try findings(world) == [])
    mkdir(folder.file("api/.git"), 0o700)
    unlink(folder.file(".containerignore"))
    #expect(try findings(world) == [])
  }

  @Test("a token that nothing renews warns while it lives, and fails once it has expired")
  func deadToken() throws {
    let world = healthy()
    let text = world.folder.text(".env") ?? ""
    world.folder.write(text.replacingOccurrences(of: "=refresh\n", with: "=\n"), to: ".env")
    #expect(try findings(world) == ["token warning"])
    world.now += 5000
    #expect(try findings(world) == ["token failed"])
  }

  @Test("the callback: a port that is taken, a host that needs https, half a certificate")
  func callback() throws {
    let world = healthy()
    let taken = try LoopbackPort(backlog: 1)
    world.environment["X_OAUTH_CALLBACK_PORT"] = "\(taken.number)"
    world.environment["X_OAUTH_CALLBACK_HOST"] = "127.0.0.1"
    #expect(try findings(world) == ["environment warning", "callback failed"])
    #expect(world.run("doctor").output.contains("port \(taken.number) on 127.0.0.1 is in use"))
    world.environment["X_OAUTH_CALLBACK_PORT"] = nil
    world.environment["X_OAUTH_CALLBACK_HOST"] = "box.example"
    #expect(try findings(world) == ["environment warning", "callback failed"])
    world.environment["X_OAUTH_CALLBACK_HOST"] = nil
    world.environment["TLS_CERT_FILE"] = "no.pem"
    #expect(try findings(world) == ["callback failed"])
    world.environment["TLS_KEY_FILE"] = "no.pem"
    #expect(try findings(world) == ["certificate failed"])
  }

  @Test("the callback: a certificate that works and that a browser warns of")
  func certificate() throws {
    let world = healthy()
    let certificate = try CertificateAuthority().issue(for: "IP:127.0.0.1", to: 2049)
    world.environment["X_OAUTH_CALLBACK_HOST"] = "127.0.0.1"
    world.environment["TLS_CERT_FILE"] = certificate.file
    world.environment["TLS_KEY_FILE"] = certificate.keyFile
    #expect(try findings(world) == ["environment warning"])
    #expect(world.run("doctor").output.contains("valid for"))
    // Ten days before 2049.
    world.now = 2_492_208_000
    #expect(try findings(world).contains("certificate warning"))
    #expect(world.run("doctor").output.contains("the certificate expires in 10 days"))
  }

  @Test("the callback: what a proxy before it has to do")
  func proxiedCallback() throws {
    let world = healthy()
    let hint = "proxy_set_header Host $http_host;"
    #expect(!world.run("doctor").output.contains(hint))
    world.environment["X_OAUTH_CALLBACK_HOST"] = "auth.example.com"
    world.environment["X_OAUTH_CALLBACK_SCHEME"] = "https"
    world.environment["X_OAUTH_CALLBACK_LISTEN"] = LoopbackAddress.fresh()
    #expect(world.run("doctor").output.contains(hint))
  }

  @Test("a CLIENT_ID that can't be one is found once, and a login refuses it in the same words")
  func impossibleClientID() throws {
    let world = healthy()
    world.folder.write(
      world.text.replacing("CLIENT_ID=app\n", with: "CLIENT_ID='app app'\n"), to: ".env")
    #expect(try findings(world) == ["client failed"])
    let message = "CLIENT_ID from the file, line 1 contains a space"
    #expect(world.run("doctor").output.contains(message))
    world.answer = "y"
    let login = world.run("login")
    #expect(login.status == 4)
    #expect(login.errors.contains(message))
    #expect(!login.errors.contains("Open this address"))
  }

  @Test(
    "what xmcp reads otherwise in the same file is found; a consumer pair alone is how it starts")
  func xmcp() throws {
    let world = healthy()
    let pair = "X_OAUTH_CONSUMER_KEY=k\nX_OAUTH_CONSUMER_SECRET=s\n"
    world.folder.write(world.text + pair + "X_OAUTH_CALLBACK_TIMEOUT=10m\n", to: ".env")
    let output = world.run("doctor").output
    #expect(output.contains("has a unit, and xmcp reads whole seconds only"))
    #expect(output.contains("write 600"))
    #expect(try findings(world) == ["callback warning"])
    let alone = World("X_OAUTH2_ACCESS_TOKEN=\n" + pair)
    #expect(!alone.run("doctor").output.contains("OAuth 1.0a needs"))
  }

  @Test("what kind of machine it is, and what that means for a login")
  func machine() {
    let kinds: [(variables: [String: String], container: Bool, BrowserChoice.Desktop, String)] = [
      (["CODESPACES": "true"], true, .linux, "a codespace: the editor forwards"),
      (["REMOTE_CONTAINERS": "true"], true, .linux, "a dev container: the editor forwards"),
      ([:], true, .linux, "a container: for a browser outside, publish port 8976"),
      ([:], false, .wsl, "WSL: Windows' browser"),
      (["INVOCATION_ID": "0f"], false, .linux, "a systemd service: log in from a terminal"),
    ]
    for (variables, isContainer, desktop, words) in kinds {
      let world = healthy()
      world.environment.merge(variables) { $1 }
      (world.isContainer, world.desktop) = (isContainer, desktop)
      let outcome = world.run("doctor")
      #expect(outcome.status == 0)
      #expect(outcome.output.contains("ok       machine      \(words)"), "\(outcome.output)")
    }
    #expect(!healthy().run("doctor").output.contains(" machine "))
  }

  @Test("an app that xurl uses too", arguments: ["client_id: app", "  \"client_id\": \"app\","])
  func xurl(line: String) throws {
    let world = healthy()
    world.environment["HOME"] = world.folder.path
    world.folder.write("apps:\n  default:\n    \(line)\n", to: ".xurl")
    #expect(try findings(world) == ["client warning"])
    #expect(world.run("doctor").output.contains("/.xurl has the same CLIENT_ID"))
    world.folder.write("apps:\n  default:\n    client_id: app2\n    name: app\n", to: ".xurl")
    #expect(try findings(world) == [])
  }

  @Test("an API key for a client ID, https that nobody serves, and names that nothing reads")
  func slips() throws {
    let world = healthy()
    let before = world.text
    world.folder.write(before + "X_OAUTH_CONSUMER_KEY=app\n", to: ".env")
    #expect(try findings(world) == ["client warning"])
    world.folder.write(before + "X_OAUTH_CALLBACK_SCHEME=https\n", to: ".env")
    #expect(try findings(world) == ["callback warning"])
    world.environment["X_OAUTH_CALLBACK_LISTEN"] = "\(LoopbackAddress.fresh()):8976"
    #expect(try findings(world) == [])
    world.environment["X_OAUTH_CALLBACK_LISTEN"] = nil
    world.folder.write(before + "X_OAUTH2_SCOPE=tweet.read\n", to: ".env")
    world.environment["X_OATH2_ACCESS_TOKEN"] = "a"
    #expect(try findings(world) == ["environment warning", "environment warning"])
    let output = world.run("doctor").output
    #expect(output.contains("did you mean X_OAUTH2_SCOPES?"))
    #expect(output.contains("did you mean X_OAUTH2_ACCESS_TOKEN?"))
    #expect(world.run("show").errors.contains("did you mean X_OAUTH2_SCOPES?"))
  }

  @Test("endpoints: not https, and not X's")
  func endpoints() throws {
    let world = healthy()
    world.environment["X_API_BASE_URL"] = "http://api.x.com"
    #expect(try findings(world) == ["endpoint failed"])
    world.environment["X_API_BASE_URL"] = "https://proxy.example"
    #expect(try findings(world) == ["endpoint warning"])
    world.environment["X_OAUTH2_AUTHORIZE_URL"] = "https://proxy.example/authorize"
    #expect(try findings(world) == ["endpoint warning"])
    world.environment["X_OAUTH2_AUTHORIZE_URL"] = "https://other.example/authorize"
    #expect(try findings(world) == ["endpoint warning", "endpoint warning"])
    world.environment["X_API_BASE_URL"] = nil
    #expect(try findings(world) == ["endpoint warning"])
    #expect(world.run("doctor").output.contains("the browser goes to other.example, not to X"))
    world.environment["X_API_BASE_URL"] = "https://\u{fc}.example"
    #expect(try findings(world) == ["endpoint failed"])
  }

  @Test("the clock: before this program was made, behind the file, beyond a token's life")
  func clock() throws {
    let world = healthy()
    world.now = 1_700_000_000
    #expect(try findings(world) == ["clock failed"])
    world.now = 1_799_999_000
    for (saved, expected) in [(world.now + 59, []), (world.now + 61, ["clock warning"])] {
      var times = [timespec(tv_sec: saved, tv_nsec: 0), timespec(tv_sec: saved, tv_nsec: 0)]
      #expect(utimensat(AT_FDCWD, world.path, &times, 0) == 0)
      #expect(try findings(world) == expected)
    }
    #expect(world.run("doctor").output.contains("was saved in the future"))
    let endless = healthy()
    let text = endless.folder.text(".env") ?? ""
    endless.folder.write(
      text.replacingOccurrences(of: "1800003600", with: "4000000000"), to: ".env")
    #expect(try findings(endless) == ["clock warning"])
  }

  @Test("libraries, and authorities that can't be read or are none")
  func libraries() throws {
    let world = healthy()
    world.environment["SSL_CERT_FILE"] = "/no/such.pem"
    #expect(try findings(world) == ["authorities failed"])
    world.environment["SSL_CERT_FILE"] = world.folder.write("no certificate\n", to: "ca.pem")
    #expect(try findings(world) == ["authorities failed"])
    world.folder.write("-----BEGIN CERTIFICATE-----\n", to: "ca.pem")
    #expect(try findings(world) == [])
    world.environment["SSL_CERT_FILE"] = nil
    world.environment["SSL_CERT_DIR"] = world.folder.path
    #expect(try findings(world) == ["authorities failed"])
    world.folder.write("", to: "002c0b4f.0")
    #expect(try findings(world) == [])
    world.environment["SSL_CERT_DIR"] = "/no/such:\(world.folder.path)"
    #expect(try findings(world) == [])
    world.network.isLibraryMissing = true
    #expect(try findings(world) == ["libcurl failed"])
    #expect(world.run("doctor").output.contains("apt-get install libcurl4"))
    #expect(try findings(world, "--online") == ["libcurl failed", "network failed"])
  }

  @Test("a libcurl that is there and too old isn't to be installed again")
  func oldLibrary() {
    let old = HTTPLibraryUnavailable(reason: "libcurl.so.4 is version 7.74.0", isLibraryFound: true)
    #expect(Failure(old).report.hint.map { "\($0)".contains("apt-get") } == false)
  }

  @Test("a library that is linked in has a version and an age, and is old after half a year")
  func linkedLibraries() throws {
    let world = healthy()
    world.linkedLibraries = [
      LinkedLibrary(name: "OpenSSL", version: "3.5.7-1", time: world.now - 180 * 86_400),
      LinkedLibrary(name: "libcurl", version: "8.14.1-2", time: world.now - 181 * 86_400),
    ]
    #expect(try findings(world) == ["libcurl warning"])
    let output = world.run("doctor").output
    #expect(output.contains("3.5.7-1 is linked in, 180 days old\n"))
    #expect(output.contains("8.14.1-2 is linked in, 181 days old\n"))
    #expect(output.contains("a newer release of xauth"))
    world.network.isLibraryMissing = true
    #expect(try findings(world) == ["libcurl failed"])
  }

  @Test("version names what is linked in when asked for more")
  func version() {
    let world = World()
    let plain = "xauth \(Release.version)\n"
    #expect(
      world.run("version", "--verbose").output == plain + "OpenSSL and libcurl are the system's\n")
    world.linkedLibraries = [
      LinkedLibrary(name: "OpenSSL", version: "3.5.7-1", time: 1_787_500_000)
    ]
    #expect(world.run("version").output == plain)
    #expect(
      world.run("version", "--verbose").output
        == plain + "OpenSSL 3.5.7-1, linked in, of 2026-08-23\n")
  }

  @Test("a proxy that is none, and a browser that isn't here")
  func proxyAndBrowser() throws {
    let world = healthy()
    world.environment["https_proxy"] = "http://user:password@proxy.example:3128"
    #expect(try findings(world) == [])
    #expect(world.run("doctor").output.contains("is reached through proxy.example\n"))
    world.environment["https_proxy"] = "user:hunter2@:3128"
    #expect(try findings(world) == ["proxy failed"])
    #expect(!world.run("doctor").output.contains("hunter2"))
    world.environment["no_proxy"] = "x.com"
    #expect(try findings(world) == [])
    world.environment["BROWSER"] = "lynx:firefox"
    #expect(try findings(world) == ["browser warning"])
    world.installed.insert("/usr/bin/firefox")
    #expect(try findings(world) == [])
    world.environment["BROWSER"] = "none"
    #expect(try findings(world) == [])
  }

  @Test("another program of the same name, for the shell and for cron")
  func otherProgram() throws {
    let world = healthy()
    world.installed.insert("/usr/bin/xauth")
    #expect(try findings(world) == ["cron warning"])
    world.environment["PATH"] = "/usr/bin:/opt"
    #expect(try findings(world) == ["path warning", "cron warning"])
    world.environment["PATH"] = "/nowhere"
    world.installed = []
    #expect(try findings(world) == ["path warning"])
  }

  @Test("in CI, that a renewed token would be lost")
  func ci() throws {
    let world = healthy()
    world.environment["CI"] = "true"
    #expect(try findings(world) == ["rotation warning"])
    world.environment["XAUTH_ON_ROTATE"] = "true"
    #expect(try findings(world) == [])
  }

  @Test("tokens from the environment need a place for their successors")
  func noStore() throws {
    let world = World("X_OAUTH_CALLBACK_HOST=\(LoopbackAddress.fresh())\n")
    world.environment = ["X_OAUTH2_ACCESS_TOKEN": "a", "X_OAUTH2_REFRESH_TOKEN": "r"]
    #expect(try findings(world) == ["rotation warning", "path warning"])
    world.environment["XAUTH_ON_ROTATE"] = "put-back"
    #expect(try findings(world) == ["path warning"])
  }

  @Test("that a command is owed only where one is set")
  func owedHook() throws {
    let world = healthy()
    world.now += 1800
    world.network.script = [.granted("a1", "r1", scope: "tweet.read offline.access")]
    #expect(world.run("refresh").status == 0)
    #expect(try findings(world) == [])
    world.environment["XAUTH_ON_ROTATE"] = "true"
    #expect(try findings(world) == ["rotation warning"])
  }

  @Test("the client is the one that a login would save for, whatever the environment has")
  func clientOfLogin() throws {
    let world = World(
      """
      X_API_BASE_URL=https://proxy.example
      X_OAUTH_CALLBACK_HOST=\(LoopbackAddress.fresh())

      """)
    world.environment = ["CLIENT_ID": "another"]
    #expect(
      try findings(world) == [
        "token warning", "client warning", "endpoint warning", "path warning",
      ])
    world.environment["CLIENT_ID"] = nil
    world.environment["X_OAUTH2_REFRESH_TOKEN"] = "r"
    #expect(try findings(world).contains("endpoint failed"))
  }

  @Test("online: X is asked without credentials, and for its time")
  func online() throws {
    let world = healthy()
    func answer(_ status: Int, _ date: String) {
      world.network.script = [.answer(status, "", ["date": date])]
    }
    answer(401, "Fri, 15 Jan 2027 08:00:10 GMT")
    #expect(try findings(world, "--online") == [])
    #expect(world.network.requests.first?.headers.map(\.name) == ["User-Agent"])
    answer(401, "Fri, 15 Jan 2027 09:00:00 GMT")
    #expect(try findings(world, "--online") == ["clock failed"])
    answer(503, "")
    #expect(try findings(world, "--online") == ["network warning"])
    world.network.script = [.notReached]
    #expect(try findings(world, "--online") == ["network warning"])
  }

  @Test("no finding shows a secret")
  func secrets() {
    let world = healthy()
    world.environment["X_OAUTH2_ACCESS_TOKEN"] = "other-token"
    world.environment["CLIENT_SECRET"] = "unused-secret"
    let outcome = world.run("doctor", "--verbose")
    for secret in ["access==", "refresh\n", "other-token", "unused-secret"] {
      #expect(!(outcome.output + outcome.errors).contains(secret))
    }
  }
}
