import Foundation
import Testing

@testable import XAuthTool

/// What programs find in the objects that `--json` prints, a line each and sorted: where, what kind
/// of value, and whether it may be missing.
enum JSONSurface {
  static var text: String { (keys + names).sorted().map { "\($0)\n" }.joined() }

  /// The values that programs tell apart by their names.
  private static var names: [String] {
    let names: [(String, [String])] = [
      ("show state", states), ("show renewal", RenewalOutlook.allCases.map(\.rawValue)),
      ("refresh outcome", RefreshReport.Outcome.allCases.map(\.rawValue)),
      ("revoke outcome", RevokeReport.Outcome.allCases.map(\.rawValue)),
      ("doctor checks[].check", Finding.Check.allCases.map(\.rawValue)),
      ("doctor checks[].status", Finding.Status.allCases.map(\.rawValue)),
    ]
    return names.flatMap { place, values in values.map { "\(place) = \($0)" } }
  }

  private static var states: [String] {
    let accesses: [AccessStanding] = [.absent, .valid(until: 1), .expired(at: 1), .unknownExpiry]
    let states = accesses.flatMap { access in
      RenewalOutlook.allCases.map { GrantStanding.code(access, $0) }
    }
    return Set(states).sorted()
  }

  private static var keys: [String] {
    runs.flatMap { command, outputs in
      let all = outputs.map { output in
        (try? JSONDecoder().decode(JSONValue.self, from: Data(output.utf8)))?.leaves ?? ["no JSON"]
      }
      return JSONValue.merged(all).map { "\(command) \($0)" }
    }
  }

  /// What the commands print, each with everything in it at least once, and with as little as
  /// possible.
  private static var runs: [(String, [String])] {
    [
      ("login", logins), ("refresh", refreshes), ("revoke", [revoke()]), ("show", shows),
      ("token", [full("token"), bare("token")]), ("export", [full("export"), bare("export")]),
      ("header", [full("header", "https://api.x.com")]), ("doctor", [doctor()]),
      ("version", [full("version"), linkedVersion()]),
      ("error", [full("refresh", "--nonsense"), World().run("--json", "exec", "none").errors]),
    ]
  }

  private static func full(_ arguments: String...) -> String {
    World.loggedIn(for: 3600).run(["--json"] + arguments).output
  }

  private static func linkedVersion() -> String {
    let world = World()
    world.linkedLibraries = [LinkedLibrary(name: "OpenSSL", version: "3.5.7-1", time: 1)]
    return world.run("version", "--json").output
  }

  private static func bare(_ arguments: String...) -> String {
    World("X_OAUTH2_ACCESS_TOKEN=a\n").run(["--json"] + arguments).output
  }

  private static var logins: [String] {
    [("v0", #"{"data":{"username":"somebody"}}"#), (nil, "")].map { refresh, account in
      let world = World()
      world.answer = ""
      world.paste = String(repeating: "a-code", count: 16)
      world.network.script = [.granted("u0", refresh), .answer(200, account, [:])]
      return world.run("login", "--paste", "--no-browser", "--json").output
    }
  }

  private static var refreshes: [String] {
    let renewing = World.loggedIn(for: 60)
    renewing.network.script = [.granted("a1", "r1")]
    let postponed = World.loggedIn(for: 3600)
    postponed.network.script = [.answer(500, "", [:])]
    let elsewhere = World.withoutFile()
    elsewhere.environment = [
      "CLIENT_ID": "app", "X_OAUTH2_ACCESS_TOKEN": "a", "X_OAUTH2_REFRESH_TOKEN": "r",
      "X_OAUTH2_EXPIRES_AT": "1800007200",
    ]
    return [renewing, postponed, elsewhere].map { $0.run("refresh", "--json").output }
  }

  private static func revoke() -> String {
    let world = World.loggedIn(for: 60)
    world.network.script = [.revoked, .revoked]
    return world.run("revoke", "--json").output
  }

  private static var shows: [String] {
    let full = World.loggedIn(for: 3600)
    full.letGitCommit()
    full.network.script = [.refused, .answer(200, #"{"data":{"username":"somebody"}}"#, [:])]
    full.run("refresh", "--force")
    let renewed = World.loggedIn(for: 60)
    renewed.environment["XAUTH_ON_ROTATE"] = "notify"
    renewed.hook.end = .exited(1)
    renewed.network.script = [.granted("a1", "r1"), .answer(200, "access_token=a2", [:])]
    renewed.run("refresh")
    renewed.run("refresh", "--force")
    let shared = World.loggedIn(for: 60)
    shared.store = MemoryStore()
    shared.environment["X_OAUTH2_STORE"] = "etcd:x-token"
    shared.network.script = [
      .granted("a1", "r1"), .answer(200, #"{"data":{"username":"somebody"}}"#, [:]),
    ]
    shared.run("refresh")
    let wrong = World.withoutFile()
    wrong.environment = ["X_OAUTH_CALLBACK_PORT": "0", "X_OAUTH2_SCOPES": ","]
    return [
      full.run("show", "--check", "--json").output, renewed.run("show", "--json").output,
      wrong.run("show", "--json").output, shared.run("show", "--check", "--json").output,
      bare("show", "--check"),
    ]
  }

  private static func doctor() -> String {
    World("X_OAUTH_CALLBACK_HOST=\(LoopbackAddress.fresh())\n").run("doctor", "--json").output
  }
}
