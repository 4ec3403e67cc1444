import CommandTable

extension HelpTopic {
  /// How programs that run for days get a token that stays alive.
  static func servers(_ tool: String) -> HelpTopic {
    HelpTopic(
      "servers", summary: "keep a token alive in MCP servers, MCP clients and bots",
      text: """
        An access token expires after two hours, and most programs read theirs once, when they \
        start. A new one in the `.env` doesn't help them. Three commands do:

        - `\(tool) proxy -- COMMAND` is for servers that call X's API, such as xmcp. They call a \
        local address instead, and each request gets the current token. Nothing is restarted.
        - `\(tool) mcp` is for MCP clients that use X's hosted server at `https://api.x.com/mcp`. \
        The client starts it as a command.
        - `\(tool) exec --restart -- COMMAND` is for bots and workers whose address of X can't be \
        changed. The command is started again with each new token. MCP sessions end with every \
        restart.

        Any number of them can share one `.env` with each other and with cron jobs. `proxy` and \
        `mcp` also start without a token: after `\(tool) login` they go on by themselves.

        # xmcp

          cd /srv/xmcp
          /usr/local/bin/\(tool) proxy -- .venv/bin/python server.py

        xmcp loads the `.env` beside `server.py` over its environment, so that file must not set \
        `X_API_BASE_URL`. It reads `X_OAUTH_CALLBACK_TIMEOUT` as whole seconds: write `300`, not \
        `5m`. If a client is to start it, it needs `MCP_TRANSPORT=stdio` in the `.env`, because the \
        file wins over the client's `env`. While it starts it may listen on port 8976, as a login \
        does.

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

        From a Mac, or any machine without \(tool), over SSH to one that has it. The tokens stay \
        there:

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

        In `/etc/systemd/system/x-bot.service`. If the bot takes X's address from \
        `X_API_BASE_URL`, write `proxy --` instead of `exec --restart --`, and it needs no restarts:

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

        If \(tool) can't start the server, run the proxy alone, and give the server its address, \
        which stays the same:

          /usr/local/bin/\(tool) proxy --env-file /srv/xmcp/.env

        The address is the first line of `/srv/xmcp/.env.xauth/proxy`. While the proxy runs, anybody \
        on this machine who knows the address can use the account. `--new-secret` replaces it.
        """)
  }
}
