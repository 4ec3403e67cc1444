import Foundation
import TestSupport
import Testing

extension HelpExamplesTests {
  /// The trials of `proxy`, `mcp` and `help servers`.
  static let serverTrials: [String: Trial] = [
    "xauth proxy -- python server.py": { example in
      let machine = try ReaderMachine.signedIn(lifetime: 600)
      machine.play("python", asksX)
      #expect(try machine.output(of: example).contains(#""username":"sandbox""#))
      #expect(machine.calls(of: "python") == ["server.py"])
    },
    "xauth proxy --env-file /srv/xmcp/.env": { try servesAlone($0) },
    "/usr/local/bin/xauth proxy --env-file /srv/xmcp/.env": { try servesAlone($0) },
    """
    cd /srv/xmcp
    /usr/local/bin/xauth proxy -- .venv/bin/python server.py
    """: { example in
      let machine = try ReaderMachine.signedIn(lifetime: 600)
      try machine.putPython(in: "srv/xmcp", asksX)
      #expect(try machine.shell(example, in: "/").output.contains(#""username":"sandbox""#))
    },
    "xauth mcp --env-file /srv/xmcp/.env": { example in
      try answersClient(example.split(separator: " ").map(String.init))
    },
    "xauth mcp https://mcp.example.com/mcp": { example in
      let machine = try ReaderMachine.signedIn()
      let answer = try machine.firstAnswer(of: example.split(separator: " ").map(String.init))
      #expect(answer.contains("mcp.example.com"), "\(answer)")
    },
    "claude mcp add x -- /usr/local/bin/xauth mcp --env-file /srv/xmcp/.env": { example in
      let machine = try ReaderMachine.signedIn()
      machine.play("claude")
      _ = try machine.output(of: example)
      let call = try #require(machine.calls(of: "claude").first)
      #expect(call.hasPrefix("mcp add x -- "))
      try answersClient(call.split(separator: " ").dropFirst(4).map(String.init))
    },
    """
    {
      "mcpServers": {
        "x": {
          "command": "/usr/local/bin/xauth",
          "args": ["mcp", "--env-file", "/srv/xmcp/.env"]
        }
      }
    }
    """: { try answersClient(configured($0, under: "mcpServers")) },
    """
    {
      "servers": {
        "x": {
          "type": "stdio",
          "command": "/usr/local/bin/xauth",
          "args": ["mcp", "--env-file", "/srv/xmcp/.env"]
        }
      }
    }
    """: { try answersClient(configured($0, under: "servers")) },
    """
    [mcp_servers.x]
    command = "/usr/local/bin/xauth"
    args = ["mcp", "--env-file", "/srv/xmcp/.env"]
    """: { example in
      let program = "import json, sys, tomllib; x = tomllib.loads(sys.argv[1])['mcp_servers']['x']"
      let read = try Child.run(
        "/usr/bin/env",
        ["python3", "-c", program + "; print(json.dumps([x['command'], *x['args']]))", example],
        environment: ["PATH": "/usr/local/bin:/usr/bin:/bin"])
      try answersClient(JSONDecoder().decode([String].self, from: Data(read.output.utf8)))
    },
    """
    {
      "mcpServers": {
        "x": {
          "command": "ssh",
          "args": ["server", "/usr/local/bin/xauth", "mcp",
                   "--env-file", "/srv/xmcp/.env"]
        }
      }
    }
    """: { example in
      let machine = try ReaderMachine.signedIn()
      machine.play("ssh", "shift\nexec \"$@\"")
      let answer = try machine.firstAnswer(of: configured(example, under: "mcpServers"))
      #expect(answer.contains(#""id":0"#))
      #expect(
        machine.calls(of: "ssh") == ["server /usr/local/bin/xauth mcp --env-file /srv/xmcp/.env"])
    },
    """
    [Unit]
    Description=A bot on X
    After=network-online.target
    Wants=network-online.target

    [Service]
    User=bot
    WorkingDirectory=/srv/bot
    ExecStart=/usr/local/bin/xauth exec --restart -- .venv/bin/python bot.py
    Restart=on-failure
    TimeoutStopSec=70

    [Install]
    WantedBy=multi-user.target
    """: { example in
      let machine = try ReaderMachine.signedIn()
      #expect(try machine.complaints(of: example, as: "xauth-bot.service") == [])
      try machine.putPython(in: "srv/bot", "echo \"$X_OAUTH2_ACCESS_TOKEN\"")
      try FileManager.default.copyItem(
        atPath: machine.folder.file("srv/xmcp/.env"), toPath: machine.folder.file("srv/bot/.env"))
      let start = try #require(example.split(separator: "\n").first { $0.hasPrefix("ExecStart=") })
      let command = start.dropFirst("ExecStart=".count)
      let outcome = try machine.shell("\(command) </dev/null", in: "/srv/bot")
      #expect(outcome.output == "\(machine.value("X_OAUTH2_ACCESS_TOKEN") ?? "-")\n")
    },
    """
    services:
      xmcp:
        image: xmcp
        entrypoint: ["/usr/local/bin/xauth", "proxy", "--"]
        command: ["python", "server.py"]
        environment: ["XAUTH_ENV_FILE=/state/.env"]
        volumes: ["/srv/xmcp:/state"]
        stop_grace_period: 70s
        restart: unless-stopped
    """: { example in
      func list(_ name: String) throws -> [String] {
        let lines = example.split(separator: "\n").filter { $0.contains(" \(name): [") }
        let json = (lines.first ?? "").drop { $0 != "[" }
        return try JSONDecoder().decode([String].self, from: Data(json.utf8))
      }
      let volume = try #require(try list("volumes").first).split(separator: ":")
      let setting = try #require(try list("environment").first).replacing(
        volume[1], with: volume[0])
      let machine = try ReaderMachine.signedIn(lifetime: 600)
      machine.play("python", asksX)
      let command = try [setting] + list("entrypoint") + list("command")
      let outcome = try machine.shell("env " + command.joined(separator: " "), in: "/")
      #expect(outcome.output.contains(#""username":"sandbox""#))
    },
  ]

  /// What a server does: it calls X where it is told to.
  static let asksX = "curl --silent --noproxy '*' \"$X_API_BASE_URL/2/users/me\""

  /// The command that an MCP client reads from its configuration.
  static func configured(_ text: String, under key: String) throws -> [String] {
    struct Server: Decodable {
      let command: String
      let args: [String]
    }
    let servers = try JSONDecoder().decode([String: [String: Server]].self, from: Data(text.utf8))
    let server = try #require(servers[key]?["x"])
    return [server.command] + server.args
  }

  /// The command answers an MCP client's first message. The sandbox has no MCP server: it says so.
  static func answersClient(_ command: [String]) throws {
    let answer = try ReaderMachine.signedIn().firstAnswer(of: command)
    #expect(answer.contains(#""id":0"#) && answer.contains("404"), "\(answer)")
  }

  private static func servesAlone(_ example: String) throws {
    let machine = try ReaderMachine.signedIn(lifetime: 600)
    let proxy = try machine.start(["/bin/sh", "-c", "exec \(example)"], in: "/")
    defer { proxy.signal(SIGTERM) }
    try #require(eventually { proxy.errorsSoFar.contains("set X_API_BASE_URL to that address") })
    let answer = try machine.output(
      of: "curl --silent --noproxy '*' \"$(head -1 /srv/xmcp/.env.xauth/proxy)/2/users/me\"")
    #expect(answer.contains(#""username":"sandbox""#))
  }
}

extension ReaderMachine {
  /// Puts a virtual environment with a `python` that does this into a folder, as it is called here.
  func putPython(in place: String, _ script: String) throws {
    try FileManager.default.createDirectory(
      atPath: folder.file("\(place)/.venv/bin"), withIntermediateDirectories: true)
    folder.write("#!/bin/sh\n\(script)\n", to: "\(place)/.venv/bin/python", mode: 0o755)
  }

  /// The first line that a bridge writes when an MCP client greets it.
  fileprivate func firstAnswer(of command: [String]) throws -> String {
    let bridge = try start(["/usr/bin/env"] + command, in: "/srv/xmcp")
    defer { bridge.signal(SIGKILL) }
    bridge.type(
      #"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-06-18"}}"#
        + "\n")
    try #require(eventually { bridge.outputSoFar.contains("\n") }, "\(bridge.errorsSoFar)")
    return bridge.outputSoFar
  }
}
