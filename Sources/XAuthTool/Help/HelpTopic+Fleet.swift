import CommandTable

extension HelpTopic {
  /// One grant on several machines.
  static func fleet(_ tool: String) -> HelpTopic {
    HelpTopic(
      "fleet", summary: "use one login on several machines",
      text: """
        X keeps one grant for an app and an account, and a refresh token works once. Two machines \
        that both renew, or log in, end each other's tokens. So let one machine renew, and have the \
        others follow it: they copy its access token, and hold no refresh token at all.

        # A host that follows another one

        It needs a command that prints the other host's access token, its expiry and its scopes as \
        dotenv. Over SSH, in a file `/usr/local/bin/x-token-of-server` that may be executed:

          #!/bin/sh
          exec ssh -o BatchMode=yes server /usr/local/bin/\(tool) export \\
            --env-file /srv/xmcp/.env --min-validity 75m \\
            --only X_OAUTH2_ACCESS_TOKEN --only X_OAUTH2_EXPIRES_AT \\
            --only X_OAUTH2_GRANTED_SCOPES

        The setting `X_OAUTH2_STORE`, or the option `--store`, names that command:

          export X_OAUTH2_STORE=follow:x-token-of-server
          \(tool) refresh --env-file /srv/xmcp/.env

        Instead of SSH it can be anything that prints these lines: `kubectl exec`, `docker exec`, \
        `sudo -u`, a secret manager. It is run by `sh -c`, may take 30 seconds, and gets neither \
        the client secret nor a refresh token. It is never taken from the `.env`, which somebody \
        else may have written: set it in the environment, in the crontab, or in the unit.

        `refresh` runs it when less than `--min-validity` is left, and saves what it prints in the \
        `.env`, which is made if it isn't there. So do `token`, `exec`, `header`, `export`, `proxy` \
        and `mcp` when the copy isn't valid for long enough. Many runs at once run the command \
        once. `--on-rotate` is run for each new token. In CI no `--allow-rotate` is needed, since \
        nothing is renewed there.

        In a crontab:

          X_OAUTH2_STORE=follow:/usr/local/bin/x-token-of-server
          */20 * * * * /usr/local/bin/\(tool) refresh --quiet --env-file /srv/xmcp/.env

        With `--min-validity` the other host's `export` renews the token first when it has to, so \
        that a follower needs no fresher one. If a follower can't reach the other host, it uses its copy \
        while that is valid, and fails with exit code 75 after that.

        # What doesn't work on a follower

        `login` and `revoke` are refused there (exit code 4): do both on the host that renews. A \
        refresh token in the follower's `.env` is refused too, since one of the two hosts would \
        end the other's tokens with it. Clear it there, without telling X:

          \(tool) revoke --local

        `\(tool) doctor --online` tries the command, and saves nothing.

        # To stop following

        Take `X_OAUTH2_STORE` away. The copy stays in the `.env` until it expires; after that the host \
        needs a login of its own, with another app, or an account of its own.
        """)
  }
}
