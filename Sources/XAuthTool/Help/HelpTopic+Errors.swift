import CommandTable

extension HelpTopic {
  /// Messages that need more than their hint. Tests hold the quoted words against the tables of
  /// failures and warnings.
  static func errors(_ tool: String) -> HelpTopic {
    HelpTopic(
      "errors", summary: "what the messages mean, and what to do",
      text: """
        The line below a message says what to do. Here is more about those that need it. \
        `\(tool) doctor` finds most of these problems in advance.

        # At a login

        - X's page, "Something went wrong. You weren't able to give access to the App": the client \
        ID is wrong, or the callback isn't registered exactly as `\(tool) show --verbose` prints \
        it. X doesn't send the browser back then, and the login times out.
        - "timed out: the login was not completed within": the page was left open, the browser is \
        on another machine (`\(tool) help remote`), or X showed the page above.
        - "is in use, perhaps by another login": another login waits, or another program has the \
        port. X compares the port, so register the URL with another one too. `--paste` needs none.
        - "is not this machine's loopback": another host needs https. `\(tool) help remote` shows \
        how, with a certificate or behind a proxy.
        - "X refused the authorization code": a code works once, for 30 seconds. Log in again.
        - "the account's name is unknown": the token works; X only refuses to say whose it is. For \
        "only to apps in", move the app into a pay-per-use package and the Production environment, \
        in the developer console.

        # At a renewal

        - "X rejected the app's credentials": it is about the app, not the tokens, and none was used. \
        For \
        "Missing valid authorization header": a "Web App" needs its `CLIENT_SECRET`, a "Native \
        App" must have none.
        - "X refused the refresh token": it was used, revoked, or ended by another login with this \
        app and account. Log in again.
        - "X has refused the refresh token": the same, in a later run. It isn't sent a second time.
        - "X may or may not have renewed the token": X's answer got lost or can't be read; the \
        hint says where it is kept. The next runs use the access token while it is valid, and then \
        sort it out.
        - "another run held the lock on": something holds the `.env` locked for more than half a \
        minute. Look for a hanging run.
        - "the tokens are saved, but": the `--on-rotate` command failed. The next run runs it again.
        - "a new token came but could not be saved" (exit code 5): the file in the message holds \
        the token. Fix the disk or the permissions and run it again. Delete nothing.

        # In CI

        - "this is a CI job": see `\(tool) help ci`.
        - "a new token came, but nothing stored it" (exit code 5): the `--on-rotate` command failed \
        three times. Copy the tokens out of the file in the message before the job ends.
        - "another job has renewed the tokens in the environment" (exit code 4): this job was \
        queued with the old secrets. Start it again.

        # About files

        - "is mounted as a single file": mount the folder instead, and restart the container \
        (`\(tool) help remote`).
        - "who could make root write to another file": you run it as root in somebody else's \
        folder, as container jobs in CI do, and the folder's owner decides what is in it. Keep the \
        `.env` in a folder of root's own, or run it as that user.
        - "is a link made by user": another user put that link into a folder like `/tmp`, and \
        could have your tokens saved anywhere. Name the file you mean with `--env-file`.
        - "opens a quote that is never closed": a new token may need quotes, and would end that \
        open one. Close it in the line named; nothing was sent.
        - "is write-protected": its owner may not write to the `.env`. A renewal would lose the \
        token, so nothing was sent. Run `chmod u+w` on it.
        - "the environment has other tokens than": there is an old copy in the environment. It \
        isn't used, but other programs may prefer it. Unset it.

        # About publishing tokens

        - "git would commit": add the `.env` to `.gitignore`. If it has been pushed, run \
        `\(tool) revoke`.
        - "git tracks": the file was added before it was ignored, or with `--force`. Run `git rm \
        --cached` on it. If it has been pushed, run `\(tool) revoke`.
        - "git could not be asked about": there is no git in `PATH`, or git refuses this \
        repository, for the reason given. Look at `.gitignore` yourself.
        - "can contain the tokens in": `COPY . .` would put the tokens into the image. Add `.env` \
        and `.env.xauth` to `.dockerignore`.

        # About the network and libraries

        - "isn't trusted here": the certificate is signed by an authority that this machine \
        doesn't know. Install `ca-certificates`; where a proxy or firewall intercepts TLS, \
        `SSL_CERT_FILE` has to name its authority.
        - "libcurl can't be used": it is missing, or older than 7.80; the message names the \
        package. The same goes for OpenSSL before version 3.

        `--verbose` says what is done, without secrets.
        """)
  }
}
