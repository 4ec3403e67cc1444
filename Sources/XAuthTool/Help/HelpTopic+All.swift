import CommandTable

extension HelpTopic {
  /// Every topic of `help`, for a program called `tool`.
  static func all(_ tool: String) -> [HelpTopic] {
    [
      environment(tool), files(tool), exitCodes(tool), cron(tool), monitoring(tool), servers(tool),
      ci(tool), fleet(tool), security(tool),
    ]
  }

  private static func environment(_ tool: String) -> HelpTopic {
    HelpTopic(
      "environment", summary: "every setting, and which source wins",
      text: """
        A setting is looked for among the options, then in the process environment, then in the \
        `.env`; then there is a default. An empty value is unset. `\(tool) show --verbose` says where each \
        one came from. There are exceptions, each for a reason:

        - The four values of a grant (access token, refresh token, expiry, scopes) travel \
        together: from the file if it has any of their names, even blank, otherwise from the \
        environment. A mixture of two grants is worth nothing, and a stale copy in the environment \
        would come back after a revoke.
        - `CLIENT_ID` and `CLIENT_SECRET` are a pair from one source: the file's, if the file has \
        a `CLIENT_ID` and the grant.
        - What can run a program or send things elsewhere comes from an option or the environment, \
        never from the file: the file that is read, the `--on-rotate` command, the browser, \
        proxies, certificate authorities.
        - An endpoint from the file with credentials from the environment is refused. Whenever \
        credentials go elsewhere than to X, a line says so, unless `--quiet` leaves out all lines \
        of its kind.

        Behind a reverse proxy that ends TLS, set the callback's host and port to the public ones, \
        `X_OAUTH_CALLBACK_SCHEME=https`, and `X_OAUTH_CALLBACK_LISTEN` to where the proxy finds \
        it. A callback under another `Host` is refused, so the proxy must pass it on as it came: \
        nginx puts in its own unless it has `proxy_set_header Host $http_host`.

        """, listing: .environment)
  }

  private static func exitCodes(_ tool: String) -> HelpTopic {
    HelpTopic(
      "exit-codes", summary: "what scripts can tell",
      text: """
        Scripts may rely on these numbers. On 75, try again later: a timer does that by itself. On \
        3 and 4, tell a person: trying again changes nothing. On 5, nothing is lost as long as \
        nobody deletes the recovery file that the message names: fix the cause, and the next run \
        puts the token where it belongs.

        With `--json` a failure is an object on standard output, with a stable `code`, the `exit` \
        code, and `retryable`:

          \(tool) token --json | jq -r .error.code

        """, listing: .exitCodes)
  }
}
