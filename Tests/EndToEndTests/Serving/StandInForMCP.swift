import Foundation
import TestSupport
import Testing

/// A stand-in for an MCP server, which answers each request with its token.
final class StandInForMCP {
  private let program: Child
  let address: String

  init() throws {
    program = try Child(
      "/usr/bin/env", ["python3", "-B", TerminalSession.folder + "/Drivers/mcp_server.py"],
      environment: ["PATH": "/usr/local/bin:/usr/bin:/bin"])
    let started = program
    try #require(eventually { started.outputSoFar.hasSuffix("\n") }, "\(started.errorsSoFar)")
    address = "http://127.0.0.1:\(started.outputSoFar.dropLast())/mcp"
  }

  deinit { program.signal(SIGKILL) }
}
