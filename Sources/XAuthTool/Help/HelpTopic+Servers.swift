import CommandTable

extension HelpTopic {
  /// How programs that run for days get a token that stays alive.
  static func servers(_ tool: String) -> HelpTopic {
    HelpTopic(
      "servers", summary: "keep a token alive in MCP servers, MCP clients and bots",
      text: """
        An access token lives two hours, and most programs read theirs once, when they start. \
        Renewing it in the `.env` doesn't help them. Three commands do:

        - `\(tool) proxy -- COMMAND` for servers that call X's API, such as xmcp: they call a local \
        address instead, and each request gets the token of the moment. Nothing is restarted.
        - `\(tool) mcp` for MCP clients that use X's hosted server, which is at \
        `https://api.x.com/mcp`: the client starts it as a command.
        - `\(tool) exec --restart -- COMMAND` for bots and workers that take no address: the \
        command is started again with each new token. MCP sessions end with every restart.

        Any number of them can share one `.env`, with cron jobs besides. `proxy` and `mcp` begin \
        without a grant too: after `\(tool) login` they go on by themselves.

        # xmcp

          cd /srv/xmcp
          /usr/local/bin/\(tool) proxy -- .venv/bin/python server.py

        xmcp loads the `.env` beside `server.py` over its environment, so that file must not set \
        `X_API_BASE_URL`. It reads `X_OAUTH_CALLBACK_TIMEOUT` as whole seconds: write `300`, not \
        `5m`. To be started by a client it needs `MCP_TRANSPORT=stdio` in the `.env`; a client's \
        `env` loses to the file. While it starts it may listen on port 8976, as a login does.

        # X's hosted server in an MCP client

        Claude Code:

          claude mcp add x -- /usr/local/bin/\(tool) mcp --env-file /srv/xmcp/.env

        Claude Desktop (`claude_desktop_config.json`) and Cursor (`~/.cursor/mcp.json`):

          {
            "mcpServers": {
              "x": {
                "command": "/usr/local/bin/\(tool)",
                "args": ["mcp", "--env-file", "/srv/xmcp/.env"]
              }
            }
          }

        VS Code (`.vscode/mcp.json`):

          {
            "servers": {
              "x": {
                "type": "stdio",
                "command": "/usr/local/bin/\(tool)",
                "args": ["mcp", "--env-file", "/srv/xmcp/.env"]
              }
            }
          }

        Codex (`~/.codex/config.toml`):

          [mcp_servers.x]
          command = "/usr/local/bin/\(tool)"
          args = ["mcp", "--env-file", "/srv/xmcp/.env"]

        From a Mac, or any machine without \(tool), over SSH to one that has it. The grant stays there:

          {
            "mcpServers": {
              "x": {
                "command": "ssh",
                "args": ["server", "/usr/local/bin/\(tool)", "mcp",
                         "--env-file", "/srv/xmcp/.env"]
              }
            }
          }

        # A bot under systemd

        In `/etc/systemd/system/x-bot.service`; for a bot that takes X's address from \
        `X_API_BASE_URL`, `proxy --` instead of `exec --restart --` spares it the restarts:

          [Unit]
          Description=A bot on X
          After=network-online.target
          Wants=network-online.target

          [Service]
          User=bot
          WorkingDirectory=/srv/bot
          ExecStart=/usr/local/bin/\(tool) exec --restart -- .venv/bin/python bot.py
          Restart=on-failure
          TimeoutStopSec=70

          [Install]
          WantedBy=multi-user.target

        # docker compose

        The folder of the `.env` is mounted, not the file: a renewal replaces the file.

          services:
            xmcp:
              image: xmcp
              entrypoint: ["/usr/local/bin/\(tool)", "proxy", "--"]
              command: ["python", "server.py"]
              environment: ["XAUTH_ENV_FILE=/state/.env"]
              volumes: ["/srv/xmcp:/state"]
              stop_grace_period: 70s
              restart: unless-stopped

        # A proxy by itself

        Where the server can't be started by \(tool), the proxy runs alone and the server gets its \
        address, which stays the same:

          /usr/local/bin/\(tool) proxy --env-file /srv/xmcp/.env

        The address is the first line of `/srv/xmcp/.env.xauth/proxy`. It opens the account to \
        everybody who knows it, on this machine only, while the proxy runs; `--new-secret` replaces \
        it.
        """)
  }
}
