import Testing

@testable import DurableFile
@testable import OAuth
@testable import Rotation
@testable import XAuthTool

@Suite("--on-rotate: the command that carries new tokens on")
struct HookTests {
  private func renewing() -> World {
    let world = World(grantFor: 60)
    world.network.script = [.granted("a1", "r1")]
    return world
  }

  @Test("runs by sh -c after the save, with the values as dotenv and no secret in its environment")
  func runs() {
    let world = renewing()
    world.environment = [
      "PATH": "/bin", "CLIENT_SECRET": "s", "X_OAUTH2_REFRESH_TOKEN": "stale",
      "X_OAUTH2_ACCESS_TOKEN": "stale", "XAUTH_ON_ROTATE": "other",
    ]
    world.hook.action = { [unowned world] in
      #expect(world.access == "a1")
      #expect(!world.areSignalsHeld)
    }
    #expect(world.run("refresh", "--on-rotate", "notify").status == 0)
    #expect(world.hook.calls.count == 1)
    #expect(world.hook.calls.first?.arguments == ["/bin/sh", "-c", "notify"])
    #expect(world.hook.calls.first?.environment == ["PATH": "/bin"])
    #expect(world.hook.calls.first?.timeout == 60)
    #expect(
      world.hook.calls.first?.input == """
        X_OAUTH2_ACCESS_TOKEN=a1
        X_OAUTH2_REFRESH_TOKEN=r1
        X_OAUTH2_EXPIRES_AT=1800007200
        X_OAUTH2_GRANTED_SCOPES=users.read

        """)
  }

  @Test("the file's lock is free while it runs")
  func lockIsFree() {
    let world = renewing()
    world.hook.action = { [unowned world] in
      #expect(throws: Never.self) { try LockHolder(world).end() }
    }
    #expect(world.run("refresh", "--on-rotate", "notify").status == 0)
  }

  @Test("isn't run when nothing was renewed")
  func notDue() {
    let world = World(grantFor: 7000)
    #expect(world.run("refresh", "--on-rotate", "notify").status == 0)
    #expect(world.hook.calls.isEmpty)
  }

  @Test("that fails is exit 1, the tokens are saved, and it is run again until it succeeds")
  func failing() {
    let world = renewing()
    world.hook.end = .exited(7)
    let run = world.run("refresh", "--on-rotate", "notify")
    #expect(run.status == 1)
    #expect(run.errors.contains("the --on-rotate command ended with status 7"))
    #expect(world.access == "a1")
    #expect(world.run("refresh", "--on-rotate", "notify", "--quiet").status == 1)
    world.hook.end = .exited(0)
    #expect(world.run("refresh", "--on-rotate", "notify").status == 0)
    #expect(world.run("refresh", "--on-rotate", "notify").status == 0)
    #expect(world.hook.calls.count == 3)
    #expect(world.network.requests.count == 1)
  }

  @Test(
    "in CI is the store, also beside a file: three tries, then exit 5 and where the tokens are",
    arguments: [ProgramOutcome.End.exited(7), .timedOut])
  func storeInCI(end: ProgramOutcome.End) {
    let world = renewing()
    world.environment["CI"] = "true"
    world.hook.end = end
    var held: [Bool] = []
    world.hook.action = { [unowned world] in held.append(world.areSignalsHeld) }
    let run = world.run("refresh", "--on-rotate", "notify", "--json")
    #expect(run.status == 5)
    #expect(run.errorCode == "not_saved")
    #expect(run.output.contains("copy it out now"))
    #expect(run.output.contains(world.path))
    #expect(world.hook.calls.count == 3)
    #expect(held == [true, true, true])
    #expect(world.access == "a1")
    world.environment["CI"] = "false"
    #expect(world.run("refresh", "--on-rotate", "notify").status == 1)
    #expect(world.hook.calls.count == 4)
  }

  @Test("stays owed while the next renewal's outcome is unknown, and is told once")
  func owedBeforeUnknown() {
    let world = renewing()
    world.hook.end = .exited(1)
    #expect(world.run("refresh", "--on-rotate", "notify").status == 1)
    world.network.script = [.lost]
    #expect(world.run("refresh", "--force").status == 75)
    world.hook.end = .exited(0)
    for _ in 0..<2 {
      #expect(world.run("refresh", "--min-validity", "1m", "--on-rotate", "notify").status == 0)
    }
    #expect(world.hook.calls.count == 2)
  }

  @Test("is owed by a run that was killed before it, with the values that are current")
  func owedAcrossKill() throws {
    let world = World(grantFor: 60)
    var left = RotationRecord.of(
      .answer, .of("a0", "r0"), .of("a1", "r1", expiresAt: world.now + 7200))
    left.oweHook()
    try world.journal(left)
    #expect(world.run("refresh", "--on-rotate", "notify").status == 0)
    #expect(world.hook.calls.first?.input.contains("X_OAUTH2_ACCESS_TOKEN=a1\n") == true)
  }

  @Test("is owed for what a run without the option has renewed")
  func renewedWithout() {
    let world = renewing()
    #expect(world.run("token", "--min-validity", "1h").output == "a1\n")
    world.environment["XAUTH_ON_ROTATE"] = "notify"
    #expect(world.run("refresh").status == 0)
    #expect(world.run("refresh").status == 0)
    #expect(world.hook.calls.count == 1)
  }

  @Test("isn't owed for a renewal that failed")
  func failedRenewal() {
    for step in [ScriptedNetwork.Step.refused, .lost, .notReached, .clientRefused] {
      let world = World(grantFor: 600)
      world.network.script = [step, step]
      world.run("refresh", "--on-rotate", "notify")
      world.run("refresh", "--on-rotate", "notify", "--min-validity", "1m")
      #expect(world.hook.calls.isEmpty)
    }
  }

  @Test("is run again, by the same run, for a newer grant that came while it ran")
  func renewedWhileRunning() {
    let world = renewing()
    world.hook.action = { [unowned world] in
      world.hook.action = {}
      world.network.script = [.granted("a2", "r2")]
      let token = world.run("token", "--min-validity", "3h", "--on-rotate", "notify")
      #expect(token.output == "a2\n")
      #expect(world.hook.calls.count == 1)
    }
    #expect(world.run("refresh", "--on-rotate", "notify").status == 0)
    #expect(world.run("refresh", "--on-rotate", "notify").status == 0)
    #expect(world.hook.calls.map { $0.input.contains("=a2\n") } == [false, true])
  }

  @Test("stays owed for a newer grant, though an editor has put back the one it was told of")
  func olderCopyPutBack() {
    let world = renewing()
    world.hook.action = { [unowned world] in
      world.hook.action = {}
      let told = world.text
      world.network.script = [.granted("a2", "r2")]
      #expect(world.run("refresh", "--force").status == 0)
      world.folder.write(told, to: ".env")
    }
    #expect(world.run("refresh", "--on-rotate", "notify").status == 0)
    #expect(world.hook.calls.map { $0.input.contains("=a2\n") } == [false, true])
  }

  /// A world in which @alice's tokens were renewed and the command failed, and then @bob's put in the file.
  private func switched() throws -> World {
    let world = World(grantFor: 7000)
    var record = RotationRecord(fileHolds: .of("b0", "s0"))
    record.newest.account = Account("bob")
    record.adopt(KnownGrant(.of("a0", "r0"), account: Account("alice")), over: .of("b0", "s0"))
    (record.stage, record.other) = (.saved, nil)
    try world.journal(record)
    world.network.script = [.granted("a1", "r1")]
    world.hook.end = .exited(1)
    #expect(world.run("refresh", "--force", "--on-rotate", "notify").status == 1)
    world.hook.end = .exited(0)
    world.write(access: "b0", refresh: "s0", expiresIn: 7000)
    return world
  }

  @Test(
    "isn't told of another account's tokens, and is told of those that are owed once they are back")
  func switchedAccount() throws {
    let world = try switched()
    world.environment["XAUTH_ON_ROTATE"] = "notify"
    for command in ["refresh", "token", "show"] {
      #expect(!world.run(command).output.contains("has not succeeded"))
    }
    #expect(world.hook.calls.count == 1)
    world.write(access: "a1", refresh: "r1", expiresIn: 7000)
    #expect(world.run("refresh", "--on-rotate", "notify").status == 0)
    #expect(world.run("refresh", "--on-rotate", "notify").status == 0)
    #expect(world.hook.calls.count == 2)
    #expect(world.hook.calls.last?.input.contains("X_OAUTH2_REFRESH_TOKEN=r1\n") == true)
  }

  @Test("nor where they come while it is this run's renewal that is owed")
  func switchedMeanwhile() throws {
    let world = try switched()
    world.write(access: "a1", refresh: "r1", expiresIn: 7000)
    world.network.script = [.granted("a2", "r2")]
    world.network.meanwhile = { [unowned world] in
      world.network.meanwhile = {}
      world.write(access: "b0", refresh: "s0", expiresIn: 7000)
    }
    #expect(world.run("refresh", "--force", "--on-rotate", "notify").status == 0)
    #expect(world.hook.calls.count == 1)
    #expect(try world.record?.owesHook(for: .of("a2", "r2")) == true)
  }

  @Test("and what was renewed without it meanwhile doesn't settle the other's debt")
  func bothOwed() throws {
    let world = try switched()
    world.network.script = [.granted("b1", "s1")]
    #expect(world.run("refresh", "--force", "--on-rotate", "notify").status == 0)
    #expect(world.hook.calls.count == 2)
    #expect(try world.record?.owesHook(for: .of("a1", "r1")) == true)
    #expect(try world.record?.owesHook(for: .of("b1", "s1")) == false)
  }

  @Test("that renews the tokens itself doesn't go on for ever")
  func renewsItself() {
    let world = renewing()
    world.hook.action = { [unowned world] in
      let count = world.hook.calls.count
      world.network.script = [.granted("b\(count)", "s\(count)")]
      #expect(world.run("refresh", "--force").status == 0)
    }
    #expect(world.run("refresh", "--on-rotate", "notify").status == 0)
    #expect(world.hook.calls.count == 2)
  }

  @Test(
    "of another run keeps no program waiting for its token, and stays owed if that one fails",
    arguments: [["token"], ["header", "https://api.x.com/2/users/me"], ["exec", "true"]])
  func runByAnother(command: [String]) throws {
    let world = World(grantFor: 30)
    world.network.script = [.granted("a1", "r1")]
    world.installed = ["/bin/true"]
    world.environment = ["PATH": "/bin", "XAUTH_ON_ROTATE": "notify"]
    let lock = try SideLock.acquire("hook", of: world.target, timeout: 0)
    let run = world.run(command)
    #expect(world.network.requests.count == 1)
    #expect(command[0] == "exec" ? world.replacement != nil : run.output.contains("a1"))
    #expect(world.hook.calls.isEmpty)
    lock.release()
    #expect(world.run("refresh").status == 0)
    #expect(world.hook.calls.count == 1)
  }

  @Test("without a shell nothing is sent")
  func noShell() {
    let world = renewing()
    world.hook.shellExists = false
    let run = world.run("refresh", "--on-rotate", "notify", "--json")
    #expect(run.status == 4)
    #expect(run.errorCode == "no_shell")
    #expect(world.network.requests.isEmpty)
  }

  @Test(
    "that can be seen to fail costs no token",
    arguments: [("-n", "hook_unreadable"), ("command -v \"$1\"", "hook_not_found")])
  func brokenCommand(question: String, code: String) {
    let world = renewing()
    world.hook.check = { .exited($0.contains(question) ? 2 : 0) }
    let run = world.run("refresh", "--on-rotate", "notify all", "--json")
    #expect(run.status == 4)
    #expect(run.errorCode == code)
    #expect(world.network.requests.isEmpty)
    #expect(world.hook.calls.isEmpty)
  }

  @Test("never comes from the file")
  func notFromFile() {
    let world = renewing()
    world.folder.write(world.text + "XAUTH_ON_ROTATE=evil\n", to: ".env")
    #expect(world.run("refresh").status == 0)
    #expect(world.hook.calls.isEmpty)
  }

  @Test(
    "in CI a renewal needs the hook or --allow-rotate",
    arguments: [("true", 4), ("1", 4), ("", 0), ("false", 0), ("FALSE", 0)])
  func continuousIntegration(value: String, status: Int32) {
    let world = renewing()
    world.environment["CI"] = value
    let run = world.run("refresh", "--json")
    #expect(run.status == status)
    if status == 4 {
      #expect(run.errorCode == "rotation_in_ci")
      #expect(world.network.requests.isEmpty)
      #expect(world.run("refresh", "--allow-rotate").status == 0)
    }
    let hooked = renewing()
    hooked.environment["CI"] = value
    #expect(hooked.run("refresh", "--on-rotate", "put back").status == 0)
  }

  @Test("in CI a token that isn't due needs nothing")
  func notDueInCI() {
    let world = World(grantFor: 7000)
    world.environment["CI"] = "true"
    #expect(world.run("refresh").status == 0)
    #expect(world.run("token").output == "a0\n")
  }
}
