import CommandTable

extension HelpTopic {
  /// Every topic of `help`, for a program called `tool`.
  static func all(_ tool: String) -> [HelpTopic] {
    [
      quickstart(tool), environment(tool), files(tool), exitCodes(tool), errors(tool), cron(tool),
      monitoring(tool), servers(tool), remote(tool), ci(tool), fleet(tool), security(tool),
    ]
  }

  private static func environment(_ tool: String) -> HelpTopic {
    HelpTopic(
      "environment", summary: "every setting, and which source wins",
      text: """
        Options win over the environment, the environment over the `.env`, the `.env` over \
        defaults. An empty value counts as unset. `\(tool) show --verbose` says where each value \
        came from. There are exceptions, each for a reason:

        - The four values of a grant (access token, refresh token, expiry, scopes) come from one \
        place: from the file if it has any of their names, even empty, otherwise from the \
        environment. A mixture of two grants is useless, and an old copy in the environment would \
        come back after a revoke.
        - `CLIENT_ID` and `CLIENT_SECRET` come from one place too: from the file if it has a \
        `CLIENT_ID` and the grant.
        - Anything that can run a program or send things elsewhere comes from an option or the \
        environment, never from the file: the path of the file, the `--on-rotate` command, the \
        browser, proxies, certificate authorities, a command in `X_OAUTH2_STORE`, and the address \
        of the store.
        - An endpoint from the file is refused if the credentials come from the environment. \
        Whenever credentials go anywhere but to X, a line says so; `--quiet` leaves it out.

        """, listing: .environment)
  }

  private static func exitCodes(_ tool: String) -> HelpTopic {
    HelpTopic(
      "exit-codes", summary: "what scripts can tell",
      text: """
        Scripts can rely on these numbers. On 75, try again later; a timer does that by itself. On \
        3 and 4, tell somebody: trying again changes nothing. On 5, nothing is lost as long as \
        nobody deletes the recovery file named in the message. Fix the cause, and the next run \
        puts the token where it belongs.

        With `--json` a failure is an object on standard output, with a stable `code`, the `exit` \
        code, and `retryable`:

          \(tool) refresh --json | jq -r .error.code

        `token`, `header`, `exec`, `proxy` and `mcp` print it on standard error, and nothing on \
        standard output.

        """, listing: .exitCodes)
  }
}
