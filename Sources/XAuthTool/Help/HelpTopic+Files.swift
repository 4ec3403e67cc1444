import CommandTable

extension HelpTopic {
  /// What is written where, and what may be moved, copied or deleted.
  static func files(_ tool: String) -> HelpTopic {
    HelpTopic(
      "files", summary: "what is written where, and what may be deleted",
      text: """
        # The .env

        Named by `--env-file`, else `XAUTH_ENV_FILE`, else `./.env`. Only the values of \(tool)'s \
        own names are changed; every other byte stays, and so do the owner, the mode, and a \
        symbolic link that leads to it. All values of a grant are replaced at once, so that a \
        reader never sees half of one. Where the file itself can't be replaced (it has another \
        hard link, or is mounted by itself into a container) it is written in place, and a copy on \
        the disk guards the moment.

        # The folder .env.xauth beside it

        Named after the file. It holds the lock, the journal, and for a moment the new `.env`; \
        only the owner can enter it, and git ignores it, by a `.gitignore` in it that is put right \
        at each renewal. Nothing makes `docker build` ignore it: add `.env` and `.env.xauth` to \
        the `.dockerignore`. Leave it where it is:

        - The journal is the recovery file. A renewed token is in it before anything else is done, \
        and stays there until it is revoked: a run that was killed is finished by the next one, \
        and an editor that saves yesterday's buffer over the `.env` loses no token.
        - Delete it only together with the `.env`, or after `\(tool) revoke`.
        - Moving a project, move both. A copy of a `.env` is a second user of the same grant: the \
        first one to renew ends the other. Share the file, or log in with another app.

        If the folder can't be made there, `~/.local/state/xauth` of the file's owner takes its \
        place. The same folder holds what a grant without a file needs: one that comes from the \
        environment alone and is put back by `--on-rotate`.

        # Others

        `TLS_CERT_FILE` and `TLS_KEY_FILE` are read, relative to the folder of the `.env`, and \
        `export --format github-env` appends to the file that `GITHUB_ENV` names. Nothing else is \
        written.
        """)
  }
}
