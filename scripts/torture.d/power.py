"""Power cuts: a file system of its own that loses, at a given system call, all that isn't on it."""

import contextlib
import fcntl
import os
import pathlib
import shutil
import struct
import subprocess
import tempfile

import trace
from syscalls import Bench
from world import Project

SECTION = "power"

EXT4_IOC_SHUTDOWN = 0x8004587D
#: What was waiting to be written is lost; or it is written first, without what comes later. Of
#: two things that weren't synced either may be there after a real power cut.
CUTS = {"nothing more written": 2, "log written": 1}

#: The calls between which it makes a difference what has reached the disk.
STEPS = {
    "openat", "pwrite64", "fsync", "fdatasync", "ftruncate", "fallocate", "flock", "renameat",
    "renameat2", "unlinkat", "mkdirat", "fchmod", "fchown", "sendto", "recvfrom", "exit_group",
}


class Disk:
    """An ext4 file system in a file, mounted."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="xauth-torture-"))
        self.image = self.folder / "image"
        self.path = self.folder / "disk"
        self.path.mkdir()
        with open(self.image, "wb") as image:
            image.truncate(16 << 20)
        _quietly("mkfs.ext4", "-q", "-F", "-O", "^orphan_file", str(self.image), fallback=(
            "mkfs.ext4", "-q", "-F", str(self.image)))
        self.mount()

    def mount(self):
        # The log is committed by those who ask for it alone; nothing is written early as a favour
        # to programs that rename without a sync.
        _quietly("mount", "-o", "loop,commit=3000,noauto_da_alloc", str(self.image),
                 str(self.path))

    def cut(self, flag):
        """The power fails, and comes back."""
        folder = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.ioctl(folder, EXT4_IOC_SHUTDOWN, struct.pack("I", flag))
        finally:
            os.close(folder)
        _quietly("umount", str(self.path))
        # Whoever has made a mount namespace meanwhile keeps the dead file system alive there, and the
        # same image would be mounted as that one again.
        copy = self.image.with_suffix(".next")
        shutil.copyfile(self.image, copy)
        copy.replace(self.image)
        self.mount()

    def close(self):
        with contextlib.suppress(subprocess.CalledProcessError):
            _quietly("umount", str(self.path))
        shutil.rmtree(self.folder, ignore_errors=True)


def _quietly(*arguments, fallback=None):
    done = subprocess.run(arguments, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    if done.returncode and fallback:
        _quietly(*fallback)
    elif done.returncode:
        raise subprocess.CalledProcessError(done.returncode, arguments, done.stdout, done.stderr)


def obstacle():
    """Why there can be no power cut here; None if there can."""
    if os.geteuid() != 0:
        return "mounting needs root"
    if not trace.is_possible():
        return "there is no strace, or it may not trace"
    try:
        disk = Disk()
    except (OSError, subprocess.CalledProcessError) as error:
        return f"no file system can be mounted here ({error})"
    try:
        disk.cut(2)
    except (OSError, subprocess.CalledProcessError) as error:
        return f"no file system can be shut down here ({error})"
    finally:
        disk.close()
    return None


class Cut:
    """One power cut and what is left."""

    def __init__(self, bench, disk, in_place):
        self.bench = bench
        self.disk = disk
        access, refresh = bench.sandbox.grant()
        folder = disk.path / "project"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        self.project = Project(
            bench.sandbox.address, access, refresh, folder=folder, in_place=in_place)
        os.sync()
        bench.sandbox.new_events()

    def run(self, call, number, flag):
        """Ends the run before a call, and the power with it; without a call, after its end."""
        bench, project = self.bench, self.project
        before = project.read()
        under = () if call is None else trace.injecting(call, number, "signal=KILL", bench.trace)
        ended = bench.run(project, "refresh", under)
        was_killed = ended.status in (-9, 137)
        if not was_killed and ended.status != 0:
            return None, f"{ended}"
        answered = was_killed and (project.record() or {}).get("kind") in ("answer", "done")
        durable = answered and self.is_synced(call, number)
        self.disk.cut(flag)
        taken = bench.sandbox.new_events("refreshed")
        return ended, self.check(before, was_killed, durable, taken)

    def is_synced(self, call, number):
        """Whether the journal's answer was synced before that call, by the record of a whole run."""
        return (call, number) in self.after_answer

    after_answer = frozenset()

    def check(self, before, was_killed, durable, taken):
        bench, project = self.bench, self.project
        after = project.read()
        if after != before and not project.is_whole() and not project.in_place:
            return f"neither the old file nor the new one: {after!r}"
        if not was_killed and not bench.is_live(project):
            return "exit 0, and the new token is gone"
        kind = (project.record() or {}).get("kind", "none")
        if taken and kind == "none":
            return "a token was spent, and the journal says nothing"
        ended = bench.run(project, "refresh")
        events = bench.sandbox.new_events()
        if durable and ended.status != 0:
            return f"the answer was in the journal: {ended}"
        if ended.status == 0:
            if any(event["outcome"] in ("replayed", "token_ended") for event in events):
                return f"a spent token was sent again: {ended}"
            return bench.check_live(project, ended, kind)
        return bench.check_unknown(project, project.read(), ended, events)


def torture(binaries, figures, quick, jobs):
    del jobs  # One at a time: syncing is what is tried.
    why = obstacle()
    if why:
        figures.skip(SECTION, why)
        return
    bench = Bench(binaries, figures)
    disk = Disk()
    try:
        for in_place in (False, True):
            found = [(call, number, line) for call, number, line in bench.calls("refresh", in_place)]
            opened = trace.first(found, b".env\"")
            steps = [step[:2] for step in found[opened:] if step[0] in STEPS]
            Cut.after_answer = frozenset(after_answer(found))
            if quick:
                steps = steps[len(steps) // 3::6]
            for name, flag in CUTS.items():
                what = f"refresh{', in place' if in_place else ''}: {name}"
                for call, number in [*steps, (None, 0)]:
                    cut = Cut(bench, disk, in_place)
                    try:
                        ended, wrong = cut.run(call, number, flag)
                    finally:
                        cut.project.close()
                    if wrong:
                        figures.fail(SECTION, what, f"before {call} {number}: {wrong}")
                    else:
                        figures.count(
                            SECTION, what, "after exit 0" if ended.status == 0 else "survived")
    finally:
        disk.close()
        bench.close()


def after_answer(found):
    """The calls after the sync of the journal's answer: the first fdatasync after the answer came."""
    received = max(
        (place for place, (call, _, _) in enumerate(found) if call == "recvfrom"), default=0)
    synced = next(
        (place for place, (call, _, _) in enumerate(found)
         if place > received and call == "fdatasync"), len(found))
    return [(call, number) for call, number, _ in found[synced + 1:]]
