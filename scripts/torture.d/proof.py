"""What can only fail once the token is used: it has to fail before, or the new token must be kept."""

import json
import random
import time

import journal
import trace
from relay import Relay
from syscalls import Bench
from world import Project

SECTION = "proof"

ERRORS = ("EIO", "ENOSPC", "EDQUOT", "EROFS")
SLOT = journal.SLOT
#: The size up to which a file is taken, and what is added to one of that size.
MIB = 1 << 20

#: What stands above the tokens and makes them hard to write.
ABOVE = {
    "nothing": "",
    "an unclosed double quote": 'NOTE="open\n',
    "an unclosed single quote": "NOTE='it is\n",
    "an unclosed backquote": "NOTE=`open\n",
    "two unclosed quotes": "ONE='open\nTWO=\"too\n",
    "an apostrophe": "NOTE=don't\n",
}


def hardest(prefix, length):
    """A token that needs every escape there is."""
    return f"{prefix}'\"`{'$' * length}"[:length]


class Attempt:
    """A project whose renewal is answered with tokens of one's own making."""

    def __init__(self, bench, above="", size=0, length=64, is_hard=False):
        self.bench = bench
        make = hardest if is_hard else lambda prefix, length: (prefix + "x" * length)[:length]
        self.access, self.refresh = make("A", length), make("R", length)
        self.requests = 0
        self.relay = Relay(bench.sandbox, self.answer)
        self.project = Project(self.relay.address, "old-access", "old-refresh", port=bench.port)
        self.project.template = above + self.project.template
        missing = size - len(self.project.text("old-access", "old-refresh", 1e9))
        if missing > 0:
            self.project.template += "#" * (missing - 1) + "\n"
        self.project.write("old-access", "old-refresh", int(time.time()) + 600)
        self.before = self.project.read()

    def answer(self, request):
        if b"/oauth2/token" not in request.split(b"\r\n")[0]:
            return None
        self.requests += 1
        body = json.dumps({
            "token_type": "bearer", "expires_in": 7200, "access_token": self.access,
            "refresh_token": self.refresh, "scope": "users.read tweet.read offline.access"}).encode()
        return (b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n"
                b"Content-Length: %d\r\n\r\n" % len(body)) + body

    def close(self):
        self.relay.close()
        self.project.close()

    def wrong(self, under=()):
        """Refused before the request, or the new token is in the file or in the journal."""
        ended = self.bench.tool.run(self.project, "refresh", "--json", under=under)
        if not self.requests:
            if ended.status not in (4, 75):
                return None, f"nothing was sent: {ended}"
            if self.project.read() != self.before:
                return None, f"the file was changed: {ended}"
            return f"refused, exit {ended.status}", None
        if self.requests > 1:
            return None, f"{self.requests} requests: {ended}"
        if ended.status not in (0, 5):
            return None, f"the token is used up: {ended}"
        if ended.status == 5 and ended.code == "lost":
            return None, f"the new token is lost: {ended}"
        # When the obstacle is gone, the next run has it.
        after = self.bench.tool.run(self.project, "token", "--min-validity", "1m")
        has_token = after.status == 0 and after.output.decode().rstrip("\n") == self.access
        if has_token and self.requests == 1:
            return "saved" if ended.status == 0 else "in the journal, then saved", None
        if self.requests == 1 and self.project.journal_holds(json.dumps(self.refresh)[1:-1]):
            # What can't be written into this file stays where it is.
            return None, f"only the journal has the new token, and stays alone with it: {after}"
        return None, f"the new token is nowhere after {ended}: {after}"


def torture(binaries, figures, quick, jobs):
    del jobs  # A disk that fails, one at a time.
    bench = Bench(binaries, figures)
    end = time.monotonic() + (36 if quick else 170)

    def attempt(what, name, under=(), **options):
        if time.monotonic() > end:
            figures.count(SECTION, what, "not tried, time is over")
            return
        each = Attempt(bench, **options)
        try:
            outcome, wrong = each.wrong(under)
        except Exception as error:  # pylint: disable=broad-except
            outcome, wrong = None, f"{type(error).__name__}: {error}"
        finally:
            each.close()
        if wrong:
            figures.fail(SECTION, what, f"{name}: {wrong}")
        else:
            figures.count(SECTION, what, outcome)

    try:
        quoting(attempt, quick)
        limits(attempt, quick)
        if trace.is_possible():
            syncs(bench, attempt, quick)
        else:
            figures.skip(SECTION, "syncs that fail: there is no strace, or it may not trace")
    finally:
        bench.close()


def quoting(attempt, quick):
    for name, above in ABOVE.items():
        for is_hard in (False, True):
            for length in (40, 4000) if quick else (40, 1000, 4000, 16000):
                attempt(f"tokens below {name}", f"{length} bytes{', hard' if is_hard else ''}",
                        above=above, length=length, is_hard=is_hard)


def limits(attempt, quick):
    """A file as long as is taken, and a disk on which no file may be longer."""
    sizes = [MIB - 1, MIB, MIB + 1, MIB + (32 << 10), MIB + (63 << 10), MIB + (64 << 10),
             MIB + (100 << 10), MIB + (127 << 10), MIB + (128 << 10), MIB + (129 << 10)]
    for size in sizes[1::2] if quick else sizes:
        for is_hard in (False, True):
            attempt("a file near the limit", f"{size} bytes{', hard' if is_hard else ''}",
                    size=size, length=8000, is_hard=is_hard)
    limits_of_file = [100, 1000, 4096, SLOT - 1, SLOT, SLOT + 1, SLOT + 32, SLOT + 1000, SLOT * 3 // 2,
                      SLOT * 2 - 1, SLOT * 2]
    for limit in limits_of_file[::2] if quick else limits_of_file:
        for length in (40, 8000):
            attempt("RLIMIT_FSIZE", f"{limit} bytes, tokens of {length}",
                    under=("prlimit", f"--fsize={limit}"), length=length)


def syncs(bench, attempt, quick):
    """Each fsync and fdatasync in its turn, and all from it on."""
    each = Attempt(bench)
    try:
        bench.tool.run(each.project, "refresh", "--json", under=trace.recording(bench.trace))
        found = [(call, number) for call, number, _ in trace.calls(bench.trace)
                 if call in ("fsync", "fdatasync")]
    finally:
        each.close()
    chance = random.Random(1)
    for call, number in found:
        for lasting in (False, True):
            for error in chance.sample(ERRORS, 1) if quick else ERRORS:
                attempt(
                    f"{call} fails{', and all after it' if lasting else ''}",
                    f"{error} at {number}",
                    under=trace.injecting(
                        call, f"{number}+" if lasting else number, f"error={error}", bench.trace))
