import CommandTable

extension HelpTopic {
  /// Keeping a grant in the secrets of a CI system.
  static func ci(_ tool: String) -> HelpTopic {
    HelpTopic(
      "ci", summary: "use the token in CI jobs, or renew it there",
      text: """
        # Jobs that only use the token

        It is simplest if a machine of yours renews the token and pushes each new access token to \
        CI. Add this option to its cron job, or set `XAUTH_ON_ROTATE`:

          \(tool) refresh --on-rotate \\
            'grep ^X_OAUTH2_ACCESS_TOKEN= | gh secret set -f - --repo you/project'

        CI then has no refresh token, no client secret, and nothing to schedule. The token in the \
        secret is valid for 55 minutes or more if the machine's cron job runs every 20 minutes.

        Where `X_OAUTH2_ACCESS_TOKEN` is all there is, `\(tool) token`, `exec` and `header` use it \
        as it is: its expiry is unknown, and nothing renews it. For the following steps of a job \
        on GitHub Actions:

          \(tool) export --format github-env --only X_OAUTH2_ACCESS_TOKEN

        The log hides its value from then on.

        # Renewing in CI

        A renewal replaces the refresh token, so the job must store the new one or the next job \
        fails. In a CI job (`CI` is set, and neither empty nor `false`), `\(tool)` therefore \
        refuses to renew without `--on-rotate`, a command that gets the new values as dotenv on \
        its standard input. The same goes for a login without a terminal. `--allow-rotate` allows \
        both anyway, and so does a store that machines share the tokens through (`\(tool) help \
        fleet`).

        On your laptop, create the environment `x-token` and put the tokens into its secrets:

          \(tool) login
          gh api --silent --method PUT 'repos/{owner}/{repo}/environments/x-token'
          \(tool) export | gh secret set --env x-token -f -

        Use secrets of an environment, not of the repository. GitHub reads a repository's secrets \
        when the run is queued: a run that waits for another would start with the token that the \
        other has used. An environment's are read when the job starts. (In a private repository \
        environments need a paid plan.)

        When `gh` has listed the secrets, clear the laptop's copy, but don't revoke it at X. A \
        second place that renews would end the first.

          \(tool) revoke --local

        Let exactly one workflow renew, never twice at once. All others only read the secret \
        `X_OAUTH2_ACCESS_TOKEN`, in jobs of the same environment.

        On one machine a lock keeps two runs from using the same refresh token. Two runners share \
        no lock. There, that no token is used twice rests on CI starting one job at a time \
        (`concurrency` below; `resource_group` in GitLab), or on a store that the runners share. \
        For GitHub Actions:

          name: Renew the X token
          on:
            schedule:
              - cron: '17,47 * * * *'
            workflow_dispatch:
          permissions: {}
          concurrency:
            group: x-token
            cancel-in-progress: false
          jobs:
            renew:
              runs-on: ubuntu-latest
              timeout-minutes: 15
              environment: x-token
              env:
                GH_REPO: ${{ github.repository }}
              steps:
                - name: Prove that secrets can be written, before a token is used
                  run: date --utc | gh secret set --env x-token X_TOKEN_CHECKED_AT
                  env:
                    # A fine-grained token with "Environments: write" here.
                    GH_TOKEN: ${{ secrets.SECRETS_TOKEN }}
                - uses: actions/cache@v4
                  id: xauth
                  with:
                    path: ~/xauth/bin/xauth
                    key: xauth-${{ runner.os }}-${{ vars.XAUTH_VERSION }}
                - name: Build xauth
                  if: steps.xauth.outputs.cache-hit != 'true'
                  run: |
                    git clone --depth 1 --branch "${{ vars.XAUTH_VERSION }}" \\
                      "${{ vars.XAUTH_REPOSITORY }}" source
                    source/scripts/install --prefix ~/xauth
                - name: Renew
                  run: |
                    ~/xauth/bin/xauth refresh \\
                      --on-rotate 'gh secret set --env x-token -f -'
                  env:
                    GH_TOKEN: ${{ secrets.SECRETS_TOKEN }}
                    CLIENT_ID: ${{ secrets.CLIENT_ID }}
                    CLIENT_SECRET: ${{ secrets.CLIENT_SECRET }}
                    X_OAUTH2_ACCESS_TOKEN: ${{ secrets.X_OAUTH2_ACCESS_TOKEN }}
                    X_OAUTH2_REFRESH_TOKEN: ${{ secrets.X_OAUTH2_REFRESH_TOKEN }}
                    X_OAUTH2_EXPIRES_AT: ${{ secrets.X_OAUTH2_EXPIRES_AT }}
                    X_OAUTH2_GRANTED_SCOPES: ${{ secrets.X_OAUTH2_GRANTED_SCOPES }}

        `SECRETS_TOKEN` is a secret of the environment too. The variables `XAUTH_REPOSITORY` and \
        `XAUTH_VERSION` name the URL of \(tool)'s repository and a tag in it. Leave \
        `cancel-in-progress` at `false`: a run cancelled before it has stored the new token loses \
        it.

        48 runs a day are 1,440 minutes a month or more: free in a public repository, and most of a \
        private one's 2,000. In a public repository GitHub stops schedules after 60 days without a \
        commit. It starts them late, or not at all, at the full hour: hence 17 and 47.

        `scripts/examples` has the same for GitLab, where a variable of type file holds the tokens.

        There is no `.env` there: the `--on-rotate` command is where the new tokens are saved. \
        With a `.env` it is the same, because the runner's disk ends with the job. The command is \
        tried three times and may run for 60 seconds each time; then it is stopped, with \
        everything it has started. If it still fails, the exit code is 5, and the message names \
        the file on the runner that holds the new token. Copy it out before the job ends, or you \
        have to log in again. A token that may write secrets can expire; that is why the first \
        step proves that it works.

        # What stays on the runner

        Tokens that came from the environment are kept in `~/.local/state/xauth` until the command \
        has read its input and succeeded. Then the refresh token is removed there. What stays is \
        the access token, for the other steps of the job, and hashes of the tokens that were used. \
        That matters on a self-hosted runner. A command that never reads its input can't have \
        stored the tokens, so they are kept. So is everything under `--allow-rotate`.

        A job that was queued with the old secrets goes on with that access token while it is \
        valid. After that it fails with `handed_on` and exit code 4, and sends nothing. Start it \
        again, and it gets the new secrets.
        """)
  }
}
