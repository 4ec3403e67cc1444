"""Other users of the machine: their links, their files in our folder, folders that are theirs."""

import contextlib
import os
import pathlib
import shutil
import subprocess
import tempfile

from syscalls import Bench
from world import Project, environment, sha256

SECTION = "users"

#: Users that nobody has.
US, THEM = 65001, 65002


def as_user(user):
    return ("setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups")


def obstacle():
    """Why nobody else can be tried here; None if they can."""
    if os.geteuid() != 0:
        return "being somebody else needs root"
    if not shutil.which("setpriv"):
        return "there is no setpriv"
    return None


class Scene:
    """A folder like /tmp, and in it a project of `user`'s."""

    def __init__(self, bench, user):
        self.bench, self.user, self.outcome = bench, user, None
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="xauth-torture-"))
        self.root.chmod(0o755)
        self.shared = self.folder("shared", 0, 0o1777)
        self.ours = self.folder("ours", user, 0o700)
        self.theirs = self.folder("theirs", THEM, 0o777)
        access, refresh = bench.sandbox.grant()
        bench.sandbox.new_events()
        self.project = Project(
            bench.sandbox.address, access, refresh, folder=self.ours, port=bench.port)
        self.give(self.project.home)
        self.give(self.project.file)

    def folder(self, name, owner, mode):
        folder = self.root / name
        folder.mkdir()
        folder.chmod(mode)
        os.chown(folder, owner, owner)
        return folder

    def give(self, path, owner=None):
        owner = self.user if owner is None else owner
        os.chown(path, owner, owner, follow_symlinks=False)

    def move(self, place):
        """The `.env` goes there."""
        place.parent.mkdir(exist_ok=True)
        os.rename(self.project.file, place)
        self.project.folder, self.project.file = place.parent, place
        self.project.state = place.with_name(".env.xauth")

    def run(self, *arguments):
        return self.bench.tool.run(
            self.project, *(arguments or ("refresh",)), "--json", under=as_user(self.user),
            seconds=50)

    def sent(self):
        return [event["outcome"] for event in self.bench.sandbox.new_events(
            "refreshed", "replayed", "token_ended", "exchanged")]

    def readable_by_them(self):
        """The files in which the other user reads a token that the sandbox has given out."""
        given = {event.get(key) for event in self.bench.sandbox.all_events()
                 for key in ("access_sha256", "refresh_sha256")}
        found = []
        listed = subprocess.run(
            [*as_user(THEM), "grep", "-rhoaE", "[A-Za-z0-9_-]{20,}", str(self.root),
             str(self.project.home)],
            check=False, capture_output=True, env=environment()).stdout.decode(errors="replace")
        for word in listed.split():
            if sha256(word) in given:
                found.append(word[:6])
        return found

    def judge(self, ended, may_work=False):
        """Refused, with nothing sent; or, where that is all right, all is well and nobody reads it."""
        sent = self.sent()
        if ended.status == -9:
            return "it hangs"
        if self.readable_by_them():
            return f"another user can read a token, sent {sent}: {ended}"
        if sent and not (may_work and sent == ["refreshed"] and ended.status == 0):
            return f"sent {sent}: {ended}"
        if not sent and ended.status not in (4, 75):
            return f"{ended}"
        self.outcome = "renewed" if sent else f"refused, {ended.code}"
        return None

    def close(self):
        with contextlib.suppress(OSError):
            self.project.close()
        shutil.rmtree(self.root, ignore_errors=True)


# What is tried: each a name and what the other user has done.

def link_to_ours(scene):
    """A link of theirs in the shared folder leads to our file."""
    link = scene.shared / ".env"
    link.symlink_to(scene.project.file)
    scene.give(link, THEM)
    scene.project.file = link
    return scene.judge(scene.run())


def link_to_theirs(scene):
    """A link of theirs leads to a file of theirs that anybody may write: a login would fill it."""
    target = scene.theirs / "env"
    target.write_text(scene.project.text("", "", "", ""))
    target.chmod(0o666)
    scene.give(target, THEM)
    link = scene.shared / ".env"
    link.symlink_to(target)
    scene.give(link, THEM)
    scene.project.file = link
    return scene.judge(scene.run(
        "login", "--force", "--browser", str(scene.bench.browser), "--timeout", "5s"))


def state_link(scene):
    """Where our state folder would be there is a link of theirs, to a folder of theirs."""
    scene.move(scene.shared / ".env")
    scene.project.state.symlink_to(scene.theirs)
    scene.give(scene.project.state, THEM)
    return scene.judge(scene.run(), may_work=True)


def state_folder(scene):
    """There it is already, and theirs."""
    scene.move(scene.shared / ".env")
    scene.project.state.mkdir()
    scene.project.state.chmod(0o777)
    scene.give(scene.project.state, THEM)
    return scene.judge(scene.run(), may_work=True)


def their_folder(scene):
    """Our file in a folder of theirs that anybody may write to."""
    scene.move(scene.theirs / ".env")
    return scene.judge(scene.run(), may_work=scene.user != 0)


def state_file(name, make):
    """They could write into our state folder for a while, and left something there."""
    def act(scene):
        state = scene.project.state
        state.mkdir()
        scene.give(state)
        state.chmod(0o700)
        digest = sha256(scene.project.refresh)[:16]
        path = state / name.format(digest=digest)
        make(path, scene)
        scene.give(path, THEM)
        return scene.judge(scene.run(), may_work=True)
    return act


def written(text, mode):
    def make(path, _):
        path.write_text(text)
        path.chmod(mode)
    return make


def pipe(path, _):
    os.mkfifo(path, 0o666)
    path.chmod(0o666)


def link(path, scene):
    path.symlink_to(scene.theirs / "planted")


def folder(path, _):
    path.mkdir(0o777)


PLANTED = {"nothing in it": written("", 0o666), "junk": written("x" * 5000, 0o666),
           "not readable": written("x", 0o000), "pipe": pipe, "link": link, "folder": folder}
NAMES = ("claim.{digest}.1", "unanswered.{digest}.1", "claim.0123456789abcdef.1", "new", "journal",
         "lock")

CASES = {"a link to our file": link_to_ours, "a link to their file": link_to_theirs,
         "a link for our state folder": state_link, "a state folder of theirs": state_folder,
         "a folder of theirs": their_folder}


def torture(binaries, figures, quick, jobs):
    del jobs  # Who asks is what is tried.
    why = obstacle()
    if why:
        figures.skip(SECTION, why)
        return
    bench = Bench(binaries, figures)
    # Others have to reach the program and the browser.
    bench.sandbox.folder.chmod(0o755)
    bench.browser.chmod(0o755)
    program = bench.sandbox.folder / "xauth"
    shutil.copy(bench.tool.path, program)
    program.chmod(0o755)
    bench.tool.path = str(program)
    try:
        for user in (US, 0):
            who = "as root" if user == 0 else "as a user"
            cases = dict(CASES)
            for at, name in enumerate(NAMES):
                for turn, (kind, make) in enumerate(PLANTED.items()):
                    # A claim that says nothing is waited for, half a minute.
                    if not quick or (at + turn) % 6 == 5 or kind == "pipe" and at in (0, 1):
                        cases[f"{name.split('.')[0]}: {kind} ({at})"] = state_file(name, make)
            for name, act in cases.items():
                one(bench, figures, user, f"{who}: {name}", act)
    finally:
        bench.close()


def one(bench, figures, user, name, act):
    scene = Scene(bench, user)
    what = name.split(" (")[0]
    try:
        wrong = act(scene)
    except Exception as error:  # pylint: disable=broad-except
        wrong = f"{type(error).__name__}: {error}"
    finally:
        scene.close()
    if wrong:
        figures.fail(SECTION, what, wrong)
    else:
        figures.count(SECTION, what, scene.outcome)
