"""System calls by strace(1): which there are, and what happens when one of them goes wrong."""

import re
import shutil
import subprocess

CALL = re.compile(rb"^(?:\d+ +)?([a-z_0-9]+)\(")
#: Calls on files, descriptors and sockets. Between those that only touch memory a kill makes no
#: difference to anybody.
CLASSES = "%file,%desc,%network,exit_group"
MEMORY = {"mmap", "munmap"}


def is_possible():
    """Whether there is a strace, and it may trace: in many a container it may not."""
    if not shutil.which("strace"):
        return False
    return subprocess.run(
        ["strace", "-qq", "-o", "/dev/null", "true"], check=False, stdin=subprocess.DEVNULL,
        capture_output=True).returncode == 0


def recording(path, classes=CLASSES):
    """What to put before a program to write its calls to `path`."""
    return ["strace", "-qq", "-s", "256", "-e", f"trace={classes}", "-o", str(path)]


def injecting(call, number, what, path):
    """What to put before a program so that `what` befalls the `number`th `call`."""
    return ["strace", "-qq", "-s", "0", "-o", str(path), "-e", f"trace={call}", "-e",
            f"inject={call}:{what}:when={number}"]


def calls(path):
    """Every call in the record: name, its number among those of that name, the line."""
    seen = {}
    found = []
    for line in path.read_bytes().splitlines():
        match = CALL.match(line)
        if match is None or match[1].decode() in MEMORY:
            continue
        name = match[1].decode()
        seen[name] = seen.get(name, 0) + 1
        found.append((name, seen[name], line))
    return found


def first(found, text):
    """The place of the first call whose line has `text` in it; 0 if there is none."""
    for place, (name, _, line) in enumerate(found):
        if text in line and name != "execve":
            return place
    return 0
