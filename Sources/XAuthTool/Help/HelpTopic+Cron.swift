import CommandTable

extension HelpTopic {
  /// Renewing by the clock: cron, and a systemd timer.
  static func cron(_ tool: String) -> HelpTopic {
    HelpTopic(
      "cron", summary: "renew by cron or a systemd timer, and restart what reads the token",
      text: """
        An access token expires after two hours; `refresh` renews it when less than 75 minutes are \
        left. Every 20 minutes gives it at least three tries before the token expires, so one \
        failed run does no harm. A run with nothing to do takes some milliseconds and no network.

          */20 * * * * /usr/local/bin/\(tool) refresh --quiet --env-file /srv/xmcp/.env

        Write both paths in full: cron starts in the home folder, with a short `PATH` that finds \
        X11's program of the same name first. If you installed \(tool) for yourself, write \
        `~/.local/bin/\(tool)` here, and `%h/.local/bin/\(tool)` in a systemd unit. Use the \
        crontab of the user who owns the `.env`.

        # Restarting a server

        Most servers read the token once, when they start. `\(tool) help servers` shows how to \
        avoid restarts. Otherwise, let each renewal restart them, and renew with 45 minutes \
        left instead of 75, so that it happens less often:

          XDG_RUNTIME_DIR=/run/user/1000
          XAUTH_ENV_FILE=/srv/xmcp/.env
          XAUTH_ON_ROTATE=systemctl --user restart xmcp
          */20 * * * * /usr/local/bin/\(tool) refresh --quiet --min-validity 45m

        `systemctl --user` needs `XDG_RUNTIME_DIR`, which cron doesn't set; `id -u` prints the \
        number. With `--min-validity`, a failure is reported at once, even if it is temporary.

        The command runs after a new token is saved, and only then. It may run for a \
        minute. If it fails, the tokens are saved anyway, the exit code is 1, and the next run runs \
        it again. The first run with this option also runs it once for an earlier renewal.

        # What the mail says

        Cron mails all output; with `--quiet` there is output only on failure, and none for a \
        failure that leaves later runs enough time: see `\(tool) help monitoring`.

        - "X refused the refresh token": X ended the grant, because somebody revoked it or logged \
        in elsewhere with the same app and account. Run `\(tool) login`. You are told once, again \
        when the access token has expired, then once a day.
        - "later runs try again": the cause is temporary, such as no network, but the token has \
        expired or soon will.
        - "the tokens are saved, but": the command of `XAUTH_ON_ROTATE` failed. The next run runs \
        it again.

        # A systemd timer

        `scripts/install --timer --env-file FILE` sets one up, and \
        `scripts/uninstall` takes it away. By hand, in `~/.config/systemd/user/xauth.service`:

          [Unit]
          Description=Renew the X token of xmcp

          [Service]
          Type=oneshot
          ExecStart=/usr/local/bin/\(tool) refresh --min-validity 45m
          Environment=XAUTH_ENV_FILE=/srv/xmcp/.env
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

        The last line lets it run while you are not logged in on this machine.
        """)
  }
}
