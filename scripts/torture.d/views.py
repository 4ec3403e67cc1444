"""One folder seen in several ways whose locks aren't shared: directly, and through FUSE."""

import os
import pathlib
import random
import shutil
import signal
import subprocess
import tempfile
import time

from relay import Relay
from syscalls import Bench
from world import Project, environment

SECTION = "views"

#: How long the sandbox thinks, in milliseconds: long enough for the others to come to the same point.
DELAY = 60
#: What happens to a round, beside its runs at once.
EVENTS = ("nothing", "kill", "lost answer", "lost request")


class Views:
    """A mount namespace of one's own in which a folder has more names than one."""

    def __init__(self, count):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="xauth-torture-"))
        self.folder = self.root / "direct"
        self.folder.mkdir()
        views = [self.root / f"view{number}" for number in range(1, count)]
        script = "mount --make-rprivate / || exit 1\n"
        for view in views:
            view.mkdir()
            script += f"bindfs {self.folder} {view} || exit 1\n"
        self._process = subprocess.Popen(
            ["unshare", "-m", "sh", "-c", f"{script}echo ready\nexec cat"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env=environment())
        self.is_ready = self._process.stdout.readline() == b"ready\n"
        self.under = ("nsenter", "-t", str(self._process.pid), "-m")
        self.paths = [self.folder, *views]
        self._views = views

    def close(self):
        for view in self._views:
            subprocess.run([*self.under, "umount", str(view)], check=False, capture_output=True)
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()
        shutil.rmtree(self.root, ignore_errors=True)


def obstacle():
    """Why there are no such views here; None if there are."""
    for program in ("bindfs", "unshare", "nsenter"):
        if not shutil.which(program):
            return f"there is no {program}"
    if os.geteuid() != 0:
        return "mounting needs root"
    if not os.path.exists("/dev/fuse"):
        return "there is no FUSE"
    views = Views(2)
    try:
        return None if views.is_ready else "no FUSE file system can be mounted here"
    finally:
        views.close()


class Round:
    """A fresh project, some runs of it at once, each through another view."""

    def __init__(self, bench, views, runs, event, chance):
        self.bench, self.views, self.event, self.chance = bench, views, event, chance
        self.runs = runs
        self.loses = {"lost answer": "lose", "lost request": "drop"}.get(event)
        self.relay = Relay(bench.sandbox, self.decide)
        access, refresh = bench.sandbox.grant()
        bench.sandbox.new_events()
        folder = pathlib.Path(tempfile.mkdtemp(dir=views.folder))
        self.project = Project(self.relay.address, access, refresh, folder=folder, port=bench.port)

    def decide(self, request):
        return self.loses if b"/oauth2/token" in request.split(b"\r\n")[0] else None

    def start(self, view, arguments=()):
        folder = view / self.project.folder.name
        return subprocess.Popen(
            [*self.views.under, self.bench.tool.path, "refresh", *arguments, "--json",
             "--env-file", str(folder / ".env")],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env=environment(HOME=str(self.project.home)), cwd="/")

    def at_once(self, kills):
        """Runs through all views at once; their ends."""
        processes = []
        views = list(self.views.paths)
        self.chance.shuffle(views)
        for number in range(self.runs):
            processes.append(self.start(views[number % len(views)]))
            time.sleep(self.chance.choice((0, 0, 0.005, 0.02)))
        if kills:
            time.sleep(self.chance.random() * 0.25)
            self.chance.choice(processes).send_signal(signal.SIGKILL)
        ends = []
        for process in processes:
            try:
                output = process.communicate(timeout=60)[0].decode(errors="replace")
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()
                output, process.returncode = "it doesn't end", -99
            ends.append((process.returncode, output[:700]))
        return ends

    def sent(self):
        """What was presented since the last look, and whether the tokens in it had been used."""
        events = self.bench.sandbox.new_events("refreshed", "replayed", "token_ended")
        return [event["outcome"] for event in events]

    def wrong(self):
        ends = self.at_once(self.event == "kill")
        sent = self.sent()
        if len(sent) > 1 or sent not in ([], ["refreshed"]):
            return f"sent {sent}: {ends}"
        # Who is in another's way may say so: 75, or what of the replacement failed. The journal has it.
        bad = [end for end in ends if end[0] not in (0, 4, 5, 75, -9)]
        if bad:
            return f"{bad}"
        if not self.project.file.exists():
            return f"there is no file any more: {ends}"
        if self.event == "nothing" and not sent:
            return f"nobody sent anything: {ends}"
        self.count(ends)
        self.loses = None
        # Whoever comes next, through whichever view, finds the token, or knows that nothing is known.
        ended = self.bench.tool.run(self.project, "refresh", "--json")
        again = self.sent()
        if len(sent) + len(again) > 1:
            return f"sent again ({again}) after {ends}: {ended}"
        if ended.status == 0:
            # A dead process's claim and note may stay until their token is renewed again.
            return None if self.is_saved() else f"after {ends}: the file isn't whole or dead: {ended}"
        if ended.status != 75 or again or self.event == "nothing":
            return f"after {ends}: {ended}"
        return self.after_the_wait(bool(sent))

    def count(self, ends):
        for status, _ in ends:
            name = "killed" if status == -9 else f"exit {status}"
            self.bench.figures.count(SECTION, "each run", name)

    def after_the_wait(self, was_spent):
        """Minutes later it is presented again: by one of them."""
        self.project.age()
        ends = self.at_once(False)
        sent = self.sent()
        if len(sent) > 1:
            return f"after the wait, sent {sent}: {ends}"
        if not sent:
            return f"after the wait, nothing was sent: {ends}"
        self.count(ends)
        if not self.project.file.exists():
            return f"after the wait, there is no file any more: {ends}"
        allowed = {0, 3, 4, 5, 75} if was_spent else {0, 4, 5, 75}
        if any(status not in allowed for status, _ in ends):
            return f"after the wait: {ends}"
        ended = self.bench.tool.run(self.project, "refresh", "--json")
        if self.sent():
            return f"after the wait, sent once more: {ended}"
        if was_spent:
            return None if ended.status == 3 else f"after the refusal: {ended}"
        return None if self.is_saved() else f"after the wait: the file isn't whole or dead: {ended}"

    def is_saved(self):
        return self.bench.is_live(self.project) and self.project.is_whole()

    def close(self):
        self.relay.close()
        self.project.close()


def torture(binaries, figures, quick, jobs):
    del jobs  # So many at once as there are views.
    why = obstacle()
    if why:
        figures.skip(SECTION, why)
        return
    bench = Bench(binaries, figures, "--delay", str(DELAY))
    views = Views(3)
    chance = random.Random(1)
    end = time.monotonic() + (30 if quick else 150)
    try:
        number = 0
        while time.monotonic() < end:
            event = EVENTS[number % len(EVENTS)]
            runs = 2 + number // len(EVENTS) % 2
            number += 1
            each = Round(bench, views, runs, event, chance)
            try:
                wrong = each.wrong()
            except Exception as error:  # pylint: disable=broad-except
                wrong = f"{type(error).__name__}: {error}"
            finally:
                each.close()
            what = f"{runs} runs at once"
            if wrong:
                figures.fail(SECTION, what, f"{event}: {wrong}")
            else:
                figures.count(SECTION, what, event)
    finally:
        views.close()
        bench.close()
