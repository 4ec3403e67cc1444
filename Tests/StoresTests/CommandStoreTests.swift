import Foundation
import Rotation
import Stores
import TestSupport
import Testing

/// By a command on a file, and, with scripts/interop stores, by the example for PostgreSQL.
@Suite struct CommandStoreTests {
  private static let postgreSQL = ProcessInfo.processInfo.environment["XAUTH_TEST_POSTGRESQL"]

  private func store(
    _ command: String, _ environment: [String: String] = [:]
  ) -> CommandStore {
    let environment = environment.merging(
      ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"]) { $1 }
    return CommandStore(place: command) { arguments, input, seconds in
      let child = try? Child.run(
        "/usr/bin/env", arguments, environment: environment,
        input: String(decoding: input, as: UTF8.self), seconds: seconds)
      guard let child else { return .notStarted(reason: "can't run sh") }
      if child.status > 128 { return .brokenOff }
      return .ended(status: child.status, output: Array(child.output.utf8))
    }
  }

  @Test("a command keeps the contract")
  func file() throws {
    let folder = TemporaryFolder()
    let driver = "\(Repository.path)/Tests/StoresTests/Drivers/file-store.sh"
    try checkContract(
      of: Stage(
        store: store("sh '\(driver)' '\(folder.path)'"),
        restricted: store("sh '\(driver)' /nowhere"), unreachable: nil,
        mangled: store("echo 'no such table'; true"), kept: [folder]))
  }

  @Test(
    "so does the example for PostgreSQL",
    .enabled(if: postgreSQL != nil, "scripts/interop stores brings one"))
  func postgres() throws {
    let environment = ["PGHOST": try #require(Self.postgreSQL), "PGDATABASE": "postgres"]
    let command = "'\(Repository.path)/scripts/examples/store-postgresql'"
    func sql(_ text: String) throws {
      let outcome = try Child.run(
        "/usr/bin/psql", ["-X", "-v", "ON_ERROR_STOP=1"],
        environment: environment.merging(["PGUSER": "postgres"]) { $1 }, input: text)
      try #require(outcome.status == 0, "\(outcome.errors)")
    }
    try sql(
      """
      drop table if exists xauth;
      create table xauth (name text primary key, revision bigserial, value text not null);
      grant select on xauth to reader;
      """)
    try checkContract(
      of: Stage(
        store: store(command, environment.merging(["PGUSER": "postgres"]) { $1 }),
        restricted: store(command, environment.merging(["PGUSER": "reader"]) { $1 }),
        unreachable: nil,
        mangled: store(command, ["PGHOST": "/nowhere", "PGUSER": "postgres"])))
  }

  @Test(
    "whatever else a command does decides nothing",
    arguments: [
      "true", "false", "exit 4 #", "exit 126 #", "echo 1 #", "printf '1\\n[1]' #",
      "printf '\\n{}' #", "printf -- '-\\n{}' #", "printf 'a b\\n{}' #", "printf '1\\r\\n{}' #",
      "printf '1\\n{}{}' #", "kill -9 $$ #",
    ])
  func garbage(command: String) {
    #expect(failure { _ = try store(command).read(within: 10) }?.isUnknown == true)
  }

  @Test("a swap without a revision to show may have taken place")
  func garbageAfterSwap() {
    for command in ["true", "exit 3 #", "printf '1\\n2' #", "printf - #", "printf '\\n' #"] {
      #expect(
        failure { _ = try store(command).swap([:], over: nil, within: 10) }?.isUnknown == true)
    }
  }

  @Test("a command that hangs is broken off, and nobody knows what it did")
  func hangs() {
    let failure = failure { _ = try store("sleep 60 #").swap([:], over: nil, within: 1) }
    #expect(failure?.isUnknown == true)
  }

  @Test("the value goes by standard input alone")
  func noArgument() throws {
    let seen = Seen()
    let store = CommandStore(place: "do it") { arguments, input, seconds in
      seen.note(arguments, input, seconds)
      return .ended(status: 0, output: Array("r-2\n".utf8))
    }
    let swap = try store.swap(
      ["X_OAUTH2_REFRESH_TOKEN": "hunter2"], over: StoreRevision("r 1;$(x)"), within: 60)
    #expect(swap == .swapped(StoreRevision("r-2")))
    #expect(seen.arguments == ["sh", "-c", #"do it "$@""#, "sh", "swap", "r 1;$(x)"])
    #expect(seen.input == #"{"X_OAUTH2_REFRESH_TOKEN":"hunter2"}"#)
    #expect(seen.seconds == 10)
  }
}

private final class Seen: @unchecked Sendable {
  private(set) var arguments: [String] = []
  private(set) var input = ""
  private(set) var seconds = 0.0

  func note(_ arguments: [String], _ input: [UInt8], _ seconds: Double) {
    (self.arguments, self.seconds) = (arguments, seconds)
    self.input = String(decoding: input, as: UTF8.self)
  }
}
