import CommandTable

extension HelpTopic {
  /// Keeping a grant in the secrets of a CI system.
  static func ci(_ tool: String) -> HelpTopic {
    HelpTopic(
      "ci", summary: "keep a grant in the secrets of a CI system",
      text: """
        A refresh token works once, so whatever renews it must put the new one back where the next \
        job finds it. That is what `--on-rotate` is for: it gets the new values as dotenv on its \
        standard input. In a CI job (`CI` is set, and neither empty nor `false`) nothing is \
        renewed without it, because what stays on the runner dies with it. The same goes for a \
        login, unless a person sits at its terminal. `--allow-rotate` allows both all the same.

        # From a laptop to the secrets of an environment

          \(tool) login
          gh api --silent --method PUT 'repos/{owner}/{repo}/environments/x-token'
          \(tool) export | gh secret set --env x-token -f -

        An environment's, because GitHub reads those when a job starts, and a repository's when \
        the run is queued: a run that waits for another would start with the token that the other \
        has spent.

        Once `gh` has named the secrets that it set, blank the copy on the laptop, without telling \
        X: a second place that renews would end the first.

          \(tool) revoke --local

        # One job that renews

        Exactly one workflow renews, on a schedule and never twice at once; all others only read \
        `X_OAUTH2_ACCESS_TOKEN`, in jobs of the same environment. README.md has a whole workflow \
        for GitHub Actions. Its heart:

          \(tool) refresh --on-rotate 'gh secret set --env x-token -f -'

        The tokens come from the environment of that step, and there is no `.env`: the command is \
        where they are saved. With a `.env` it is the same, because the runner's disk ends with \
        the job. The command is tried three times, and may run for 60 seconds each time; then it is \
        stopped, with everything it has started. If it still fails, the exit code is 5 and the \
        message names the file on the runner that holds the new token: copy it out before the job \
        ends, or you have to log in again. So prove beforehand that secrets can be written: a \
        token that may write them can expire.

        # What stays on the runner

        Tokens that came from the environment are kept in `~/.local/state/xauth` until the command \
        has read its input and succeeded. Then the refresh token is removed there; what stays is \
        the access token, for the other steps of the job, and hashes of the tokens that were used. \
        That matters on a self-hosted runner. A command that never reads its input can't have \
        stored the tokens, so they are kept. So is everything under `--allow-rotate`.

        A job that was queued with the old secrets goes on with that access token while it is \
        valid. After that it fails with `handed_on` and exit code 4, and sends nothing: start it \
        again, and it gets the new secrets.

        # Jobs that read

        Where `X_OAUTH2_ACCESS_TOKEN` is all there is, `\(tool) token`, `exec` and `header` use it \
        as it stands: nobody knows when it ends, and nothing renews it. For the steps that follow \
        in the same job on GitHub Actions:

          \(tool) export --format github-env --only X_OAUTH2_ACCESS_TOKEN

        The log hides its value from then on.
        """)
  }
}
