"""An older program beside this one: on one file at once, and a journal that it has left behind."""

import os
import pathlib
import subprocess
import time

import trace
from relay import Relay
from syscalls import Bench
from world import Project, Tool, environment

SECTION = "mixed"


class Pair:
    """One project, and both programs."""

    def __init__(self, bench, old):
        self.bench = bench
        self.what = None
        #: What a case was instead of what it is called.
        self.turned_out = None
        self.relay = Relay(bench.sandbox, lambda request: self.what)
        access, refresh = bench.sandbox.grant()
        bench.sandbox.new_events()
        self.project = Project(self.relay.address, access, refresh, port=bench.port)
        self.old = Tool(os.path.dirname(old))
        self.old.path = old
        self.new = bench.tool

    def close(self):
        self.relay.close()
        self.project.close()

    def sent(self):
        return [event["outcome"] for event in self.bench.sandbox.new_events(
            "refreshed", "replayed", "token_ended")]

    def is_saved(self):
        return self.bench.is_live(self.project) and self.project.is_whole()

    # A journal of the old program, in each of its states.

    def done(self):
        copy = self.project.read()
        ended = self.old.run(self.project, "refresh", "--force", "--json")
        if ended.status != 0 or self.sent() != ["refreshed"]:
            return f"the old program: {ended}"
        self.project.file.write_text(copy)
        ended = self.new.run(self.project, "refresh", "--json")
        if ended.status != 0 or self.sent() or not self.is_saved():
            return f"an older copy over its journal: {ended}"
        ended = self.new.run(self.project, "refresh", "--force", "--json")
        if ended.status != 0 or self.sent() != ["refreshed"] or not self.is_saved():
            return f"the next renewal: {ended}"
        self.project.file.write_text(copy)
        ended = self.new.run(self.project, "refresh", "--min-validity", "3h", "--json")
        sent = self.sent()
        if ended.status != 0 or sent != ["refreshed"] or not self.is_saved():
            return f"the older copy again, {sent}: {ended}"
        return None

    def intent(self, loses):
        self.what = loses
        ended = self.old.run(self.project, "refresh", "--json")
        was_spent = bool(self.sent())
        self.what = None
        if ended.status != 75 or was_spent != (loses == "lose"):
            return f"the old program: {ended}"
        for _ in range(2):
            ended = self.new.run(self.project, "refresh", "--json")
            if ended.status != 75 or self.sent():
                return f"before the wait: {ended}"
        self.project.age()
        ended = self.new.run(self.project, "refresh", "--json")
        sent = self.sent()
        if len(sent) != 1:
            return f"after the wait, sent {sent}: {ended}"
        if was_spent:
            return None if ended.status == 3 else f"after the wait: {ended}"
        return None if ended.status == 0 and self.is_saved() else f"after the wait: {ended}"

    def answer(self, call, number):
        ended = self.old.run(
            self.project, "refresh", "--json",
            under=trace.injecting(call, number, "signal=KILL", self.bench.trace))
        if ended.status == 0:
            # It makes its calls in threads, not the same number each time.
            self.turned_out = "that call didn't come"
        time.sleep(0.05)  # The sandbox writes its log after its answer.
        self.sent()
        record = self.project.record()
        kind = record["kind"] if record else "nothing"
        ended = self.new.run(self.project, "refresh", "--json")
        sent = self.sent()
        if kind == "nothing" and ended.status == 0 and sent == ["refreshed"] and self.is_saved():
            return None  # Killed before it had written anything: with other calls than were counted.
        if kind == "intent" and ended.status == 75 and not sent:
            return None  # Killed before its answer was written: nobody knows more.
        if ended.status != 0 or sent or not self.is_saved():
            return f"killed before {call} {number}, with {kind} in its journal, {sent}: {ended}"
        return None

    def refused(self):
        self.bench.sandbox.renew(self.project.refresh)
        self.sent()
        ended = self.old.run(self.project, "refresh", "--json")
        if ended.status != 3 or len(self.sent()) != 1:
            return f"the old program: {ended}"
        ended = self.new.run(self.project, "refresh", "--json")
        if ended.status != 3 or self.sent():
            return f"what was refused: {ended}"
        return None

    def revoking(self):
        self.what = "drop"
        ended = self.old.run(self.project, "revoke", "--json")
        self.what = None
        if ended.status == 0:
            return f"the old program: {ended}"
        ended = self.new.run(self.project, "refresh", "--json")
        if ended.status != 3 or self.sent():
            return f"a refresh after the revocation: {ended}"
        ended = self.new.run(self.project, "revoke", "--json")
        if ended.status != 0 or self.bench.sandbox.accepts(self.project.access):
            return f"the revocation to its end: {ended}"
        return None

    # Both on one file.

    def newer(self):
        """The old one doesn't know the journal, and says so."""
        ended = self.new.run(self.project, "refresh", "--json")
        if ended.status != 0 or self.sent() != ["refreshed"]:
            return f"{ended}"
        before = self.project.read()
        for _ in range(2):
            ended = self.old.run(self.project, "refresh", "--force", "--json")
            if ended.status != 4 or self.sent() or self.project.read() != before:
                return f"the old program on a newer journal: {ended}"
            ended = self.new.run(self.project, "refresh", "--json")
            if ended.status != 0 or self.sent():
                return f"{ended}"
        return None

    def racing(self, delay, is_old_first):
        order = [self.old.path, self.new.path]
        processes = []
        for path in order if is_old_first else reversed(order):
            processes.append(subprocess.Popen(
                [path, "refresh", "--json", "--env-file", str(self.project.file)],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                env=environment(HOME=str(self.project.home)), cwd=self.project.folder))
            time.sleep(delay)
        ends = []
        for process in processes:
            try:
                output = process.communicate(timeout=60)[0].decode(errors="replace")
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()
                output = "it doesn't end"
            ends.append((process.returncode, output[:300]))
        sent = self.sent()
        old, new = ends if is_old_first else reversed(ends)
        if sent != ["refreshed"] or new[0] != 0 or old[0] not in (0, 4) or not self.is_saved():
            return f"sent {sent}: old {old}, new {new}"
        return None


def saving(bench, old):
    """The old program's calls from the answer in its journal to the end of the save."""
    pair = Pair(bench, old)
    try:
        pair.old.run(pair.project, "refresh", "--json", under=trace.recording(bench.trace))
        found = trace.calls(bench.trace)
    finally:
        pair.close()
        bench.sandbox.new_events()
    received = max(place for place, (call, _, _) in enumerate(found) if call == "recvfrom")
    synced = next(place for place, (call, _, _) in enumerate(found)
                  if place > received and call == "fdatasync")
    return [(call, number) for call, number, _ in found[synced + 1:-1]]


def torture(binaries, figures, quick, jobs):
    del jobs  # Two programs at once are what is tried.
    old = os.environ.get("XAUTH_TORTURE_OLD")
    if not old:
        figures.skip(SECTION, "no old program given (XAUTH_TORTURE_OLD=PATH)")
        return
    old = str(pathlib.Path(old).resolve())
    bench = Bench(binaries, figures, "--delay", "20")

    def attempt(what, name, act):
        pair = Pair(bench, old)
        try:
            wrong = act(pair)
        except Exception as error:  # pylint: disable=broad-except
            wrong = f"{type(error).__name__}: {error}"
        finally:
            pair.close()
        if wrong:
            figures.fail(SECTION, what, f"{name}: {wrong}")
        else:
            figures.count(SECTION, what, pair.turned_out or name)

    try:
        for _ in range(1 if quick else 5):
            attempt("journal taken over", "done", Pair.done)
            attempt("journal taken over", "intent, token used", lambda pair: pair.intent("lose"))
            attempt("journal taken over", "intent, never sent", lambda pair: pair.intent("drop"))
            attempt("journal taken over", "refused", Pair.refused)
            attempt("journal taken over", "revoking", Pair.revoking)
            attempt("journal of this program", "the old one refuses", Pair.newer)
        if trace.is_possible():
            points = saving(bench, old)
            for call, number in points[::7 if quick else 1]:
                attempt("journal taken over", "answer",
                        lambda pair, c=call, n=number: pair.answer(c, n))
        for turn in range(20 if quick else 300):
            is_old_first = turn % 2 == 0
            attempt("both at once", "old first" if is_old_first else "new first",
                    lambda pair, t=turn, o=is_old_first: pair.racing(t // 2 % 10 * 0.004, o))
    finally:
        bench.close()
