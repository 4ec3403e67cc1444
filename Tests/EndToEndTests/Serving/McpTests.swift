import Foundation
import TestSupport
import Testing

@Suite("mcp, with real programs")
struct McpTests {
  private static let initialize =
    #"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-06-18"}}"#

  private func lines(_ child: Child) -> [String] {
    child.outputSoFar.split(separator: "\n").map(String.init)
  }

  @Test("messages go to the server with the token of the moment, and answers come as lines")
  func session() throws {
    let stage = try RotationStage()
    let server = try StandInForMCP()
    let before = stage.access
    let bridge = try stage.start(["mcp", server.address])
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

  @Test("what keeps it from starting is one JSON object on standard error with --json")
  func cannotStart() throws {
    struct Told: Decodable {
      struct Reason: Decodable {
        let code: String
        let exit: Int32
      }
      let error: Reason
    }
    let stage = try RotationStage()
    for arguments in [
      ["http://mcp.example.com/mcp"], ["--env-file", "none/.env"], ["--min-validity", "soon"],
    ] {
      let run = try stage.start(["mcp", "--json"] + arguments).wait()
      #expect(run.status != 0 && run.output == "", "\(arguments)")
      let told = try JSONDecoder().decode(Told.self, from: Data(run.errors.utf8))
      #expect(told.error.exit == run.status && told.error.code != "", "\(run.errors)")
    }
  }
}
