"""Tools that save the `.env` without a lock: an old buffer afterwards, or in the very moment."""

import os
import pathlib
import subprocess
import time

import trace
from syscalls import Bench
from world import environment

SECTION = "editors"

#: Microseconds that the tool pauses for an editor to save in.
PAUSE = 200_000

NOTE = "# the editor was here\n"


def by_rename(file, text):
    """As vim does, and most that save safely."""
    new = file.with_name(".env.editor")
    new.write_text(text)
    new.chmod(0o600)
    os.rename(new, file)


def with_backup(file, text):
    """As emacs does: for a moment there is no file at all."""
    os.rename(file, file.with_name(".env~"))
    file.write_text(text)
    file.chmod(0o600)


def in_place(file, text):
    """As nano does, and `>`: first empty, then written."""
    file.write_text(text)


def halves(file, text):
    """Slowly: whoever reads meanwhile sees a half."""
    with open(file, "w", encoding="utf-8") as out:
        out.write(text[:len(text) // 2])
        out.flush()
        time.sleep(0.05)
        out.write(text[len(text) // 2:])


EDITORS = {"by rename": by_rename, "with a backup": with_backup, "in place": in_place,
           "in two halves": halves}


class Desk:
    """One project, one editor."""

    def __init__(self, bench, editor, has_change, hard_link=False):
        self.bench = bench
        self.save = EDITORS[editor]
        self.has_change = has_change
        self.project = bench.project(hard_link)
        self.buffer = self.project.read()

    def edit(self, text=None):
        """Saves the buffer, with the editor's own change if it has one."""
        text = self.buffer if text is None else text
        if self.has_change:
            text = NOTE + text
        self.save(self.project.file, text)

    def wrong(self, run):
        """Whether the grant and the editor's change survived."""
        project, bench = self.project, self.bench
        (project.folder / ".env~").unlink(missing_ok=True)
        text = project.read()
        if self.has_change and not text.startswith(NOTE):
            return f"the editor's change is gone after {run}: {text!r}"
        if self.has_change:
            project.template = NOTE + project.template
        ended = bench.run(project, "refresh")
        spent = bench.sandbox.new_events("replayed", "token_ended")
        if spent:
            return f"a spent token was sent: {ended}"
        return bench.check_live(project, ended, run)


def afterwards(desk, renewals):
    """An old buffer, saved after one or more renewals."""
    for _ in range(renewals):
        ended = desk.bench.tool.run(desk.project, "refresh", "--force", "--json")
        if ended.status != 0:
            return f"{ended}"
    desk.edit()
    return desk.wrong(ended)


def token_afterwards(desk):
    """The same, and the next one asks for a token only: it must not be the spent grant's."""
    ended = desk.bench.run(desk.project, "refresh")
    newest = desk.project.values()
    desk.edit()
    ended = desk.bench.tool.run(desk.project, "token")
    if ended.output.decode().strip() != newest[0]:
        return f"not the newest token: {ended}"
    return desk.wrong(ended)


def moments(bench):
    """The look at the file, and the replacement: the last lock is taken just before the look."""
    found = bench.calls("refresh")
    replacement = max(place for place, (call, _, _) in enumerate(found) if call == "renameat2")
    look = max(place for place, (call, _, _) in enumerate(found[:replacement]) if call == "flock")
    return {"before the look": found[look][:2], "before the replacement": found[replacement][:2]}


def meanwhile(desk, moment):
    """While the tool pauses in that moment."""
    call, number = moment
    bench, project = desk.bench, desk.project
    bench.trace.unlink(missing_ok=True)
    process = subprocess.Popen(
        [*trace.injecting(call, number, f"delay_enter={PAUSE}", bench.trace), bench.tool.path, "refresh",
         "--json", "--env-file", str(project.file)],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env=environment(HOME=str(project.home)), cwd=project.folder)
    # The new content is in its temporary file: what is left is the look and the replacement.
    deadline = time.monotonic() + 20
    while process.poll() is None and time.monotonic() < deadline and not new_content(project):
        time.sleep(0.001)
    if process.poll() is None:
        time.sleep(0.03)
        desk.edit()
    output, errors = process.communicate(timeout=60)
    status = process.returncode
    if status != 0:
        return f"exit {status}: {(output + errors).decode(errors='replace')[:400]}"
    return desk.wrong(f"exit {status}")


def any_moment(desk, seconds):
    """So long after the start of a run that nobody holds up."""
    bench, project = desk.bench, desk.project
    process = subprocess.Popen(
        [bench.tool.path, "refresh", "--json", "--env-file", str(project.file)],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env=environment(HOME=str(project.home)), cwd=project.folder)
    time.sleep(seconds)
    desk.edit()
    output, errors = process.communicate(timeout=60)
    status = process.returncode
    # Whoever writes in place shows a half for a while, and from a half nobody can read a grant:
    # such a run says so, and the next one, which `wrong` makes, brings everything back.
    if status not in ((0,) if desk.save is by_rename else (0, 3, 4, 5)):
        return f"exit {status}: {(output + errors).decode(errors='replace')[:400]}"
    return desk.wrong(f"exit {status}")


def new_content(project):
    """Whether the file that is to replace the other is written."""
    for new in project.state.glob("*-*"):
        try:
            if b"X_OAUTH2_ACCESS_TOKEN" in pathlib.Path(new).read_bytes().rstrip(b"\0"):
                return True
        except FileNotFoundError:
            pass
    return False


def logged_in_elsewhere(desk):
    """Another tool's login in the very moment: its grant is nobody's to overwrite."""
    bench, project = desk.bench, desk.project
    access, refresh = bench.sandbox.grant()
    foreign = project.text(access, refresh, int(time.time()) + 7200)
    ended = bench.run(project, "refresh")
    del ended  # Refused or not: the sandbox knows one grant.
    desk.save(project.file, foreign)
    project.access, project.refresh = access, refresh
    ended = bench.run(project, "refresh")
    if ended.status != 0 or project.values()[:2] != (access, refresh):
        return f"another tool's login was overwritten: {ended}"
    return None


def torture(binaries, figures, quick, jobs):
    del jobs  # Moments are what is tried.
    bench = Bench(binaries, figures)

    def attempt(what, editor, has_change, act, hard_link=False):
        desk = Desk(bench, editor, has_change, hard_link)
        try:
            wrong = act(desk)
        except Exception as error:  # pylint: disable=broad-except
            wrong = f"{type(error).__name__}: {error}"
        finally:
            desk.project.close()
        name = f"{editor}, {'a change' if has_change else 'no change'}"
        if wrong:
            figures.fail(SECTION, what, f"{name}: {wrong}")
        else:
            figures.count(SECTION, what, name)

    try:
        for editor in EDITORS:
            for has_change in (False, True):
                for renewals in (1,) if quick else (1, 2, 5):
                    attempt(f"old buffer after {renewals}", editor, has_change,
                            lambda desk, n=renewals: afterwards(desk, n))
                attempt("old buffer, then token", editor, has_change, token_afterwards)
                attempt("old buffer, file with two names", editor, has_change,
                        lambda desk: afterwards(desk, 2), hard_link=True)
                if not trace.is_possible():
                    continue
                for name, moment in moments(bench).items():
                    for _ in range(1 if quick else 5):
                        attempt(name, editor, has_change, lambda desk, at=moment: meanwhile(desk, at))
                for turn in range(3 if quick else 200):
                    attempt("at any moment", editor, has_change,
                            lambda desk, turn=turn: any_moment(desk, turn % 50 / 1000))
            attempt("a login by another tool", editor, False, logged_in_elsewhere)
        if not trace.is_possible():
            figures.skip(SECTION, "in the very moment: there is no strace, or it may not trace")
    finally:
        bench.close()
