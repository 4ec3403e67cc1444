import CommandTable

extension HelpTopic {
  /// What is promised, what can't be, and where secrets go.
  static func security(_ tool: String) -> HelpTopic {
    HelpTopic(
      "security", summary: "what is promised, what can't be, and where secrets go",
      text: """
        # Promised

        - A new token is not lost: not by a kill or a power cut at any moment after X's answer is \
        in the journal, not by a full disk, not by concurrent runs, not by an editor that saves an \
        older copy, not by a restored backup. The next run finishes what was begun.
        - A refresh token that X has accepted is not sent again while its replacement may be alive: \
        not by a run that finds an old copy, and not by two runs that see the same folder through \
        different mounts, where a lock isn't shared.
        - Nobody's tokens are replaced by another account's without a yes.
        - No token is used unless its replacement can be saved: everything that could prevent it \
        is tried first.
        - The page in the browser, the terminal and the exit code say what happened. The page \
        waits for the save.
        - Nothing that reaches the callback without this login's `state` can end, block or slow it.

        # Not promised

        - A kill between the arrival of X's answer and the one write that puts it into the journal \
        loses the new token. Nobody can close that gap.
        - If X's answer never comes, nobody can tell whether X has renewed the token. \(tool) says \
        so, and uses the access token. It tries the same refresh token again, once a run, in the \
        last 25 minutes of the access token's life, and more than five minutes after nobody can \
        still be sending it, until there is a definite answer. That may be that you must log in.
        - A copy of the `.env` that is older than the journal itself can't be recognized, nor a \
        folder that was restored together with its journal.
        - If you swap the `.env` files of two accounts by hand, they are told apart only where X \
        has named the accounts. Otherwise the tokens that aren't in use count as older ones once \
        the others are renewed, and their copy is replaced. Give each account a file of its own.
        - If two machines share a folder, a process that is stopped for minutes between its claim \
        and its request may send a token that the other machine has sent meanwhile.
        - Another program that writes the same `.env` without the lock can overwrite what was \
        saved between \(tool)'s last look and its rename. That is only a moment, and the journal \
        brings the token back.
        - X keeps one grant per app and account. A login elsewhere ends this one, and nothing \
        here can prevent it.
        - While a proxy runs, its address opens the account to every program of this machine that \
        knows it, and a server may write the address into its own log. Requests without the secret \
        in it, from web pages, or to X's OAuth endpoints are refused.
        - If the file has to be written in place, a reader may see it half written.
        - Another user of the machine can see the short address that the browser is started with, \
        open it first, and sign in with an account of their own. Your browser and the terminal \
        then say that it is open in another browser: press Ctrl-C. With `--account` no other \
        account's tokens are saved, and another account's never replace the file's unless you say \
        so. X may refuse to name the account; then `login` says that.

        # Secrets

        - Tokens and the client secret never appear on a command line, in a message, in a page, \
        with `--verbose`, or in `show`, which tells tokens apart by the beginning of their SHA-256. \
        Only `token`, `export` and `header` print one, because that is their purpose.
        - A login's `state` isn't on a command line either. The browser is started with a short \
        address on this machine, which sends only the first browser on to X. The long address is \
        printed only where no browser can be started, and when you press Enter.
        - The browser gets none of them. The `--on-rotate` command gets the tokens on its standard \
        input and not in its environment; a program under `exec` gets only the access token.
        - Tokens that come from the environment, without a file, have to be on the disk while they \
        are renewed: in `~/.local/state/xauth`, readable only by their owner. In CI the refresh \
        token is removed there once the `--on-rotate` command has read it and succeeded. Elsewhere \
        it stays, because an environment that is set once never gets the new one; \
        `\(tool) revoke` ends it.
        - The `.env` and the journal hold the tokens. A new `.env` gets mode 0600, an existing one \
        keeps its own. Before a login, `\(tool)` warns you if others can reach it, and on a \
        terminal offers to change its mode. `show` warns too, also if git would commit it. To find \
        out, git is started without `PATH` and without any variable of its own, so nothing that a \
        repository's configuration names is run.
        - Tokens go to `X_API_BASE_URL` over TLS 1.2 or later, with the certificate checked, and \
        follow no redirect. Plain http is for loopback only. If that isn't X, a line says so before \
        anything is sent. `--quiet` leaves the line out, or cron would mail it with each run; \
        `\(tool) show --verbose` and `\(tool) doctor` always name the address.
        - A token that only the journal holds goes to the server that issued it and to no other, \
        whatever address the file names: a repository may have brought the file.
        - The callback listens on loopback unless you say otherwise. With PKCE a code that somebody \
        overhears is useless.
        - In a folder like `/tmp`, where everybody may create files, \(tool) follows no symbolic \
        link of another user, as the Linux kernel does by default. It writes to no file there that \
        belongs to another user or has a second hard link.
        - As root, \(tool) follows no path that somebody other than the file's owner controls, \
        because they could make root write to any file. That happens in container jobs of GitHub \
        Actions, which are root in another user's folder. Keep the `.env` in a folder of root's own \
        there (`--env-file`), or run it as the folder's owner.

        # If a token leaked

        `\(tool) revoke` ends the grant at X; `\(tool) login` begins a new one. If the client \
        secret leaked, make a new one in the developer console first.
        """)
  }
}
