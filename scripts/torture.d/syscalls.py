"""A kill before each system call, and an error from each that can fail."""

import concurrent.futures
import os
import pathlib
import socket
import tempfile
import time

import trace
from world import Project, Sandbox, Tool, environment

SECTION = "syscalls"

#: What each call can fail with. `mkdirat` lacks EACCES, EPERM and EROFS: with those the state goes
#: to the home of the file's owner, which is no place for a torture.
ERRORS = {
    "openat": "EIO ENOSPC EDQUOT EACCES EROFS EINTR EMFILE",
    "pwrite64": "EIO ENOSPC EDQUOT EROFS EINTR",
    "fsync": "EIO ENOSPC EDQUOT EROFS EINTR",
    "fdatasync": "EIO ENOSPC EDQUOT EROFS EINTR",
    "ftruncate": "EIO ENOSPC EROFS EINTR",
    "fallocate": "EIO ENOSPC EDQUOT EROFS EINTR EOPNOTSUPP",
    "flock": "ENOLCK EINTR EIO",
    "renameat": "EIO ENOSPC EDQUOT EACCES EROFS EBUSY",
    "renameat2": "EIO ENOSPC EDQUOT EACCES EROFS EBUSY EINVAL",
    "linkat": "EIO ENOSPC EACCES EROFS",
    "unlinkat": "EIO EACCES EROFS EBUSY",
    "fchown": "EIO EPERM EROFS",
    "fchmod": "EIO EPERM EROFS",
    "fchownat": "EIO EPERM EROFS",
    "fchmodat": "EIO EPERM EROFS",
    "mkdirat": "EIO ENOSPC EDQUOT",
    "utimensat": "EIO EPERM",
    "fgetxattr": "EIO EOPNOTSUPP",
    "flistxattr": "EIO EOPNOTSUPP",
    "pread64": "EIO",
    "fstat": "EIO",
    "newfstatat": "EIO EACCES",
    "sendto": "EIO ECONNRESET EPIPE",
    "recvfrom": "EIO ECONNRESET",
}


class Bench:
    """One worker: a sandbox and a tool; a fresh project for each try."""

    def __init__(self, binaries, figures, *options):
        # Held, so that nobody else is given it; with this option the login can listen on it.
        self.held = socket.socket()
        self.held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.held.bind(("127.0.0.1", 0))
        self.port = self.held.getsockname()[1]
        self.sandbox = Sandbox(
            binaries, "--redirect-uri", "http://127.0.0.1:8976/oauth/callback",
            "--redirect-uri", f"http://127.0.0.1:{self.port}/oauth/callback",
            *options)
        self.tool = Tool(binaries)
        self.figures = figures
        self.trace = pathlib.Path(self.sandbox.folder) / "trace"
        self.browser = pathlib.Path(self.sandbox.folder) / "browser"
        # In the background: the page comes only when the login is over.
        self.browser.write_text(
            "#!/bin/sh\ncurl -sL --max-time 30 -o /dev/null \"$1\" >/dev/null 2>&1 &\n")
        self.browser.chmod(0o700)

    def close(self):
        self.sandbox.close()
        self.held.close()

    def project(self, in_place=False):
        access, refresh = self.sandbox.grant()
        self.sandbox.new_events()
        return Project(self.sandbox.address, access, refresh, in_place=in_place, port=self.port)

    def command(self, name):
        if name == "login":
            return ["login", "--force", "--browser", str(self.browser), "--timeout", "20s"]
        return [name]

    def run(self, project, name, under=()):
        return self.tool.run(project, *self.command(name), "--json", under=under, seconds=60)

    def calls(self, name, in_place=False):
        """What a run that nobody disturbs does."""
        project = self.project(in_place)
        try:
            ended = self.run(project, name, trace.recording(self.trace))
            if ended.status != 0:
                raise RuntimeError(f"{name} under strace: {ended}")
            return trace.calls(self.trace)
        finally:
            project.close()

    def is_live(self, project):
        values = project.values()
        return bool(values and values[0]) and self.sandbox.accepts(values[0])

    # What must hold after a run that was cut off or met an error.

    def check_renewal(self, project, what):
        """A plain next run ends with a live token, or as an unknown outcome does."""
        # Written over, the file may be a half until the next run.
        if not (project.in_place or project.is_whole()):
            return f"the file isn't whole: {project.read()!r}"
        before = project.read()
        record = project.record()
        taken = self.sandbox.new_events("refreshed", "exchanged")
        kind = record["kind"] if record else "none"
        if kind in ("none", "done") and project.is_claimed():
            kind = "claim"
        # A login says nothing before its exchange: there is nothing to lose but the code.
        if what == "refresh" and taken and kind == "none":
            return f"the server gave tokens, and the journal says {kind}"
        ended = self.run(project, "refresh")
        again = self.sandbox.new_events()
        spent = [event for event in again if event["outcome"] in ("replayed", "token_ended")]
        if kind == "intent" or kind == "claim" and ended.status == 75:
            return self.check_unknown(project, before, ended, again)
        if what == "login" and ended.status == 3 and spent and taken:
            # The exchange ended the old grant, and its answer was never seen.
            return None
        if spent:
            return f"a spent token was sent again ({kind}): {ended}"
        return self.check_live(project, ended, kind)

    def check_live(self, project, ended, kind):
        if ended.status != 0:
            return f"the next run didn't bring the token back ({kind}): {ended}"
        if not self.is_live(project):
            return f"the file's token is dead ({kind}) after {ended}"
        if not project.is_whole():
            return f"the file isn't whole: {project.read()!r}"
        if project.litter():
            return f"left behind: {project.litter()}"
        return None

    def check_unknown(self, project, before, ended, again):
        """No second try while the first may be under way; then one more until the answer is definite."""
        if ended.status != 75 or ended.code != "outcome_still_unknown" or again:
            return f"an unknown outcome must be waited for: {ended}, {len(again)} requests"
        if project.read() != before:
            return "an unknown outcome changed the file"
        project.age()
        ended = self.run(project, "refresh")
        events = self.sandbox.new_events("refreshed", "replayed", "token_ended")
        if len(events) != 1:
            return f"the second try made {len(events)} requests: {ended}"
        if events[0]["outcome"] == "refreshed":
            return self.check_live(project, ended, "replayed")
        if ended.status != 3 or ended.code != "grant_refused":
            return f"the second try was refused: {ended}"
        ended = self.run(project, "refresh")
        if ended.status != 3 or self.sandbox.new_events():
            return f"a refused token was sent again: {ended}"
        return None

    def check_revocation(self, project, _):
        """A plain next revoke ends with nothing alive, and nothing comes back."""
        if not project.in_place and project.values() is None:
            return f"the file isn't whole: {project.read()!r}"
        ended = self.run(project, "revoke")
        if ended.status != 0:
            return f"the next revoke: {ended}"
        values = project.values()
        if values is None or any(values[:3]):
            return f"revoked and not blank: {values}"
        if self.sandbox.accepts(project.access):
            return "revoked and alive"
        if project.journal_holds(project.access, project.refresh):
            return "the journal holds a revoked token"
        self.sandbox.new_events()
        ended = self.run(project, "refresh")
        if ended.status != 3 or self.sandbox.new_events():
            return f"a refresh after the revocation: {ended}"
        if project.litter():
            return f"left behind: {project.litter()}"
        return None

    # The two ways in which a call goes wrong.

    def kill(self, name, in_place, call, number):
        project = self.project(in_place)
        what = f"{name}{', in place' if in_place else ''}: kill"
        try:
            ended = self.run(
                project, name, trace.injecting(call, number, "signal=KILL", self.trace))
            if ended.status != -9 and ended.status != 137:
                self.figures.count(SECTION, what, "call not made")
                return
            time.sleep(0.01)
            check = self.check_revocation if name == "revoke" else self.check_renewal
            record = project.record()
            wrong = check(project, name)
            if wrong:
                self.figures.fail(SECTION, what, f"before {call} {number}: {wrong}")
                return
            kind = record["kind"] if record else "nothing"
            self.figures.count(SECTION, what, f"with {kind} in the journal")
        finally:
            project.close()

    def error(self, name, in_place, call, number, error, lasting):
        project = self.project(in_place)
        what = f"{name}{', in place' if in_place else ''}: {'lasting ' if lasting else ''}error"
        try:
            before = project.read()
            ended = self.run(
                project, name,
                trace.injecting(
                    call, f"{number}+" if lasting else number, f"error={error}", self.trace))
            wrong = self.check_error(project, name, ended, before, lasting)
            if wrong:
                self.figures.fail(SECTION, what, f"{error} from {call} {number}: {wrong}")
            else:
                self.figures.count(SECTION, what, f"exit {ended.status}")
        finally:
            project.close()

    def check_error(self, project, name, ended, before, lasting):
        # The browser that can't be started, or the callback that can't be read, is waited for.
        nobody_came = name == "login" and ended.code == "timed_out"
        if ended.status not in (0, 4, 5, 75) and not nobody_came:
            return f"{ended}"
        if ended.status != 0 and ended.code is None:
            return f"a failure that says nothing: {ended}"
        if not (project.is_whole() or name == "revoke" or project.in_place):
            return f"the file isn't whole: {project.read()!r}"
        if name == "revoke":
            return self.check_revocation(project, name)
        taken = self.sandbox.new_events("refreshed", "exchanged")
        record = project.record()
        kind = record["kind"] if record else "none"
        if kind == "intent" and ended.status == 75:
            # The network failed after the request had gone.
            ended = self.run(project, "refresh")
            return self.check_unknown(project, before, ended, self.sandbox.new_events())
        if name == "login" and ended.status == 75 and taken:
            return None  # The answer was lost: a new login is all there is.
        if taken and ended.status not in (0, 5):
            return f"the server gave tokens: {ended}"
        if ended.status == 0 and not (taken and self.is_live(project)):
            return f"success without a live token: {ended}"
        if ended.status == 5 and ended.code == "lost":
            return None if lasting else f"one error lost the token: {ended}"
        if ended.status in (3, 4, 75) and project.read() != before:
            return f"the file was changed: {ended}"
        claimed = kind in ("none", "done") and project.is_claimed()
        before = project.read()
        ended = self.run(project, "refresh")
        if claimed and ended.status == 75:
            return self.check_unknown(project, before, ended, self.sandbox.new_events())
        if self.sandbox.new_events("replayed", "token_ended"):
            return f"a spent token was sent again: {ended}"
        return self.check_live(project, ended, kind)


def points(found, name, stride):
    """Where to interfere: a short run keeps to what comes after the lock."""
    if stride == 1:
        return found
    start = trace.first(found, b"flock(")
    if name == "login":
        start = trace.first(found, b"accept")
    return found[start::stride]


def torture(binaries, figures, quick, jobs):
    if not trace.is_possible():
        figures.skip(SECTION, "there is no strace, or it may not trace")
        return
    pool = [Bench(binaries, figures) for _ in range(jobs)]
    try:
        work = []
        for name, in_place in (("refresh", False), ("refresh", True), ("login", False),
                               ("revoke", False), ("revoke", True)):
            found = pool[0].calls(name, in_place)
            stride = 1 if not quick else 41 if name == "login" else 17
            for call, number, _ in points(found, name, stride):
                work.append(("kill", name, in_place, call, number))
            opened = trace.first(found, b".env\"")
            candidates = [
                (call, number) for call, number, _ in found[opened:] if call in ERRORS]
            for place, (call, number) in enumerate(candidates):
                for turn, error in enumerate(ERRORS[call].split()):
                    for lasting in (False, True):
                        if quick and (place * 5 + turn * 2 + lasting) % (131 if lasting else 83):
                            continue
                        if lasting and error == "EINTR":
                            continue  # Nothing is interrupted for ever.
                        work.append(("error", name, in_place, call, number, error, lasting))
        run_all(work, pool, figures)
    finally:
        for bench in pool:
            bench.close()


def run_all(work, pool, figures):
    """Each bench takes the next piece of work until there is none."""
    rest = iter(list(work))

    def drain(bench):
        # A list's iterator hands each piece to one thread.
        for kind, *arguments in rest:
            try:
                (bench.kill if kind == "kill" else bench.error)(*arguments)
            except Exception as error:  # pylint: disable=broad-except
                figures.fail(SECTION, kind, f"{arguments}: {type(error).__name__}: {error}")

    with concurrent.futures.ThreadPoolExecutor(len(pool)) as executor:
        list(executor.map(drain, pool))
