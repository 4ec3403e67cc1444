import Foundation
import TestSupport
import Testing

@Suite("A grant that came wholly from the environment")
struct EnvironmentGrantTests {
  private let folder = TemporaryFolder()

  /// Runs the tool with `grant` as its only tokens, against `api`.
  private func run(
    _ arguments: [String], _ grant: [String: String], api: String
  ) throws -> Child.Outcome {
    try run(arguments, grant, api: api, home: folder.path)
  }

  private func run(
    _ arguments: [String], _ grant: [String: String], api: String, home: String?,
    also: [String: String] = [:]
  ) throws -> Child.Outcome {
    var environment = [
      "CLIENT_ID": "sandbox-client", "X_API_BASE_URL": api, "PATH": "/usr/bin:/bin",
    ].merging(grant) { $1 }.merging(also) { $1 }
    environment["HOME"] = home
    // No entry in the password database: the state is under HOME, and so this test's own.
    let command =
      ["--reuid=54321", "--regid=54321", "--clear-groups", Child.built("xauth")] + arguments
    return try Child.run("/usr/bin/setpriv", command, environment: environment, folder: folder.path)
  }

  /// A login's grant, as the variables that hold it.
  private func login(_ stage: LoginStage) throws -> [String: String] {
    try #require(try stage.login().status == 0)
    var grant: [String: String] = [:]
    for name in ["ACCESS_TOKEN", "REFRESH_TOKEN", "EXPIRES_AT"] {
      let value: String = try #require(stage.value("X_OAUTH2_\(name)"))
      grant["X_OAUTH2_\(name)"] = value
    }
    return grant
  }

  /// By what `show` tells the access token from others.
  private func fingerprint(_ shown: Child.Outcome) throws -> String {
    struct Shown: Decodable {
      struct Token: Decodable { let fingerprint: String }
      let access_token: Token
    }
    return try JSONDecoder().decode(Shown.self, from: Data(shown.output.utf8))
      .access_token.fingerprint
  }

  @Test(
    "is kept until the hook has taken it, and two accounts of one app never meet",
    .enabled(if: getuid() == 0))
  func twoAccounts() throws {
    try #require(chmod(folder.path, 0o777) == 0)
    try #require(chown(folder.path, 54321, 54321) == 0)
    let alice = try LoginStage()
    let bob = try LoginStage()
    let aliceGrant = try login(alice)
    let bobGrant = try login(bob)

    let lost = try run(["refresh", "--force", "--on-rotate", "false"], aliceGrant, api: alice.api)
    #expect(lost.status == 5, "\(lost.errors)")
    let kept = try run(["refresh", "--force", "--on-rotate", "cat >&2"], bobGrant, api: bob.api)
    #expect(kept.status == 0, "\(kept.errors)")

    // The environment still has Alice's first token; what followed on it is in her own file.
    let token = try run(["token"], aliceGrant, api: alice.api)
    #expect(token.status == 0, "\(token.errors)")
    #expect(token.output.hasPrefix("sandbox-access-"))
    #expect(token.output.dropLast() != aliceGrant["X_OAUTH2_ACCESS_TOKEN"].map { $0[...] })
    #expect(!kept.errors.contains(token.output.dropLast()))

    // `export` and `show` speak of the same: what is in the environment is spent.
    let exported = try run(["export", "--format", "dotenv"], aliceGrant, api: alice.api)
    #expect(exported.status == 0, "\(exported.errors)")
    #expect(exported.output.contains("X_OAUTH2_ACCESS_TOKEN=\(token.output)"))
    let spent = try #require(aliceGrant["X_OAUTH2_REFRESH_TOKEN"])
    #expect(exported.output.contains("X_OAUTH2_REFRESH_TOKEN=sandbox-refresh-"))
    #expect(!exported.output.contains(spent))
    let shown = try run(["show", "--check", "--json"], aliceGrant, api: alice.api)
    #expect(shown.status == 0, "\(shown.errors)")
    #expect(shown.output.contains(#""accepted":true"#))
    let newest = ["X_OAUTH2_ACCESS_TOKEN": String(token.output.dropLast())]
    let alone = try run(["show", "--json"], newest, api: alice.api)
    #expect(try fingerprint(shown) == fingerprint(alone))

    // And the hook is run again with it.
    let again = try run(["refresh", "--on-rotate", "cat >&2"], aliceGrant, api: alice.api)
    #expect(again.status == 0)
    #expect(again.errors.contains("X_OAUTH2_ACCESS_TOKEN=\(token.output)"))
  }

  @Test(
    "that may not be rotated here, or isn't due, leaves nothing on the disk",
    .enabled(if: getuid() == 0))
  func refused() throws {
    try #require(chown(folder.path, 54321, 54321) == 0)
    let stage = try LoginStage()
    let grant = try login(stage)
    #expect(try run(["refresh", "--force"], grant, api: stage.api).status == 4)
    for command in [
      ["refresh"], ["refresh", "--on-rotate", "true"], ["token"], ["show"], ["export"],
    ] {
      let outcome = try run(command, grant, api: stage.api)
      #expect(outcome.status == 0, "\(command): \(outcome.errors)")
    }
    #expect(!FileManager.default.fileExists(atPath: folder.file(".local")))
  }

  @Test(
    "is not sent where its successor could be kept nowhere until the hook has it",
    .enabled(if: getuid() == 0))
  func noHome() throws {
    try #require(chown(folder.path, 54321, 54321) == 0)
    let stage = try LoginStage()
    let grant = try login(stage)
    let before = stage.log
    for home in ["/nonexistent/home", nil] {
      let outcome = try run(
        ["refresh", "--force", "--json", "--on-rotate", "cat"], grant, api: stage.api, home: home)
      #expect(outcome.status == 4)
      #expect(outcome.output.contains(#""code":"no_state_home""#), "\(outcome.output)")
    }
    #expect(stage.log == before)
  }

  @Test(
    "is known by its refresh token alone, and an older copy of that is not sent",
    .enabled(if: getuid() == 0))
  func refreshTokenAlone() throws {
    try #require(chmod(folder.path, 0o777) == 0)
    try #require(chown(folder.path, 54321, 54321) == 0)
    let stage = try LoginStage()
    let first = ["X_OAUTH2_REFRESH_TOKEN": try login(stage)["X_OAUTH2_REFRESH_TOKEN"] ?? ""]
    let store = folder.file("store")
    let refresh = ["refresh", "--force", "--on-rotate", "grep REFRESH_TOKEN > '\(store)'"]

    #expect(try run(refresh, first, api: stage.api).status == 0)
    let line = try #require(folder.text("store")?.split(separator: "\n").first)
    let second = ["X_OAUTH2_REFRESH_TOKEN": String(line.split(separator: "=")[1])]
    #expect(second != first)
    #expect(try run(refresh, second, api: stage.api).status == 0)
    let late = try run(refresh, first, api: stage.api)
    #expect(late.status == 0, "\(late.errors)")
    let states = try FileManager.default.contentsOfDirectory(
      atPath: folder.file(".local/state/xauth"))
    #expect(states.filter { $0.hasSuffix(".env") }.count == 1)
  }

  /// Runs it as a job of a runner that lasts.
  private func job(
    _ arguments: String..., with grant: [String: String], _ stage: LoginStage
  ) throws -> Child.Outcome {
    try run(arguments, grant, api: stage.api, home: folder.path, also: ["CI": "true"])
  }

  /// What the runner has kept, all of it.
  private func keeps(_ text: String) throws -> Bool {
    let root = folder.file(".local/state/xauth")
    let names = try FileManager.default.subpathsOfDirectory(atPath: root)
    return names.contains {
      let bytes = FileManager.default.contents(atPath: "\(root)/\($0)") ?? Data()
      return bytes.range(of: Data(text.utf8)) != nil
    }
  }

  /// The variables in what a hook has stored.
  private func stored() -> [String: String] {
    let lines = (folder.text("store") ?? "").split(separator: "\n").map { $0.split(separator: "=") }
    return Dictionary(uniqueKeysWithValues: lines.map { (String($0[0]), String($0[1])) })
  }

  @Test(
    "in CI, once the hook has read it, leaves no refresh token behind and a queued job the truth",
    .enabled(if: getuid() == 0))
  func forgottenInCI() throws {
    try #require(chmod(folder.path, 0o777) == 0)
    try #require(chown(folder.path, 54321, 54321) == 0)
    let stage = try LoginStage()
    let first = try login(stage)
    let hook = "cat > '\(folder.file("store"))'"

    let renewed = try job("refresh", "--force", "--on-rotate", hook, with: first, stage)
    #expect(renewed.status == 0, "\(renewed.errors)")
    let second = stored()
    #expect(try !keeps("sandbox-refresh-"))

    // Other steps, and jobs that were queued with the values before, have the access token.
    let token = try job("token", with: first, stage)
    #expect(token.output == "\(second["X_OAUTH2_ACCESS_TOKEN"] ?? "")\n", "\(token.errors)")
    #expect(
      try job("show", "--json", with: first, stage).output.contains(#""usable_handed_on""#))
    let log = stage.log
    for command in ["refresh", "revoke"] {
      let force = command == "refresh" ? ["--force", "--on-rotate", hook] : []
      let late = try run(
        [command, "--json"] + force, first, api: stage.api, home: folder.path,
        also: ["CI": "true"])
      #expect(late.status == 4)
      #expect(late.output.contains(#""code":"handed_on""#), "\(late.output)")
    }
    #expect(stage.log == log)

    // The next job has the new values, which it puts on the disk only to renew them.
    #expect(try job("refresh", "--on-rotate", hook, with: second, stage).status == 0)
    #expect(try !keeps("sandbox-refresh-"))
    let next = try job("refresh", "--force", "--on-rotate", hook, with: second, stage)
    #expect(next.status == 0, "\(next.errors)")
    #expect(stored() != second)
    #expect(try !keeps("sandbox-refresh-"))
    let files = try FileManager.default.contentsOfDirectory(
      atPath: folder.file(".local/state/xauth"))
    #expect(files.filter { $0.hasSuffix(".env") }.count == 1)
    // Whichever of the older copies comes is known.
    #expect(try job("token", with: first, stage).status == 0)
    #expect(try job("token", with: second, stage).status == 0)
  }

  @Test(
    "is kept in CI by a hook that fails, or that never reads it",
    .enabled(if: getuid() == 0), arguments: [("cat; exit 3", 5), ("true", 0)] as [(String, Int32)])
  func keptInCI(hook: String, status: Int32) throws {
    try #require(chmod(folder.path, 0o777) == 0)
    try #require(chown(folder.path, 54321, 54321) == 0)
    let stage = try LoginStage()
    let grant = try login(stage)
    let renewed = try job("refresh", "--force", "--on-rotate", hook, with: grant, stage)
    #expect(renewed.status == status, "\(renewed.errors)")
    #expect(try keeps("X_OAUTH2_REFRESH_TOKEN=sandbox-refresh-"))
    let again = try job("refresh", "--force", "--on-rotate", "cat >&2", with: grant, stage)
    #expect(again.status == 0, "\(again.errors)")
  }
}
