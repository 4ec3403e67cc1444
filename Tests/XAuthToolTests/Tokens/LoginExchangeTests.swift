import CommandTable
import Testing

@testable import OAuth
@testable import Rotation
@testable import XAuthTool

@Suite("login: the exchange goes by the rotation's protocol")
struct LoginExchangeTests {
  private func rotation(_ world: World, hook: Bool = false) throws -> RotationRun {
    let arguments = ["login"] + (hook ? ["--on-rotate", "notify"] : [])
    let context = Context.test(world, arguments, output: Captured(), errors: Captured())
    let tool = Tool.xauth(named: "xauth")
    let invocation = try tool.parse(arguments)
    let console = Console(context, json: false, quiet: false, verbose: false, noColor: true)
    let call = Call(
      command: "login", context: context, options: Options(invocation), operands: [],
      console: console, tool: tool)
    let settings = try call.settings()
    let client = try settings.requiredClient()
    return try RotationRun(
      inFile: settings, call, client.credentials, try settings.endpoints(sending: [client.source]))
  }

  @discardableResult
  private func exchange(_ world: World, hook: Bool = false) throws -> LoginOutcome {
    let rotation = try rotation(world, hook: hook)
    let code = CodeExchange(
      code: Secret("code"), redirectURI: "http://127.0.0.1:8976/oauth/callback",
      verifier: Secret("verifier"))
    return try rotation.exchange(
      code, on: try world.network.open(), under: try rotation.lockForExchange(),
      needsVerdict: { _ in false }
    ) { _, _ in .save(account: nil) }
  }

  private func code(_ body: () throws -> Void) -> String? {
    do {
      try body()
      return nil
    } catch {
      return Failure(error).report.code
    }
  }

  @Test("replaces the grant, whole, and marks the old one spent")
  func replaces() throws {
    let world = World(grantFor: 60)
    let old = world.text
    world.network.script = [.granted("u0", nil)]
    try exchange(world)
    #expect(world.access == "u0")
    #expect(world.refresh == "")
    world.folder.write(old, to: ".env")
    #expect(world.run("token").output == "u0\n")
  }

  @Test("fills a blank file, and one that has no key yet")
  func blank() throws {
    for lines in ["", "X_OAUTH2_ACCESS_TOKEN=\nX_OAUTH2_REFRESH_TOKEN=\n"] {
      let world = World(lines)
      world.network.script = [.granted("u0", "v0")]
      try exchange(world)
      #expect(world.access == "u0" && world.refresh == "v0")
      #expect(try world.record?.end == .done)
    }
  }

  @Test("finishes what an earlier run left first, or it would come back over the login")
  func recoversFirst() throws {
    let world = World(grantFor: 60)
    try world.journal(.of(.answer, .of("a0", "r0"), .of("a1", "r1"), spent: [.of("a0", "r0")]))
    world.network.script = [.granted("u0", "v0")]
    try exchange(world)
    #expect(world.access == "u0")
    #expect(world.run("token").output == "u0\n")
    let record = try #require(try world.record)
    #expect(record.hasUsed(.of("a1", "r1")) && record.hasUsed(.of("a0", "r0")))
  }

  @Test("clears what was refused, unknown, or begun to be revoked")
  func clears() throws {
    for kind in [RotationRecord.End.refused, .intent, .revoking] {
      let world = World(grantFor: 60)
      try world.journal(.of(kind, .of("a0", "r0")))
      world.network.script = [.granted("u0", "v0"), .granted("u1", "v1")]
      try exchange(world)
      #expect(world.run("refresh", "--min-validity", "3h").status == 0)
      #expect(world.access == "u1")
    }
  }

  @Test("that fails leaves file and journal as they were")
  func failures() throws {
    let steps: [(ScriptedNetwork.Step, String)] = [
      (.answer(400, #"{"error":"invalid_grant"}"#, [:]), "code_refused"),
      (.clientRefused, "client_refused"), (.answer(429, "", [:]), "rate_limited"),
      (.answer(502, "", [:]), "no_grant_in_answer"), (.lost, "timed_out_waiting"),
      (.notReached, "connection_refused"),
    ]
    for (step, expected) in steps {
      let world = World(grantFor: 60)
      try world.journal(.of(.refused, .of("a0", "r0")))
      let (before, refused) = (world.text, try world.record)
      world.network.script = [step]
      #expect(code { try exchange(world) } == expected)
      #expect(world.text == before)
      #expect(try world.record == refused)
      // The command lets them through again, once the browser has its answer.
      #expect(world.areSignalsHeld)
    }
  }

  @Test("over another grant that came meanwhile is exit 5, and the grant is in the journal")
  func foreign() throws {
    let world = World(grantFor: 60)
    world.network.script = [.granted("u0", "v0")]
    world.network.meanwhile = { [unowned world] in
      world.write(access: "b0", refresh: "s0", expiresIn: 7200)
    }
    #expect(code { try exchange(world) } == "not_saved")
    #expect(world.access == "b0")
    #expect(try world.record?.settled.newest.grant.hasSameTokens(as: .of("u0", "v0")) == true)
  }

  @Test("names the journal as the place of what it couldn't save only if the journal has it")
  func recoveryPath() throws {
    let world = World(grantFor: 60)
    var locked = try rotation(world).lockForExchange()
    #expect(locked.recoveryPath == locked.journalPath)
    var tooLong = RotationRecord.of(.done, .of("a0", "r0"))
    tooLong.newest.unreadableAnswer = ServerAnswer(200, String(repeating: "x", count: 1 << 20))
    locked.writeBestEffort(tooLong)
    #expect(locked.recoveryPath == nil)
    locked.unlock()
  }

  @Test("holds no signals back any more once it has settled an earlier one")
  func signals() throws {
    let world = World(grantFor: 60)
    var record = RotationRecord(fileHolds: .of("a0", "r0"))
    record.undecided = [
      KnownGrant(.of("b1", "s1")).waiting(over: .of("a0", "r0"), keptBy: "", .anyone)
    ]
    try world.journal(record)
    world.network.script = [.answer(200, #"{"data":{"id":"1","username":"bob"}}"#, [:])]
    #expect(try rotation(world).settleLeftLogins())
    #expect(world.access == "b1" && !world.areSignalsHeld)
  }

  @Test("owes the hook only if it was called with one")
  func hook() throws {
    for isHooked in [true, false] {
      let world = World(grantFor: 60)
      world.network.script = [.granted("u0", "v0")]
      try exchange(world, hook: isHooked)
      #expect(try world.record?.owesHook(for: .of("u0", "v0")) == isHooked)
    }
  }
}
