import CommandTable

extension HelpTopic {
  /// What is promised, what can't be, and where secrets go.
  static func security(_ tool: String) -> HelpTopic {
    HelpTopic(
      "security", summary: "what is promised, what can't be, and where secrets go",
      text: """
        # Promised

        - A renewed token is not lost: not by a kill or a power cut at any moment after the answer \
        is in the journal, not by a full disk, not by several runs at once, not by an editor that \
        saves an older copy, not by a backup that is put back. The next run finishes what was begun.
        - A refresh token that X has taken is not sent again while its successor may be alive: not \
        by a run that finds an old copy, and not by two that see the same folder through different \
        mounts, where a lock isn't shared.
        - Tokens of one account are not written over another's without a yes.
        - Before a token is spent, everything is tried that could keep its successor from being saved.
        - What the page in the browser, the terminal and the exit code say is what happened. The \
        page waits for the save.
        - Nothing that reaches the callback without this login's `state` can end, block or slow it.

        # Not promised

        - Between the arrival of an answer and the one write that puts it into the journal, a kill \
        loses it. Nobody can close that gap.
        - If X's answer never arrives, nobody can tell whether the token was spent. \(tool) says \
        so, and uses the access token. In the last 25 minutes of its life, and more than five minutes \
        after nobody can send any more, it tries the same token once a run until there is a definite \
        answer. That may be that a person must log in.
        - A copy of the `.env` that is older than the journal itself can't be recognized, nor a \
        folder that was restored together with its journal.
        - Copies of two accounts' `.env` that are swapped by hand are told apart only where X has named \
        the accounts. Otherwise the tokens that aren't in use count as older ones once the others are \
        renewed, and their copy is replaced. Give each account a file of its own.
        - Where two machines share a folder, a process that is stopped for minutes between its claim \
        and its request may send a token that the other machine has sent meanwhile.
        - Another program that writes the same `.env` without the lock can overwrite what was \
        saved between \(tool)'s last look and its rename. Only a moment is open, and the journal \
        brings the token back.
        - X keeps one grant for an app and an account. A login elsewhere ends this one, and \
        nothing here can prevent it.
        - While a proxy runs, its address opens the account to every program of this machine that knows \
        it. A server may write the address into its own log. Requests without the secret in it, from web \
        pages, and to X's OAuth endpoints are refused.
        - Where the file has to be written in place, a reader may see it half written.
        - Another user of the machine can see the short address that a login starts the browser \
        with, open it first, and sign in with an account of their own. Your browser and the terminal \
        then say that it is open in another browser: press Ctrl-C. With `--account` no other \
        account's tokens are saved, and those that the file holds are not replaced by another \
        account's unless you say so. X may refuse to name the account: then `login` says that.

        # Secrets

        - Tokens and the client secret never appear on a command line, in a message, in \
        `--verbose`, in a page, or in `show`, which tells tokens apart by the beginning of their \
        SHA-256. Only `token`, `export` and `header` print one, because that is what they are for.
        - A login's `state` isn't on a command line either: the browser is started with a short \
        address on this machine, which leads only the first browser on to X. The long address is \
        printed only where no browser can be started, and when you press Enter.
        - The browser inherits none of them. The `--on-rotate` command gets the tokens on its \
        standard input and not in its environment; a program under `exec` gets the access token \
        alone. The command may run for 60 seconds; then it is stopped, with everything it has \
        started.
        - Tokens from the environment, without a file, have to be on the disk while they are \
        renewed: they are in `~/.local/state/xauth`, readable by their owner. In CI the refresh \
        token is removed there once the `--on-rotate` command has read it and succeeded. Elsewhere \
        it stays, because an environment that is set once never gets the new one; \
        `\(tool) revoke` ends it.
        - The `.env` and the journal hold them readable by their owner; that is what they are for \
        too. A new `.env` gets mode 0600, an existing one keeps its own. Before a login, `\(tool)` \
        warns when others can reach it, and on a terminal offers to change its mode; `show` warns \
        of that too, and when git would commit it. To find out, git is asked without `PATH` and \
        without any variable of its own, so that nothing a repository's configuration names is \
        run.
        - Tokens go to `X_API_BASE_URL` over TLS 1.2 or newer with the certificate checked, follow \
        no redirect, and plain http is for loopback only. When that isn't X, a line says so before \
        anything is sent. `--quiet` leaves that line out too, or cron would mail it with each run; \
        `\(tool) show --verbose` and `\(tool) doctor` name the address whenever you ask.
        - A token that only the journal holds goes to the server that issued it and to no other, \
        whatever address the file names: a repository may have brought the file.
        - The callback listens on loopback unless you say otherwise, and with PKCE a code that is \
        overheard is worth nothing.
        - In a folder like `/tmp`, where everybody may create files, \(tool) follows no symbolic \
        link of another user's, as the Linux kernel does by default, and writes to no file of \
        another user's or with a second hard link.
        - As root, \(tool) follows no path that somebody other than the file's owner controls: \
        whoever does could lead it to any file of the system. That happens in container jobs of \
        GitHub Actions, which are root in a folder of another user. Keep the `.env` in a folder of \
        root's own there (`--env-file`), or run it as the folder's owner.

        # If a token leaked

        `\(tool) revoke` ends the grant at X; `\(tool) login` begins a new one. If the client \
        secret leaked, make a new one in X's console first.
        """)
  }
}
