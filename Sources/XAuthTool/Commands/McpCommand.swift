import CommandTable
import HTTP
import Serving

/// `mcp`: a hosted MCP server for clients that start a command
enum McpCommand: Subcommand {
  static let name = "mcp"
  static let failsOnOutput = false

  /// X's own.
  private static let standardServer = "https://api.x.com/mcp"

  static let options: [Option] = [.minValidity(default: 30 * 60)] + Option.renewing

  static func row(for tool: String) -> Command {
    Command(
      name, section: "Servers", summary: "connect an MCP client to X's hosted server",
      discussion: """
        For clients that start a command. It reads JSON-RPC messages from standard input, sends each \
        to the MCP server at URL (streamable HTTP) with a valid token, and writes the answers to \
        standard output. Any number of them can share one `.env` with proxies and cron jobs.

        It opens no browser and asks nothing. Without a token it answers the client's first message \
        with an error that says what to run; after the login the client can start again.

        A message that the server may have got is never sent again; the client gets an error that \
        says so. From another machine the same works over SSH: see `\(tool) help servers`.
        """,
      operands: [
        Operand("URL", help: "The server; \(standardServer) if it isn't given", required: false)
      ],
      options: options.map(\.option),
      environment: ["CLIENT_ID", "CLIENT_SECRET", "XAUTH_ON_ROTATE", "CI"],
      exitCodes: ExitCode.list(.settings, orSignal: true),
      examples: [
        Example(
          "\(tool) mcp --env-file /srv/xmcp/.env", "The command for a client's configuration"),
        Example("\(tool) mcp https://mcp.example.com/mcp", "Another server that accepts X's token"),
      ])
  }

  static func run(_ call: Call) throws(Failure) -> ExitCode {
    if let code = call.delegated() { return code }
    let context = call.context
    let server = try Endpoints.checkedUpstream(call.operands.first ?? standardServer)
    let settings = try call.settings()
    let signals = context.signals.watch()
    let live = try LiveToken(call, settings, validity: call.options.minValidity)
    let client: HTTPClient
    do { client = try context.openHTTPClient() } catch { throw .curl(error) }
    let bridge = Bridge(
      server: server, tokens: live, client: client, input: 0, output: 1,
      grace: LiveToken.requestGrace, explain: { Failure($0).report.message },
      note: { call.console.detail($0) })
    let isWatched = WorkerThread.start {
      call.waitForSignal(signals)
      bridge.stop()
    }
    guard isWatched else { throw .serving(.noThread) }
    if context.terminal.isInteractive() {
      call.console.say(
        "waiting for an MCP client's messages on standard input; clients start this command themselves"
      )
    }
    return try live.serving(as: name) { () throws(Failure) in
      bridge.run()
      return .done
    }
  }
}
