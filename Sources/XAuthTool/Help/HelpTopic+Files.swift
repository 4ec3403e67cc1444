import CommandTable

extension HelpTopic {
  /// What is written where, and what may be moved, copied or deleted.
  static func files(_ tool: String) -> HelpTopic {
    HelpTopic(
      "files", summary: "what is written where, and what may be deleted",
      text: """
        # The .env

        It is the file that `--env-file` names, else `XAUTH_ENV_FILE`, else `./.env`. Only the \
        values of \(tool)'s own names are changed. Every other byte stays, and so do the owner, the \
        mode, and a symbolic link that leads to it. All values of a grant are replaced at once, so \
        a reader never sees half of one. If the file itself can't be replaced (it has another hard \
        link, or is mounted by itself into a container), it is written in place, and a copy on the \
        disk protects it meanwhile.

        # The folder .env.xauth beside it

        It is named after the file. It holds the lock, the journal, and for a moment the new \
        `.env`. Only the owner can enter it. git ignores it because of a `.gitignore` in it, which \
        each renewal checks. `docker build` doesn't: add `.env` and `.env.xauth` to \
        `.dockerignore`. Leave the folder where it is:

        - The journal is the recovery file. A new token is in it before anything else is done, and \
        stays there until it is revoked. If a run is killed, the next one finishes its work, and \
        an editor that saves yesterday's buffer over the `.env` loses no token.
        - Delete it only together with the `.env`, or after `\(tool) revoke`.
        - If you move a project, move both. A copy of a `.env` is a second user of the same grant: \
        the first one to renew ends the other. Share the file, or log in with another app.

        If the folder can't be made there, `~/.local/state/xauth` of the file's owner takes its \
        place. It also holds what a grant without a file needs: one that comes from the \
        environment alone and is stored by `--on-rotate`.

        # Other files

        `TLS_CERT_FILE` and `TLS_KEY_FILE` are read, relative to the folder of the `.env`. \
        `export --format github-env` appends to the file that `GITHUB_ENV` names. Nothing else is \
        written.
        """)
  }
}
