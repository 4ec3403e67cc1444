import CommandTable

extension HelpTopic {
  /// From an app in the developer console to a token that stays alive.
  static func quickstart(_ tool: String) -> HelpTopic {
    HelpTopic(
      "quickstart", summary: "from the developer console to a token that stays alive",
      text: """
        # The app

        Do this once per app, in the developer console at https://console.x.com: create an app or \
        open yours, and set up user authentication.

        - App permissions: what your scopes need. "Read" is enough for bookmarks; "Read and write" \
        lets you post.
        - Type of App: "Web App, Automated App or Bot" has a client secret, "Native App" has none. \
        Both work. On a machine you control, choose the first.
        - Callback URI: exactly what `\(tool) show --verbose` prints, \
        `http://127.0.0.1:8976/oauth/callback` unless you have changed it. X requires an exact \
        match: keep the port, and don't write `localhost` for `127.0.0.1`. An app can have several.
        - Website URL: any address of yours.

        From "Keys and tokens", copy the "OAuth 2.0 Client ID" and, if there is one, the "Client \
        Secret", which is shown once. The "API Key" above them belongs to OAuth 1.0a; don't use it \
        here.

        # The login

        In your project's folder:

          \(tool) login

        It asks for the ID and the secret, and saves them with the tokens in `.env`. You can also \
        write them there yourself: the file env.example is a `.env` with every setting. Only you \
        should be able to read it (`chmod 600`).

        You authorize the account that your browser is signed in to at x.com, and `login` says \
        which one it was. To use another account, sign out there first, or press Enter and open \
        the printed address in a private window. With `--account NAME` no other account's tokens \
        are saved.

        `X_OAUTH2_SCOPES` sets the scopes to request; there are thirteen by default. Without \
        `offline.access` X gives no refresh token. To add a scope later, log in again.

        # Afterwards

        The token expires after two hours. To keep it alive by the clock, see `\(tool) help cron`; \
        in programs that run for days, `\(tool) help servers`. To be told in time when you have \
        to log in again, see `\(tool) help monitoring`.

        # Tokens you already have

        If another OAuth tool or a script of yours renews the tokens now, stop it. Put both \
        tokens into the `.env`, with the `CLIENT_ID` that they were made with, and run \
        `\(tool) refresh`. It doesn't know when they expire, so it renews at once.

        If a token is in the environment and another in the `.env`, the file's is used, and a \
        warning says so. Many dotenv libraries prefer the environment: unset it there.

        # Scripts that use OAuth 1.0a

        `\(tool) header` signs a request with the four `X_OAUTH_…` values while \
        `X_OAUTH2_ACCESS_TOKEN` is not set, and sends that token once it is. So a single variable \
        switches a script from 1.0a to 2.0.
        """)
  }
}
