import CommandTable

extension HelpTopic {
  /// Renewing by the clock: cron, and a systemd timer.
  static func cron(_ tool: String) -> HelpTopic {
    HelpTopic(
      "cron", summary: "renew by cron or a systemd timer, and restart what reads the token",
      text: """
        An access token lives two hours; `refresh` renews it when less than 75 minutes are left. \
        Every 20 minutes gives it three tries at least before the token ends, so that one that \
        fails costs nothing. A run with nothing to do takes some milliseconds and no network.

          */20 * * * * /usr/local/bin/\(tool) refresh --quiet --env-file /srv/xmcp/.env

        Give both paths in full: cron starts in the home folder with a short PATH, in which X11's \
        program of the same name comes first. Installed for you alone, ours is \
        `~/.local/bin/\(tool)`: write that here, and `%h/.local/bin/\(tool)` in a systemd \
        unit. Use the crontab of the user who owns the `.env`.

        # Servers

        Most servers read the token once, when they start. Have them restarted when there is a new one:

          XDG_RUNTIME_DIR=/run/user/1000
          XAUTH_ON_ROTATE=systemctl --user restart xmcp
          */20 * * * * /usr/local/bin/\(tool) refresh --quiet --env-file /srv/xmcp/.env

        The command runs after a new token is saved, and only then, for a minute at most; if it fails, or if a run \
        without it has renewed, the next run that has it runs it. So the first may do so for a \
        renewal before it. Cron doesn't set `XDG_RUNTIME_DIR`, without which `systemctl --user` \
        finds nothing; 1000 is what `id -u` says.

        # What the mail says

        Cron mails all output; with `--quiet` there is output only on failure, and none for a \
        failure that leaves later runs enough time: see `\(tool) help monitoring`.

        - `X refused the refresh token`: X has ended the grant, because somebody revoked it or \
        logged in elsewhere with the same app and account. Run `\(tool) login`. You are told once, \
        again when the access token has expired, then once a day.
        - `later runs try again`: something passing, such as no network, but the token has \
        expired or soon will.
        - `the tokens are saved, but`: the command of `XAUTH_ON_ROTATE` failed. The next run runs \
        it again.

        # A systemd timer

        In `~/.config/systemd/user/xauth.service`:

          [Unit]
          Description=Renew the X token of xmcp

          [Service]
          Type=oneshot
          ExecStart=/usr/local/bin/\(tool) refresh --env-file /srv/xmcp/.env
          Environment="XAUTH_ON_ROTATE=systemctl --user restart xmcp"

        In `~/.config/systemd/user/xauth.timer`:

          [Unit]
          Description=Renew the X token of xmcp every 20 minutes

          [Timer]
          OnCalendar=*:0/20
          RandomizedDelaySec=60
          Persistent=true

          [Install]
          WantedBy=timers.target

        Then:

          systemctl --user daemon-reload
          systemctl --user enable --now xauth.timer
          loginctl enable-linger

        The last line lets it run while you are not signed in.
        """)
  }
}
