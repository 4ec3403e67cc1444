import Foundation
import TestSupport
import Testing

@Suite("A machine that is suspended until the token has ended")
struct SuspendedTests {
  private static let hours = 3

  /// The environment of a program that the machine's sleep can be played to.
  private func environment(_ stage: RotationStage) throws -> [String: String] {
    let library = stage.folder.file("suspended.so")
    let built = try Child.run(
      "/usr/bin/env",
      [
        "clang", "-shared", "-fPIC", "-o", library, TerminalSession.folder + "/Drivers/suspended.c",
      ],
      environment: ["PATH": Checkout.searchPath])
    try #require(built.status == 0, "\(built.errors)")
    return ["LD_PRELOAD": library, "SUSPENDED": stage.folder.write("0", to: "suspended")]
  }

  /// The machine sleeps, and the program with it.
  private func sleep(_ program: Child, _ stage: RotationStage) throws {
    program.signal(SIGSTOP)
    try #require(eventually { program.isStopped })
    stage.folder.write("\(Self.hours * 3600)", to: "suspended")
    program.signal(SIGCONT)
  }

  @Test("the proxy's first requests afterwards go out with a fresh token, renewed once for all")
  func proxy() throws {
    let stage = try RotationStage()
    #expect(try stage.run("refresh").status == 0)
    let api = try RecordingServer.api()
    let proxy = try ProxyAlone(stage, upstream: api.address, environment: environment(stage))
    #expect(try ProxyAlone.curl("\(proxy.address)/2/users/me").hasSuffix(" 200"))
    let old = try #require(stage.access)
    #expect(api.tokens == [old] && stage.outcomes == ["refreshed"])

    try sleep(proxy.program, stage)
    let addresses = (1...4).map { "\(proxy.address)/2/users/\($0)" }
    let answers = try ProxyAlone.curl(addresses[0], ["--parallel"] + addresses.dropFirst())
    #expect(answers.components(separatedBy: " 200").count == 5, "\(answers)")
    #expect(stage.outcomes == ["refreshed", "refreshed"])
    #expect(stage.access != old)
    #expect(api.tokens.dropFirst() == Array(repeating: stage.access, count: 4)[...])
  }

  @Test("none of them goes out on a connection from before, which may be dead by then")
  func connection() throws {
    let stage = try RotationStage()
    let api = try RecordingServer.api(closes: false)
    let proxy = try ProxyAlone(stage, upstream: api.address, environment: environment(stage))
    #expect(try ProxyAlone.curl("\(proxy.address)/2/users/me").hasSuffix(" 200"))
    try sleep(proxy.program, stage)
    #expect(try ProxyAlone.curl("\(proxy.address)/2/users/me").hasSuffix(" 200"))
    #expect(api.tokens.last == stage.access)
  }

  @Test("so do the bridge's")
  func bridge() throws {
    let stage = try RotationStage()
    #expect(try stage.run("refresh").status == 0)
    let server = try StandInForMCP()
    let bridge = try stage.start(["mcp", server.address], environment: environment(stage))
    let call = #"{"jsonrpc":"2.0","id":1,"method":"tools/call"}"# + "\n"
    bridge.type(call)
    try #require(eventually { bridge.outputSoFar.hasSuffix("\n") }, "\(bridge.errorsSoFar)")
    let old = try #require(stage.access)
    #expect(bridge.outputSoFar.contains(old))

    try sleep(bridge, stage)
    bridge.type(call)
    try #require(eventually { bridge.outputSoFar.split(separator: "\n").count == 2 })
    let fresh = try #require(stage.access)
    #expect(fresh != old && bridge.outputSoFar.contains(fresh))
    #expect(bridge.wait().status == 0)
    #expect(stage.outcomes == ["refreshed", "refreshed"])
  }

  @Test("exec --restart starts its command again with a fresh one")
  func supervisor() throws {
    let stage = try RotationStage()
    let program = try stage.start(
      [
        "exec", "--restart", "--no-stdin", "--", "/bin/sh", "-c",
        "unset LD_PRELOAD; echo $X_OAUTH2_ACCESS_TOKEN; exec sleep 60",
      ], environment: environment(stage))
    func tokens() -> [Substring] { program.outputSoFar.split(separator: "\n") }
    try #require(eventually { tokens().count == 1 }, "\(program.errorsSoFar)")
    try sleep(program, stage)
    try #require(eventually { tokens().count == 2 }, "\(program.errorsSoFar)")
    #expect(tokens()[1] == stage.access ?? "" && tokens()[0] != tokens()[1])
    program.signal(SIGTERM)
    #expect(program.wait().status == 143)
    #expect(stage.outcomes == ["refreshed", "refreshed"])
  }
}
