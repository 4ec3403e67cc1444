import CommandTable

extension HelpTopic {
  /// How to be told that a token needs somebody: by mail, by systemd, by any monitor.
  static func monitoring(_ tool: String) -> HelpTopic {
    HelpTopic(
      "monitoring", summary: "be told, once and in time, when a token needs you",
      text: """
        Two things can go wrong. X ends the grant, and only you can log in again; `refresh --quiet` \
        reports that as soon as it sees it, before the access token expires. Or nothing renews the \
        token, because cron stopped or the network is down; only a separate check can tell you \
        that, and `show --min-validity` is one. It needs no network and takes milliseconds.

        `refresh --quiet` prints nothing while a failure leaves later runs enough time, which is 25 \
        minutes. It reports a dead grant once, again when the access token has expired, then once a \
        day; its exit code is 3 each time.

        # Cron with a mailer

          MAILTO=you@example.org
          */20 * * * * /usr/local/bin/\(tool) refresh --quiet --env-file /srv/xmcp/.env

        # Cron without one

        Let cron run a script that passes the output on, if there is any. Put whatever reaches you in \
        place of `logger`:

          #!/bin/sh
          m=$(/usr/local/bin/\(tool) refresh --quiet --env-file /srv/xmcp/.env 2>&1) ||
          [ -z "$m" ] || logger -t x-token -p user.err "$m"

        # systemd

        A service that fails when less than 30 minutes are left, or when you must log in, in \
        `~/.config/systemd/user/xauth-check.service`:

          [Unit]
          Description=Check the X token of xmcp
          OnFailure=xauth-alert.service

          [Service]
          Type=oneshot
          Environment=XAUTH_ENV_FILE=/srv/xmcp/.env
          ExecStart=/usr/local/bin/\(tool) show --min-validity 30m

        In `~/.config/systemd/user/xauth-check.timer`:

          [Unit]
          Description=Check the X token of xmcp every 10 minutes

          [Timer]
          OnCalendar=*:5/10
          Persistent=true

          [Install]
          WantedBy=timers.target

        What to do then, in `~/.config/systemd/user/xauth-alert.service`:

          [Unit]
          Description=Report that the X token of xmcp needs you

          [Service]
          Type=oneshot
          ExecStart=/usr/bin/logger -p user.err "the X token of xmcp needs you"

        Then:

          systemctl --user daemon-reload
          systemctl --user enable --now xauth-check.timer

        # Any monitor

        The exit code of `show --min-validity` is 0 while that much is left and a renewal is \
        possible; 3 when you must log in, even if the access token still works; 75 when less is \
        left, which means that nothing renews it; 4 when settings or files are wrong. As a check \
        for Nagios, Icinga or another monitor that knows 0, 1 and 2:

          /usr/local/bin/\(tool) show --min-validity 30m --env-file /srv/xmcp/.env
          case $? in 0) exit 0 ;; 75) exit 1 ;; *) exit 2 ;; esac

        `show --json` has the facts: `seconds_left`, `renewal` (`possible`, or why not), \
        `last_renewal`, `last_failure`, `hook_pending_since`.
        """)
  }
}
