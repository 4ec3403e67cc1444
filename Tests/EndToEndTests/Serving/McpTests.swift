import Foundation
import TestSupport
import Testing

@Suite("mcp, with real programs")
struct McpTests {
  /// The stand-in for an MCP server, and where it is.
  private func server() throws -> (Child, String) {
    let child = try Child(
      "/usr/bin/env",
      ["python3", "-B", "\(Repository.path)/Tests/EndToEndTests/Drivers/mcp_server.py"],
      environment: ["PATH": "/usr/local/bin:/usr/bin:/bin"])
    try #require(eventually { child.outputSoFar.hasSuffix("\n") }, "\(child.errorsSoFar)")
    return (child, "http://127.0.0.1:\(child.outputSoFar.dropLast())/mcp")
  }

  private static let initialize =
    #"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-06-18"}}"#

  private func lines(_ child: Child) -> [String] {
    child.outputSoFar.split(separator: "\n").map(String.init)
  }

  @Test("messages go to the server with the token of the moment, and answers come as lines")
  func session() throws {
    let stage = try RotationStage()
    let (server, address) = try server()
    defer { server.signal(SIGKILL) }
    let before = stage.access
    let bridge = try stage.start(["mcp", address])
    // The token in the file was due.
    try #require(eventually { stage.access != before }, "\(bridge.errorsSoFar)")
    bridge.type(Self.initialize + "\n")
    try #require(eventually { lines(bridge).count == 1 }, "\(bridge.errorsSoFar)")
    #expect(lines(bridge)[0].contains(#""token": "\#(stage.access ?? "-")""#))
    #expect(try stage.run("show").output.contains("by mcp (process \(bridge.id))\n"))
    #expect(try stage.run("refresh", "--force").status == 0)
    bridge.type(#"{"jsonrpc":"2.0","id":"a","method":"tools/call","params":{}}"# + "\n")
    try #require(eventually { lines(bridge).count == 2 })
    #expect(lines(bridge)[1].contains(#""token": "\#(stage.access ?? "-")""#))
    let outcome = bridge.wait()
    #expect(outcome.status == 0 && !outcome.errors.contains(stage.access ?? "-"))
    #expect(stage.outcomes == ["refreshed", "refreshed"])
  }

  @Test("without a grant the first message is answered by what to run")
  func noGrant() throws {
    let stage = try RotationStage()
    stage.folder.write("CLIENT_ID=sandbox-client\n", to: ".env")
    let bridge = try stage.start(["mcp", "http://127.0.0.1:9/mcp"])
    bridge.type(Self.initialize + "\n")
    try #require(eventually { lines(bridge).count == 1 })
    #expect(lines(bridge)[0].contains(#""id":0"#) && lines(bridge)[0].contains("xauth login"))
    bridge.signal(SIGTERM)
    #expect(bridge.wait().status == 143)
  }
}
